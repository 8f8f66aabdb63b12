using System;

namespace Microsoft.ML.Snn.Learning;

/// <summary>r^n after n plateaus of the loss.</summary>
/// <remarks>Worked out from the epochs each time: there is no state that a checkpoint could miss.</remarks>
internal sealed record PlateauSchedule(int Patience, double Ratio, double MinimumImprovement, double Minimum)
    : LearningRateSchedule
{
    public override double Factor(ScheduleMoment moment)
    {
        double best = double.PositiveInfinity, factor = 1;
        int waited = 0;
        foreach (TrainingEpoch epoch in moment.Epochs)
        {
            double loss = epoch.ValidationLoss ?? epoch.Loss;
            bool improves = loss < best - MinimumImprovement;
            (best, waited) = improves ? (loss, 0) : (best, waited + 1);
            if (waited == Patience)
            {
                (factor, waited) = (Math.Max(Minimum, factor * Ratio), 0);
            }
        }

        return factor;
    }
}
