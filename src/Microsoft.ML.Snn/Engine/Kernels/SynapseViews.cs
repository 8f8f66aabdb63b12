using ILGPU;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>Lists of synapses, each sorted by one of their numbers.</summary>
internal readonly struct SynapseViews
{
    /// <summary>Where the synapses of each row, target or weight begin; one more number than there are of them.</summary>
    public required ArrayView<int> First { get; init; }

    /// <summary>Presynaptic neuron or channel of each synapse, counted within its population or input.</summary>
    public required ArrayView<int> Row { get; init; }

    /// <summary>Postsynaptic neuron of each synapse, counted within its population.</summary>
    public required ArrayView<int> Target { get; init; }

    /// <summary>Weight of each synapse, counted within its connection.</summary>
    public required ArrayView<int> Weight { get; init; }
}
