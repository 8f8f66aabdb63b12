namespace Microsoft.ML.Snn.Networks;

/// <summary>What the delays of a connection differ by.</summary>
internal enum DelayForm
{
    /// <summary>By nothing.</summary>
    Uniform,

    /// <summary>By the presynaptic neuron.</summary>
    PerRow,

    /// <summary>By the weight.</summary>
    PerWeight,
}
