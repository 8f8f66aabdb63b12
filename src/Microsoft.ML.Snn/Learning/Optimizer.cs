using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn;

/// <summary>How a gradient becomes a change of the parameters: <see cref="Adam"/>, <see cref="AdamW"/> or <see cref="Sgd"/>. Immutable.</summary>
public abstract record Optimizer
{
    private protected Optimizer(double learningRate) => LearningRate = learningRate;

    /// <summary>Gets the learning rate η.</summary>
    /// <value>Above 0.</value>
    public double LearningRate { get; init; }

    /// <summary>Gets how the learning rate changes during training.</summary>
    /// <value>The default is <see cref="LearningRateSchedule.Constant"/>.</value>
    public LearningRateSchedule Schedule { get; init; } = LearningRateSchedule.Constant;

    internal virtual void Validate()
    {
        Require.Positive(LearningRate, "Typical values are 0.001 to 0.01.");
        System.ArgumentNullException.ThrowIfNull(Schedule);
    }

    /// <summary>Prepares an update.</summary>
    /// <param name="update">Its number, counted from 1.</param>
    /// <param name="rateFactor">What the learning rate is multiplied by at this update.</param>
    internal abstract UpdateEquations AtUpdate(long update, double rateFactor = 1);
}
