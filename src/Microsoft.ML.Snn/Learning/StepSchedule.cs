using System;

namespace Microsoft.ML.Snn.Learning;

/// <summary>r^⌊e/n⌋ after e epochs.</summary>
internal sealed record StepSchedule(int Epochs, double Ratio) : LearningRateSchedule
{
    public override double Factor(ScheduleMoment moment) => Math.Pow(Ratio, Math.Floor(moment.EpochsDone / Epochs));
}
