namespace Microsoft.ML.Snn.Learning;

/// <summary>The product of two factors.</summary>
internal sealed record ProductSchedule(LearningRateSchedule First, LearningRateSchedule Second) : LearningRateSchedule
{
    public override double Factor(ScheduleMoment moment) => First.Factor(moment) * Second.Factor(moment);
}
