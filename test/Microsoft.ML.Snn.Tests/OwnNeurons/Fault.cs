namespace Microsoft.ML.Snn.Tests.OwnNeurons;

/// <summary>What is wrong with a <see cref="BrokenNeuron"/>.</summary>
internal enum Fault
{
    StateCount,
    HiddenVariable,
    StartsAboveThreshold,
    NotANumber,
    IgnoresCurrent,
    FlatThreshold,
    NoReset,
    Leap,
}
