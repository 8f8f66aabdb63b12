namespace Microsoft.ML.Snn;

/// <summary>How an experiment presents the features to a network.</summary>
public enum SnnInputEncoding
{
    /// <summary>As constant currents.</summary>
    Current = 0,

    /// <summary>Each feature and its complement 1 - x as the time of a spike, with a bias spike.</summary>
    Latency = 1,

    /// <summary>Each feature by the spikes of several neurons with different preferred values.</summary>
    Population = 2,

    /// <summary>The column holds spike trains already.</summary>
    Spikes = 3,
}
