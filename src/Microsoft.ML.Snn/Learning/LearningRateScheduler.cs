using System;
using System.Globalization;

namespace Microsoft.ML.Snn;

/// <summary>Changes the learning rate in the course of a training, for all parameters at once. Immutable, and safe for several trainings at once.</summary>
/// <remarks>
/// A callback. <see cref="Optimizer.Schedule"/> is the same for one optimiser: each optimiser of a training is given a scheduler of its own.
/// Where there are several, their factors are multiplied. A checkpoint names the schedule and resumes with no other.
/// </remarks>
public sealed class LearningRateScheduler : TrainingCallback
{
    private readonly Optimizer? _optimizer;

    /// <summary>Creates the callback.</summary>
    /// <param name="schedule">What the learning rate of each update is multiplied by.</param>
    public LearningRateScheduler(LearningRateSchedule schedule)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        Schedule = schedule;
    }

    internal LearningRateScheduler(Optimizer optimizer)
        : this(optimizer.Schedule) => _optimizer = optimizer;

    /// <summary>Gets the schedule.</summary>
    public LearningRateSchedule Schedule { get; }

    /// <summary>An optimiser names its schedule itself.</summary>
    internal override string? Identity => _optimizer == null ? Schedule.ToString() : null;

    /// <inheritdoc/>
    public override void OnBatchBegin(TrainingContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        ScheduleMoment moment = context.Moment;
        double factor = Schedule.Factor(moment);
        if (!(factor >= 0 && double.IsFinite(factor)))
        {
            throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture,
                $"A learning-rate schedule must give a finite factor of 0 or more, but {Schedule} gave {factor} at update {moment.Update + 1}."));
        }

        context.State.Optimizers.Scale(factor, _optimizer);
    }
}
