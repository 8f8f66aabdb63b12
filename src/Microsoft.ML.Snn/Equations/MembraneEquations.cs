using System;
using System.Runtime.CompilerServices;

namespace Microsoft.ML.Snn.Equations;

/// <summary>Leaky membrane behind an exponential synapse between two spikes, forward and adjoint.</summary>
/// <remarks>
/// <para>Forward:                  τm dV/dt = -V + I,     τs dI/dt = -I.</para>
/// <para>Adjoint, in reverse time: τm dλV/ds = -λV,       τs dλI/ds = -λI + λV.</para>
/// <para>Both linear systems are solved exactly over a step of dt. With a = dt/τm and b = dt/τs the solutions share
/// the coefficient (e^-a - e^-b)/(b - a), which tends to e^-a as the time constants become equal.</para>
/// <para>Order within step n, everywhere: the spikes that arrive at n·dt are added to I, then V and I move to
/// (n+1)·dt, then the threshold is tested; a spike found there arrives at its targets at step n+1.</para>
/// <para>Source: Wunderlich and Pehle, Sci. Rep. 11:12829 (2021), Table 1. Greek to code: τm membraneTime,
/// τs synapseTime, λ lambda.</para>
/// </remarks>
internal readonly struct MembraneEquations
{
    private readonly float _membraneDecay;
    private readonly float _currentIntoMembrane;
    private readonly float _adjointIntoSynapse;

    /// <summary>Prepares one step; all arguments in milliseconds.</summary>
    public MembraneEquations(double timeStep, double membraneTime, double synapseTime)
    {
        double a = timeStep / membraneTime;
        double b = timeStep / synapseTime;
        double overlap = StepCoefficients.Overlap(a, b);
        _membraneDecay = (float)StepCoefficients.Decay(timeStep, membraneTime);
        SynapseDecay = (float)StepCoefficients.Decay(timeStep, synapseTime);
        _currentIntoMembrane = (float)(a * overlap);
        _adjointIntoSynapse = (float)(b * overlap);
        CurrentGain = (float)b;
        MembraneTime = (float)membraneTime;
        SynapseTime = (float)synapseTime;
    }

    private MembraneEquations(double timeStep, double membraneTime)
    {
        _membraneDecay = (float)Math.Exp(-timeStep / membraneTime);
        _currentIntoMembrane = 1;
        CurrentGain = (float)(1 - Math.Exp(-timeStep / membraneTime));
        MembraneTime = (float)membraneTime;
    }

    /// <summary>A membrane without a synaptic current: V := α·V + what arrives. Its β is 0, so that I is gone after each step.</summary>
    /// <remarks>Its adjoint is <see cref="StepTransposed"/>; <see cref="StepBack"/> is that of a current.</remarks>
    public static MembraneEquations WithoutCurrent(double timeStep, double membraneTime) => new(timeStep, membraneTime);

    /// <summary>Whether spikes act through a current; else they add to V.</summary>
    public bool HasCurrent => SynapseTime != 0;

    /// <summary>β = exp(-dt/τs).</summary>
    public readonly float SynapseDecay;

    /// <summary>
    /// dt/τs: a constant current c is presented as a kick of c·dt/τs at every step, so that I has the mean c. Without a
    /// synaptic current 1 - α: a kick of c·(1 - α) into V, so that V tends to c.
    /// </summary>
    public readonly float CurrentGain;

    public readonly float MembraneTime;

    public readonly float SynapseTime;

    /// <summary>The equations with their coefficients in every element of a lane: for loops that have no time to spread them again and again.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public MembraneLanes<TLane> OnLanes<TLane>()
        where TLane : struct, ILane<TLane> => new(_membraneDecay, SynapseDecay, _currentIntoMembrane, _adjointIntoSynapse);

    /// <summary>Moves membrane potential and current one step forward.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<TLane>(ref TLane v, ref TLane i)
        where TLane : struct, ILane<TLane>
        => OnLanes<TLane>().Step(ref v, ref i);

    /// <summary>Moves the adjoint of potential and current one step backward.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StepBack<TLane>(ref TLane lambdaV, ref TLane lambdaI)
        where TLane : struct, ILane<TLane>
        => OnLanes<TLane>().StepBack(ref lambdaV, ref lambdaI);

    /// <summary>The transpose of <see cref="Step"/>: moves dL/dV and dL/dI one step backward.</summary>
    /// <remarks>
    /// With V(n) = α·V(n-1) + κ·I(n), I(n) = β·I(n-1) + w·S(n): dV(n) := direct + α·dV(n+1), dI(n) := κ·dV(n) + β·dI(n+1),
    /// and dL/dw = Σ dI(n)·S(n). It is exact for the grid, where <see cref="StepBack"/> is exact for continuous time.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StepTransposed<TLane>(TLane direct, ref TLane lossByV, ref TLane lossByI)
        where TLane : struct, ILane<TLane>
    {
        lossByV = direct + TLane.Splat(_membraneDecay) * lossByV;
        lossByI = TLane.Splat(_currentIntoMembrane) * lossByV + TLane.Splat(SynapseDecay) * lossByI;
    }
}
