namespace Microsoft.ML.Snn.Tests.OwnNeurons;

/// <summary>How a <see cref="TunableNeuron"/> breaks the rules of learned numbers.</summary>
internal enum TuningFault
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>Its derivative is not 0.</summary>
    Moves,

    /// <summary>A spike wipes it out.</summary>
    Forgets,
}
