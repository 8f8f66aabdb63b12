using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn;

/// <summary>Adam: each weight has its own step, from running means of its gradient and of the gradient's square. Immutable.</summary>
/// <remarks>Source: Kingma and Ba, ICLR (2015), Algorithm 1.</remarks>
public sealed record Adam : Optimizer
{
    /// <summary>The default learning rate.</summary>
    internal const double DefaultLearningRate = 5e-3;

    /// <summary>Creates the optimiser.</summary>
    /// <param name="learningRate">Size of a step, above 0. Halve it when the loss jumps, double it when it crawls.</param>
    public Adam(double learningRate = DefaultLearningRate) => LearningRate = learningRate;

    /// <summary>Gets the learning rate η.</summary>
    /// <value>Above 0. The default is 0.005.</value>
    public double LearningRate { get; init; }

    /// <summary>Gets the decay β1 of the running mean of the gradient.</summary>
    /// <value>At least 0 and below 1. The default is 0.9.</value>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Gets the decay β2 of the running mean of the squared gradient.</summary>
    /// <value>At least 0 and below 1. The default is 0.999.</value>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Gets ε, which keeps the step finite where the gradient was always 0.</summary>
    /// <value>Above 0. The default is 1e-8.</value>
    public double Epsilon { get; init; } = 1e-8;

    internal override void Validate()
    {
        Require.Positive(LearningRate, "Typical values are 0.001 to 0.01.");
        Require.Inside(Beta1, 0, 1, "The usual value is 0.9.");
        Require.Inside(Beta2, 0, 1, "The usual value is 0.999.");
        Require.Positive(Epsilon, "The usual value is 1e-8.");
    }

    internal override AdamEquations AtUpdate(long update) => new(LearningRate, Beta1, Beta2, Epsilon, update);
}
