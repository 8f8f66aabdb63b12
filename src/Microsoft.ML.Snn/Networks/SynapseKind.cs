namespace Microsoft.ML.Snn.Networks;

/// <summary>What a spike does to its target.</summary>
internal enum SynapseKind
{
    /// <summary>The current jumps and decays.</summary>
    Exponential,

    /// <summary>The current rises and decays, as a first stage that jumps feeds it.</summary>
    Alpha,

    /// <summary>The potential jumps.</summary>
    Delta,
}
