using System;

namespace Microsoft.ML.Snn.Learning;

/// <summary>r^e after e epochs, parts of an epoch included.</summary>
internal sealed record ExponentialSchedule(double Ratio) : LearningRateSchedule
{
    public override double Factor(ScheduleMoment moment) => Math.Pow(Ratio, moment.EpochsDone);
}
