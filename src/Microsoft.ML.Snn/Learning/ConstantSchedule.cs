namespace Microsoft.ML.Snn.Learning;

/// <summary>1 at every update.</summary>
internal sealed record ConstantSchedule : LearningRateSchedule
{
    public override double Factor(ScheduleMoment moment) => 1;

    public override string ToString() => nameof(Constant);
}
