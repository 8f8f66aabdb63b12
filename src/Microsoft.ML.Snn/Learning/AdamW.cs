using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn;

/// <summary>Adam whose weights also decay towards 0, beside the gradient and not through it. Immutable.</summary>
/// <remarks>
/// At each update a weight loses the share η·λ of itself: the decay follows the learning rate and its schedule. Source:
/// Loshchilov and Hutter, ICLR (2019), Algorithm 2.
/// </remarks>
public sealed record AdamW : Optimizer
{
    /// <summary>Creates the optimiser.</summary>
    /// <param name="learningRate">Size of a step, above 0. Halve it when the loss jumps, double it when it crawls.</param>
    /// <param name="weightDecay">λ, 0 or more.</param>
    public AdamW(double learningRate = Adam.DefaultLearningRate, double weightDecay = 0.01)
        : base(learningRate) =>
        WeightDecay = weightDecay;

    /// <summary>Gets the weight decay λ.</summary>
    /// <value>0 or more, with η·λ below 1. The default is 0.01.</value>
    public double WeightDecay { get; init; }

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
        Adam.RequireMoments(Beta1, Beta2, Epsilon);
        Require.NotNegative(WeightDecay, "The usual value is 0.01; use 0 for none.");
        Require.Inside(LearningRate * WeightDecay, 0, 1, "More would turn the sign of every weight at every update.");
    }

    internal override UpdateEquations AtUpdate(long update, double rateFactor = 1) =>
        new(new AdamEquations(LearningRate * rateFactor, Beta1, Beta2, Epsilon, update, WeightDecay));
}
