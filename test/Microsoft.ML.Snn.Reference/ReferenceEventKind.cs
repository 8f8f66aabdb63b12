namespace Microsoft.ML.Snn.Reference;

/// <summary>What happened at a <see cref="ReferenceEvent"/>; at equal times in this order.</summary>
public enum ReferenceEventKind
{
    /// <summary>A neuron's refractory period ended.</summary>
    Release,

    /// <summary>A neuron reached its threshold.</summary>
    Spike,

    /// <summary>A spike came in from outside.</summary>
    Input,
}
