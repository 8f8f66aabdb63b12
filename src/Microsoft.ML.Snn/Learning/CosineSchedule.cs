using System;

namespace Microsoft.ML.Snn.Learning;

/// <summary>min + (1 - min)·(1 + cos(π·e/n))/2 after e of n epochs.</summary>
internal sealed record CosineSchedule(double Minimum, int? Epochs) : LearningRateSchedule
{
    public override double Factor(ScheduleMoment moment) =>
        Minimum + (1 - Minimum) * (1 + Math.Cos(Math.PI * Math.Min(1, moment.EpochsDone / (Epochs ?? moment.NumberOfEpochs)))) / 2;
}
