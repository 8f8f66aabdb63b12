using System.Numerics;
using System.Runtime.CompilerServices;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>The neurons of one spiking layer, step by step, with thresholds that may adapt.</summary>
/// <remarks>
/// Gives the spikes that <see cref="HiddenForward{TLane}"/> gives, bit for bit where it can run; notes pseudo-derivatives
/// for e-prop where that keeps currents for EventProp.
/// </remarks>
internal unsafe struct AdaptiveNeurons<TLane>
    where TLane : struct, ISimdLane<TLane>
{
    /// <summary>Number of arrays of shape [neuron] in <see cref="State"/>.</summary>
    public const int StateArrays = 5;

    public required MembraneEquations Membrane;
    public required SpikeEquations Spike;
    public required AdaptationEquations Adaptation;
    public EPropEquations EProp;
    public SpikeRateEquations Rate;

    /// <summary>For the regularisation of rates.</summary>
    public int BatchSize;

    /// <summary>Number of neurons, padded to whole lanes; also the distance between two rows of both weight matrices.</summary>
    public required int Stride;

    /// <summary>Weights from the layer before, shape [row, neuron].</summary>
    public required float* Input;

    /// <summary>Weights within the layer, shape [neuron, neuron], or null.</summary>
    public required float* Recurrent;

    /// <summary>Current added at every step, shape [neuron], or null.</summary>
    public float* Drive;

    /// <summary>Scratch memory of shape [array, neuron]: V, I, steps left in the refractory period, A, f̄.</summary>
    public required float* State;

    /// <summary>Brings all neurons to rest: no example begins with what another one left.</summary>
    public readonly void Clear()
    {
        Unsafe.InitBlock(State, 0, (uint)((StateArrays - 1) * Stride * sizeof(float)));
        TLane target = TLane.Splat(Rate.Target);
        for (int j = 0; j < Stride; j += TLane.Width)
        {
            TLane.Store(target, State + 4 * Stride + j);
        }
    }

    /// <summary>Runs one step.</summary>
    /// <param name="arrivals">Spikes from the layer before.</param>
    /// <param name="recurrent">Spikes of this layer's step before.</param>
    /// <param name="tape">Receives the spikes found at the end of the step.</param>
    /// <param name="pseudoDerivative">Receives ψ, shape [neuron], or null.</param>
    /// <param name="rateSignal">Receives the learning signal of the rates, shape [neuron], or null.</param>
    public readonly void Step(
        EventSpan arrivals, EventSpan recurrent, SpikeTape tape, float* pseudoDerivative, float* rateSignal)
    {
        float* current = State + Stride;
        RowLoops<TLane>.AddRows(arrivals, Input, current, Stride);
        RowLoops<TLane>.AddRows(recurrent, Recurrent, current, Stride);
        for (int j = 0; j < Stride; j += TLane.Width)
        {
            Advance(j, tape, pseudoDerivative, rateSignal);
        }
    }

    /// <summary>Keeps states that only decay out of the denormal range.</summary>
    public readonly void Flush() => RowLoops<TLane>.Flush(State, StateArrays * Stride);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Advance(int j, SpikeTape tape, float* pseudoDerivative, float* rateSignal)
    {
        float* at = State + j;
        TLane zero = TLane.Splat(0);
        TLane one = TLane.Splat(1);
        TLane before = TLane.Load(at);
        TLane v = before;
        TLane i = TLane.Load(at + Stride);
        if (Drive != null)
        {
            i += TLane.Load(Drive + j);
        }

        Membrane.Step(ref v, ref i);
        TLane.Store(i, at + Stride);

        TLane adaptation = TLane.Load(at + 3 * Stride);
        TLane threshold = Adaptation.IsActive ? Adaptation.Threshold(Spike.Threshold, adaptation) : TLane.Splat(Spike.Threshold);
        TLane spikes = TLane.SelectGreaterOrEqual(v, threshold, one, zero);
        TLane psi = pseudoDerivative == null ? zero : EProp.PseudoDerivative(v, threshold);
        TLane after = Spike.ResetWhereSpiking(v, threshold);
        if (Spike.RefractorySteps > 0)
        {
            TLane held = TLane.Load(at + 2 * Stride);
            after = TLane.SelectGreaterOrEqual(held, one, before, after);
            spikes = TLane.SelectGreaterOrEqual(held, one, zero, spikes);
            psi = TLane.SelectGreaterOrEqual(held, one, zero, psi);
            TLane left = TLane.SelectGreaterOrEqual(held, one, held - one, held);
            TLane.Store(TLane.SelectGreaterOrEqual(spikes, one, TLane.Splat(Spike.RefractorySteps), left), at + 2 * Stride);
        }

        TLane.Store(after, at);
        if (Adaptation.IsActive)
        {
            TLane.Store(Adaptation.Step(adaptation, spikes), at + 3 * Stride);
        }

        if (pseudoDerivative != null)
        {
            TLane.Store(psi, pseudoDerivative + j);
        }

        if (rateSignal != null)
        {
            TLane rate = Rate.Step(TLane.Load(at + 4 * Stride), spikes);
            TLane.Store(rate, at + 4 * Stride);
            TLane.Store(Rate.Signal(rate, BatchSize), rateSignal + j);
        }

        uint mask = TLane.MaskGreaterOrEqual(spikes, one);
        if (mask != 0)
        {
            Record(j, mask, tape);
        }
    }

    private static void Record(int j, uint spikes, SpikeTape tape)
    {
        tape.Reserve(TLane.Width);
        int at = tape.Count;
        for (; spikes != 0; spikes &= spikes - 1)
        {
            tape.Neuron[at++] = j + BitOperations.TrailingZeroCount(spikes);
        }

        tape.Count = at;
    }
}
