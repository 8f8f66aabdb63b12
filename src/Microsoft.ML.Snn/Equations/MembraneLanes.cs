using System.Runtime.CompilerServices;

namespace Microsoft.ML.Snn.Equations;

/// <summary>The steps of <see cref="MembraneEquations"/>, which says what they solve.</summary>
internal readonly struct MembraneLanes<TLane>(TLane membraneDecay, TLane synapseDecay, TLane currentIntoMembrane, TLane adjointIntoSynapse)
    where TLane : struct, ILane<TLane>
{
    private readonly TLane _membraneDecay = membraneDecay;
    private readonly TLane _synapseDecay = synapseDecay;
    private readonly TLane _currentIntoMembrane = currentIntoMembrane;
    private readonly TLane _adjointIntoSynapse = adjointIntoSynapse;

    /// <summary>Moves membrane potential and current one step forward.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step(ref TLane v, ref TLane i)
    {
        v = _membraneDecay * v + _currentIntoMembrane * i;
        i = Decay(i);
    }

    /// <summary>The current one step later, if nothing arrives: it does not depend on the potential.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Decay(TLane i) => _synapseDecay * i;

    /// <summary>Moves the adjoint of potential and current one step backward.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StepBack(ref TLane lambdaV, ref TLane lambdaI)
    {
        lambdaI = _synapseDecay * lambdaI + _adjointIntoSynapse * lambdaV;
        lambdaV = _membraneDecay * lambdaV;
    }
}
