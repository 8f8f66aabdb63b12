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
    public Adam(double learningRate = DefaultLearningRate)
        : base(learningRate)
    {
    }

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
        base.Validate();
        RequireMoments(Beta1, Beta2, Epsilon);
    }

    /// <summary>The checks that Adam and AdamW share.</summary>
    internal static void RequireMoments(double beta1, double beta2, double epsilon)
    {
        Require.Inside(beta1, 0, 1, "The usual value is 0.9.", nameof(Beta1));
        Require.Inside(beta2, 0, 1, "The usual value is 0.999.", nameof(Beta2));
        Require.Positive(epsilon, "The usual value is 1e-8.", nameof(Epsilon));
    }

    internal override UpdateEquations AtUpdate(long update, double rateFactor = 1) =>
        new(new AdamEquations(LearningRate * rateFactor, Beta1, Beta2, Epsilon, update));
}
