namespace Microsoft.ML.Snn.Learning.Checks;

/// <summary>What ends a piece of a <see cref="CellTrial{TNeuron, TSynapse}"/>.</summary>
internal enum CellEventKind
{
    /// <summary>Nothing: a point of the grid.</summary>
    None,

    /// <summary>A weight arrives.</summary>
    Arrival,

    /// <summary>The neuron spikes.</summary>
    Spike,

    /// <summary>Its refractory period ends.</summary>
    Release,
}
