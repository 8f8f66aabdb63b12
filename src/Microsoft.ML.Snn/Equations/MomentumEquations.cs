using System.Runtime.CompilerServices;

namespace Microsoft.ML.Snn.Equations;

/// <summary>One update of gradient descent with momentum.</summary>
/// <remarks>
/// g := g + λ·w,  m := μ·m + g,  w := w - η·m, or with Nesterov's look ahead w := w - η·(g + μ·m). A learning rate of 0
/// leaves every weight as it is. Sources: Polyak, USSR Comput. Math. Math. Phys. 4(5):1 (1964); Sutskever, Martens, Dahl
/// and Hinton, ICML (2013), in the form in which the learning rate stays outside the momentum.
/// </remarks>
internal readonly struct MomentumEquations
{
    private readonly float _rate;
    private readonly float _momentum;
    private readonly float _weightDecay;
    private readonly float _ofMean;
    private readonly float _ofGradient;

    public MomentumEquations(double learningRate, double momentum, bool isNesterov, double weightDecay)
    {
        _rate = (float)learningRate;
        _momentum = (float)momentum;
        _weightDecay = (float)weightDecay;
        (_ofMean, _ofGradient) = isNesterov ? ((float)momentum, 1) : (1, 0);
    }

    /// <summary>Whether a weight without gradient and momentum stays as it is: it does unless it decays.</summary>
    public bool LeavesAtRest => _weightDecay == 0;

    /// <summary>The update with its numbers in every element of a lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public MomentumLanes<TLane> OnLanes<TLane>()
        where TLane : struct, ILane<TLane> => new(_rate, _momentum, _weightDecay, _ofMean, _ofGradient);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Update<TLane>(TLane weight, TLane gradient, ref TLane mean)
        where TLane : struct, ILane<TLane>
    {
        TLane unused = mean;
        return OnLanes<TLane>().Update(weight, gradient, ref mean, ref unused);
    }
}
