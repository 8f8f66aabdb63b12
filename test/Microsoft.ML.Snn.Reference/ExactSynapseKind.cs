namespace Microsoft.ML.Snn.Reference;

/// <summary>What a spike does to its target.</summary>
public enum ExactSynapseKind
{
    /// <summary>The current jumps and decays.</summary>
    Exponential,

    /// <summary>The current rises and decays.</summary>
    Alpha,

    /// <summary>The potential jumps.</summary>
    Delta,
}
