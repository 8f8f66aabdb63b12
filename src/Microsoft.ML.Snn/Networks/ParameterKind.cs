namespace Microsoft.ML.Snn;

/// <summary>What a learned parameter is.</summary>
public enum ParameterKind
{
    /// <summary>The weights of a connection.</summary>
    Weight,

    /// <summary>The delays of a connection.</summary>
    Delay,

    /// <summary>The bias of a layer.</summary>
    Bias,

    /// <summary>The membrane time constants of a layer.</summary>
    MembraneTime,

    /// <summary>The synaptic time constants of a layer.</summary>
    SynapseTime,

    /// <summary>The thresholds of a layer.</summary>
    Threshold,

    /// <summary>A <see cref="LearnedNumber"/> of a layer of neurons of one's own.</summary>
    Number,
}
