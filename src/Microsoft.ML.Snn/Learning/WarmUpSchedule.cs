using System;

namespace Microsoft.ML.Snn.Learning;

/// <summary>start + (1 - start)·e/n after e of n epochs, then 1.</summary>
internal sealed record WarmUpSchedule(double Epochs, double Start) : LearningRateSchedule
{
    public override double Factor(ScheduleMoment moment) => Start + (1 - Start) * Math.Min(1, moment.EpochsDone / Epochs);
}
