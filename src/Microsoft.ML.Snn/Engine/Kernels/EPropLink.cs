namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>How the errors of one output reach one spiking population.</summary>
internal readonly struct EPropLink
{
    /// <summary>First current of the group of the output whose derivatives come back.</summary>
    public required int FirstCurrent { get; init; }

    /// <summary>Number of neurons of the output.</summary>
    public required int Columns { get; init; }

    /// <summary>Where the list of synapses by neuron of the population begins in <see cref="SynapseViews.First"/>; -1 where every neuron has a weight from every output.</summary>
    public required int ByRow { get; init; }

    /// <summary>By how many steps a spike of the population is late.</summary>
    public required int Delay { get; init; }

    /// <summary>Where its weights begin in <see cref="EPropViews.Feedback"/>, shape [neuron, output] where it is dense.</summary>
    public required long Weights { get; init; }

    public bool IsDense => ByRow < 0;
}
