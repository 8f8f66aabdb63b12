using System.Runtime.CompilerServices;

namespace Microsoft.ML.Snn.Equations;

/// <summary>A neuron's state together with that of its synapses; or the derivatives or the adjoint of both.</summary>
/// <remarks>Slots 0 to 3 are the neuron's, slots 4 and 5 the synapse's.</remarks>
internal readonly struct CellState<TLane>(NeuronState<TLane> neuron, SynapseState<TLane> synapse)
    where TLane : struct, ILane<TLane>
{
    public const int SynapseSlot = 4;

    public const int Slots = 6;

    public readonly NeuronState<TLane> Neuron = neuron;

    public readonly SynapseState<TLane> Synapse = synapse;

    public TLane this[int slot]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => slot switch
        {
            0 => Neuron.First,
            1 => Neuron.Second,
            2 => Neuron.Third,
            3 => Neuron.Fourth,
            SynapseSlot => Synapse.First,
            _ => Synapse.Second,
        };
    }

    /// <summary>The state with another value in one slot.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public CellState<TLane> With(int slot, TLane value) => new(
        new(
            slot == 0 ? value : Neuron.First, slot == 1 ? value : Neuron.Second,
            slot == 2 ? value : Neuron.Third, slot == 3 ? value : Neuron.Fourth),
        new(slot == SynapseSlot ? value : Synapse.First, slot > SynapseSlot ? value : Synapse.Second));

    /// <summary>The state with the direction in which it is to be differentiated.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public CellState<Dual<TLane>> Along(CellState<TLane> direction) =>
        new(Along(Neuron, direction.Neuron), Along(Synapse, direction.Synapse));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static NeuronState<Dual<TLane>> Along(NeuronState<TLane> state, NeuronState<TLane> direction) => new(
        new(state.First, direction.First), new(state.Second, direction.Second),
        new(state.Third, direction.Third), new(state.Fourth, direction.Fourth));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SynapseState<Dual<TLane>> Along(SynapseState<TLane> state, SynapseState<TLane> direction) =>
        new(new(state.First, direction.First), new(state.Second, direction.Second));

    /// <summary>Per element: <paramref name="yes"/> where <paramref name="value"/> ≥ 0, else <paramref name="no"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static NeuronState<TLane> SelectNotNegative(TLane value, NeuronState<TLane> yes, NeuronState<TLane> no)
    {
        TLane zero = TLane.Splat(0);
        return new(
            TLane.SelectGreaterOrEqual(value, zero, yes.First, no.First),
            TLane.SelectGreaterOrEqual(value, zero, yes.Second, no.Second),
            TLane.SelectGreaterOrEqual(value, zero, yes.Third, no.Third),
            TLane.SelectGreaterOrEqual(value, zero, yes.Fourth, no.Fourth));
    }

    /// <summary>from + fraction·(to - from).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CellState<TLane> Between(CellState<TLane> from, CellState<TLane> to, TLane fraction) => new(
        new(
            Between(from.Neuron.First, to.Neuron.First, fraction), Between(from.Neuron.Second, to.Neuron.Second, fraction),
            Between(from.Neuron.Third, to.Neuron.Third, fraction), Between(from.Neuron.Fourth, to.Neuron.Fourth, fraction)),
        new(Between(from.Synapse.First, to.Synapse.First, fraction), Between(from.Synapse.Second, to.Synapse.Second, fraction)));

    // No local function: a kernel has no closures.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLane Between(TLane from, TLane to, TLane fraction) => from + fraction * (to - from);
}
