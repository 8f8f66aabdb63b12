namespace Microsoft.ML.Snn.Reference;

/// <summary>One layer of a sequential network: its incoming weights and its neuron constants.</summary>
/// <remarks>
/// τm dV/dt = -V + I, τs dI/dt = -I, and I += w x at a spike of value x. The last layer of a network
/// spikes only where its first spike is read; else its threshold, reset and refractory period are not used.
/// </remarks>
public sealed record ReferenceLayer
{
    /// <summary>Gets the weights from the layer below (or the input channels).</summary>
    /// <value>Shape [from, neuron], threshold units.</value>
    public required double[,] Weights { get; init; }

    /// <summary>Gets the weights among the layer's own neurons; null for none.</summary>
    /// <value>Shape [from, neuron], threshold units.</value>
    public double[,]? RecurrentWeights { get; init; }

    /// <summary>Gets the membrane time constant τm.</summary>
    /// <value>Milliseconds, above 0. The default is 20.</value>
    public double MembraneTime { get; init; } = 20;

    /// <summary>Gets the synapse time constant τs; it may equal τm.</summary>
    /// <value>Milliseconds, above 0. The default is 5.</value>
    public double SynapseTime { get; init; } = 5;

    /// <summary>Gets the membrane value ϑ at which a neuron spikes.</summary>
    /// <value>Above 0 and above <see cref="Reset"/>. The default is 1.</value>
    public double Threshold { get; init; } = 1;

    /// <summary>Gets the membrane value after a spike.</summary>
    /// <value>Below <see cref="Threshold"/>. The default is 0.</value>
    public double Reset { get; init; }

    /// <summary>Gets how long the membrane is held at its reset value after a spike.</summary>
    /// <value>Milliseconds, 0 or more. The default is 0.</value>
    public double RefractoryPeriod { get; init; }

    /// <summary>Gets the number of neurons or channels that this layer listens to.</summary>
    public int InputCount => Weights.GetLength(0);

    /// <summary>Gets the number of neurons of this layer.</summary>
    public int NeuronCount => Weights.GetLength(1);
}
