using System;

namespace Microsoft.ML.Snn;

/// <summary>How often a checkpoint is written. Immutable.</summary>
public sealed record CheckpointInterval
{
    private readonly long _batches;
    private readonly int _epochs;
    private readonly TimeSpan _time;

    private CheckpointInterval(long batches, int epochs, TimeSpan time) => (_batches, _epochs, _time) = (batches, epochs, time);

    /// <summary>After every so many batches.</summary>
    /// <param name="count">1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is below 1.</exception>
    public static CheckpointInterval Batches(int count)
    {
        Require.InRange(count, 1, int.MaxValue, "Typical values are 100 to 10000.");
        return new CheckpointInterval(count, int.MaxValue, TimeSpan.MaxValue);
    }

    /// <summary>After every so many epochs.</summary>
    /// <param name="count">1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is below 1.</exception>
    public static CheckpointInterval Epochs(int count)
    {
        Require.InRange(count, 1, int.MaxValue, "Use 1 for every epoch.");
        return new CheckpointInterval(long.MaxValue, count, TimeSpan.MaxValue);
    }

    /// <summary>After the batch during which so much time has passed.</summary>
    /// <param name="time">0 or more; 0 is after every batch.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    public static CheckpointInterval Every(TimeSpan time)
    {
        Require.NotNegative(time.TotalSeconds, "Use for example TimeSpan.FromMinutes(5).", nameof(time));
        return new CheckpointInterval(long.MaxValue, int.MaxValue, time);
    }

    internal bool IsDue(long batches, int epochs, TimeSpan time) => batches >= _batches || epochs >= _epochs || time >= _time;
}
