namespace Microsoft.ML.Snn.Reference;

/// <summary>Neurons of an <see cref="ExactGraph"/>, all alike. Times in milliseconds.</summary>
public sealed record ExactPopulation
{
    /// <summary>Gets the number of neurons.</summary>
    public required int Units { get; init; }

    /// <summary>Gets whether they spike.</summary>
    public bool IsSpiking { get; init; } = true;

    /// <summary>Gets whether the potential leaks.</summary>
    public bool IsLeaky { get; init; } = true;

    /// <summary>Gets τm.</summary>
    public double MembraneTime { get; init; } = 20;

    /// <summary>Gets ϑ.</summary>
    public double Threshold { get; init; } = 1;

    /// <summary>Gets the potential after a spike.</summary>
    public double Reset { get; init; }

    /// <summary>Gets whether the potential falls by threshold minus reset at a spike.</summary>
    public bool BySubtraction { get; init; }

    /// <summary>Gets how long the potential is held after a spike.</summary>
    public double RefractoryPeriod { get; init; }

    /// <summary>Gets the constant current.</summary>
    public double Bias { get; init; }

    /// <summary>Gets τa.</summary>
    public double AdaptationTime { get; init; } = 100;

    /// <summary>Gets by how much a spike raises the threshold.</summary>
    public double AdaptationStrength { get; init; }
}
