using System;

namespace Microsoft.ML.Snn.Learning;

/// <summary>min(1, start·growth^k) at update k, counted from 0.</summary>
internal sealed record EaseInSchedule(double Start, double Growth) : LearningRateSchedule
{
    public override double Factor(ScheduleMoment moment) => Math.Min(1, Start * Math.Pow(Growth, moment.Update));
}
