namespace Microsoft.ML.Snn;

/// <summary>How the level of a frequency band over time becomes spikes.</summary>
public enum AudioCode
{
    /// <summary>
    /// Each band has channels for a number of levels: one spikes when the band rises to the level, another when it falls
    /// below. A steady sound is silent: spikes say when something changes.
    /// </summary>
    LevelCrossing = 0,

    /// <summary>Each band has one channel whose rate of evenly spaced spikes is in proportion to its level.</summary>
    Rate = 1,
}
