using System.Collections.Generic;
using System.Linq;

namespace Microsoft.ML.Snn.Reference;

/// <summary>What an exact trial leaves behind: all that is needed to go back through it.</summary>
public sealed class ReferenceTrace
{
    internal ReferenceTrace(IReadOnlyList<ReferenceInputSpike> inputs) => Inputs = inputs;

    /// <summary>Gets the spikes that came in, as they were given.</summary>
    public IReadOnlyList<ReferenceInputSpike> Inputs { get; }

    /// <summary>Gets all events of the trial in the order in which they happened.</summary>
    public IReadOnlyList<ReferenceEvent> Events => EventTape;

    /// <summary>Gets the readout value of each output neuron, shape [output].</summary>
    public double[] Outputs { get; internal set; } = [];

    /// <summary>Gets where each output membrane has its maximum, shape [output].</summary>
    public MembraneMaximum[] Maxima { get; internal set; } = [];

    /// <summary>Gives the softmax cross-entropy of the outputs with a label.</summary>
    public double Loss(int label) => SoftmaxCrossEntropy.Loss(Outputs, label);

    internal List<ReferenceEvent> EventTape { get; } = [];

    /// <summary>Gives the index of the event that is a neuron's first spike, or -1.</summary>
    internal int FirstSpike(int layer, int neuron) =>
        EventTape.FindIndex(e => e.Kind == ReferenceEventKind.Spike && e.Layer == layer && e.Index == neuron);

    /// <summary>Gives the spikes of one layer, ordered by time; <see cref="ReferenceEvent.Index"/> is the neuron.</summary>
    public IReadOnlyList<ReferenceEvent> Spikes(int layer) =>
        [.. EventTape.Where(e => e.Kind == ReferenceEventKind.Spike && e.Layer == layer)];
}
