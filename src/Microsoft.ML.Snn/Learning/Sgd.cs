using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn;

/// <summary>Gradient descent with momentum. Immutable.</summary>
/// <remarks>
/// A step is η times a sum of past gradients, each weaker than the next by the factor μ. EventProp's gradients differ by
/// orders of magnitude between layers: <see cref="Adam"/> is the easier choice, and clipping the gradient helps this one.
/// Sources: Polyak (1964); Sutskever, Martens, Dahl and Hinton, ICML (2013).
/// </remarks>
public sealed record Sgd : Optimizer
{
    /// <summary>Creates the optimiser.</summary>
    /// <param name="learningRate">η, above 0.</param>
    /// <param name="momentum">μ, at least 0 and below 1.</param>
    public Sgd(double learningRate, double momentum = 0.9)
        : base(learningRate) =>
        Momentum = momentum;

    /// <summary>Gets the momentum μ.</summary>
    /// <value>At least 0, which is none, and below 1. The default is 0.9.</value>
    public double Momentum { get; init; }

    /// <summary>Gets whether the gradient is taken as if after the step that momentum alone would make.</summary>
    /// <value>The default is false.</value>
    public bool Nesterov { get; init; }

    /// <summary>Gets the weight decay λ: λ·w is added to the gradient.</summary>
    /// <value>0 or more. The default is 0.</value>
    public double WeightDecay { get; init; }

    internal override void Validate()
    {
        base.Validate();
        Require.Inside(Momentum, 0, 1, "The usual value is 0.9; use 0 for none.");
        Require.NotNegative(WeightDecay, "Use 0 for none.");
    }

    internal override UpdateEquations AtUpdate(long update, double rateFactor = 1) =>
        new(new MomentumEquations(LearningRate * rateFactor, Momentum, Nesterov, WeightDecay));
}
