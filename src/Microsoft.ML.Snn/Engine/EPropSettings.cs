namespace Microsoft.ML.Snn.Engine;

/// <summary>What e-prop needs to know, checked by whoever builds it.</summary>
internal sealed record EPropSettings
{
    public EPropMode Mode { get; init; }

    public EPropFeedback Feedback { get; init; }

    /// <summary>Share by which adaptive feedback and the output weights shrink at every update.</summary>
    public double FeedbackDecay { get; init; }

    /// <summary>γ.</summary>
    public double Damping { get; init; } = 0.3;

    /// <summary>Spikes per second.</summary>
    public double RateTarget { get; init; }

    public double RateStrength { get; init; }

    /// <summary>Milliseconds.</summary>
    public double RateTime { get; init; } = 500;

    /// <summary>Seed of random feedback.</summary>
    public int Seed { get; init; }
}
