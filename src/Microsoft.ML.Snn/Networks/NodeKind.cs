namespace Microsoft.ML.Snn.Networks;

/// <summary>What a node of a graph is.</summary>
internal enum NodeKind
{
    /// <summary>Channels of the input column.</summary>
    Input,

    /// <summary>Spiking neurons.</summary>
    Population,

    /// <summary>Integrators that are read.</summary>
    Output,
}
