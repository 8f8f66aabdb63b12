namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>What arrives at a layer.</summary>
internal enum ArrivalKind
{
    /// <summary>Spikes of the layer before, as bit masks.</summary>
    Spikes,

    /// <summary>Input events whose values are all 1.</summary>
    Events,

    /// <summary>Input events with values.</summary>
    ValuedEvents,

    /// <summary>One vector of input currents, the same at every step.</summary>
    ConstantCurrent,
}
