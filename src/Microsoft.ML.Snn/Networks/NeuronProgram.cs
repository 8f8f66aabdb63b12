namespace Microsoft.ML.Snn.Networks;

/// <summary>The numbers of the neurons of one population; an array of one number holds for all neurons.</summary>
/// <remarks>
/// τm dV/dt = -leak·V + I + bias; a spike where V ≥ threshold + strength·A; A decays with its own time constant and
/// jumps by 1 at a spike.
/// </remarks>
internal sealed record NeuronProgram
{
    /// <summary>Whether the neurons spike; else they only integrate.</summary>
    public bool IsSpiking { get; init; } = true;

    /// <summary>Whether the membrane leaks.</summary>
    public bool IsLeaky { get; init; } = true;

    /// <summary>τm in milliseconds.</summary>
    public required double[] MembraneTime { get; init; }

    public double[] Threshold { get; init; } = [1];

    public double[] Reset { get; init; } = [0];

    public bool ResetBySubtraction { get; init; }

    public int RefractorySteps { get; init; }

    /// <summary>Constant current into each neuron.</summary>
    public double[] Bias { get; init; } = [0];

    /// <summary>Adaptation time constant τa in milliseconds.</summary>
    public double[] AdaptationTime { get; init; } = [1];

    /// <summary>How much one spike raises the threshold; all 0 where the threshold does not adapt.</summary>
    public double[] AdaptationStrength { get; init; } = [0];

    /// <summary>What is learned beside the weights.</summary>
    public LearnedParameters Learned { get; init; }

    public bool IsAdaptive => AdaptationStrength.Length > 1 || AdaptationStrength[0] != 0;

    /// <summary>The number that holds for one neuron.</summary>
    public static double Of(double[] values, int neuron) => values.Length == 1 ? values[0] : values[neuron];
}
