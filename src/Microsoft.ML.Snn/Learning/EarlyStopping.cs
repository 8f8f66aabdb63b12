using System;
using System.Collections.Generic;
using System.Globalization;

namespace Microsoft.ML.Snn;

/// <summary>Stops a training whose validation loss no longer falls. Immutable, and safe for several trainings at once.</summary>
/// <remarks>
/// A callback: put it into <c>SnnTrainer.Options.EarlyStopping</c>, which adds it to the callbacks, or among the callbacks yourself. It needs
/// validation data. With validation data <c>Fit</c> returns the weights of the epoch with the lowest loss, whatever ended the training.
/// It works on the completed epochs alone, so that a training that is resumed stops where it would have stopped.
/// </remarks>
public sealed class EarlyStopping : TrainingCallback
{
    /// <summary>Creates the rule.</summary>
    /// <param name="patience">Number of epochs without improvement after which training stops, 1 or more.</param>
    /// <param name="minimumImprovement">How much lower a validation loss must be to count, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public EarlyStopping(int patience, double minimumImprovement = 0)
    {
        Require.InRange(patience, 1, int.MaxValue, "Typical values are 3 to 10.");
        Require.NotNegative(minimumImprovement, "Use 0 to count every improvement.");
        Patience = patience;
        MinimumImprovement = minimumImprovement;
    }

    /// <summary>Gets the number of epochs without improvement after which training stops.</summary>
    public int Patience { get; }

    /// <summary>Gets how much lower a validation loss must be to count as an improvement.</summary>
    public double MinimumImprovement { get; }

    /// <inheritdoc/>
    public override void OnTrainingBegin(TrainingContext context) => StopIfExhausted(context);

    /// <inheritdoc/>
    public override void OnEpochEnd(TrainingContext context) => StopIfExhausted(context);

    /// <summary>The rule with its numbers.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{nameof(EarlyStopping)} {{ {nameof(Patience)} = {Patience}, {nameof(MinimumImprovement)} = {MinimumImprovement} }}");

    /// <summary>Whether patience is exhausted after these epochs. A loss that is no number is no improvement.</summary>
    internal bool IsExhausted(IReadOnlyList<TrainingEpoch> epochs)
    {
        double best = double.PositiveInfinity;
        int waited = 0;
        foreach (TrainingEpoch epoch in epochs)
        {
            bool improves = epoch.ValidationLoss < best - MinimumImprovement;
            (best, waited) = improves ? (epoch.ValidationLoss!.Value, 0) : (best, waited + 1);
        }

        return waited >= Patience;
    }

    private void StopIfExhausted(TrainingContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (IsExhausted(context.Epochs))
        {
            context.Stop(StopReason.EarlyStopping);
        }
    }
}
