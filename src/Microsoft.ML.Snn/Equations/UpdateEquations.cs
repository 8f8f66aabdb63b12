using System.Runtime.CompilerServices;

namespace Microsoft.ML.Snn.Equations;

/// <summary>One update by whichever optimiser a parameter has: two moments per number are enough for each of them.</summary>
/// <remarks>A struct with a choice inside, not a type argument: one kernel serves every optimiser.</remarks>
internal readonly struct UpdateEquations
{
    private readonly AdamEquations _adam;
    private readonly MomentumEquations _momentum;
    private readonly int _isAdam;

    public UpdateEquations(AdamEquations adam) => (_adam, _isAdam) = (adam, 1);

    public UpdateEquations(MomentumEquations momentum) => _momentum = momentum;

    /// <summary>Leaves a parameter as it is.</summary>
    public static UpdateEquations None => new(new MomentumEquations(0, 0, isNesterov: false, weightDecay: 0));

    /// <summary>Whether it is Adam or AdamW; else it is <see cref="Momentum"/>.</summary>
    public bool IsAdam => _isAdam != 0;

    public AdamEquations Adam => _adam;

    public MomentumEquations Momentum => _momentum;

    /// <summary>Whether a number stays as it is while its gradient and its moments are 0.</summary>
    public bool LeavesAtRest => _isAdam != 0 ? _adam.LeavesAtRest : _momentum.LeavesAtRest;

    /// <summary>The number after the update.</summary>
    /// <param name="weight">The number before it.</param>
    /// <param name="gradient">∂L/∂weight.</param>
    /// <param name="first">First moment; 0 before the first update.</param>
    /// <param name="second">Second moment, where the optimiser has one; 0 before the first update.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Update<TLane>(TLane weight, TLane gradient, ref TLane first, ref TLane second)
        where TLane : struct, ILane<TLane> =>
        _isAdam != 0
            ? _adam.Update(weight, gradient, ref first, ref second)
            : _momentum.Update(weight, gradient, ref first);
}
