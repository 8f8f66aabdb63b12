namespace Microsoft.ML.Snn.Reference;

/// <summary>One layer of an <see cref="EPropReference"/>; the last one never spikes.</summary>
public sealed record EPropLayerReference
{
    /// <summary>Gets the weights from the layer before, shape [input, neuron].</summary>
    public required double[,] Weights { get; init; }

    /// <summary>Gets the weights within the layer, or null.</summary>
    public double[,]? RecurrentWeights { get; init; }

    /// <summary>Gets how errors reach the layer, shape [neuron, output]; null for the output.</summary>
    public double[,]? Feedback { get; init; }

    /// <summary>Gets τm in milliseconds.</summary>
    public required double MembraneTime { get; init; }

    /// <summary>Gets τs in milliseconds; 0 for spikes that add to V.</summary>
    public required double SynapseTime { get; init; }

    /// <summary>Gets a constant current into each output, or null.</summary>
    public double[]? Bias { get; init; }

    /// <summary>Gets ϑ.</summary>
    public double Threshold { get; init; } = 1;

    /// <summary>Gets the value after a spike.</summary>
    public double Reset { get; init; }

    /// <summary>Gets whether V falls by ϑ minus reset instead.</summary>
    public bool ResetBySubtraction { get; init; }

    /// <summary>Gets for how many steps V is held after a spike.</summary>
    public int RefractorySteps { get; init; }

    /// <summary>Gets τa in milliseconds.</summary>
    public double AdaptationTime { get; init; } = 1;

    /// <summary>Gets b.</summary>
    public double AdaptationStrength { get; init; }
}
