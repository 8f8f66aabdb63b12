using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Exact;

/// <summary>A spiking layer as the event-driven loops read it.</summary>
internal sealed record ExactLayer(
    MembraneSegment Membrane, float Threshold, float Reset, AgainTable Again, SpikeEquations Spike, ConnectionProgram Input,
    ConnectionProgram? Recurrent)
{
    public static ExactLayer Of(SpikingLayer layer, HiddenProgram numbers)
    {
        // At an exact crossing V is the threshold: a reset by subtraction leads to the reset value as well.
        (float threshold, float reset) = ((float)layer.Neuron.Threshold, (float)layer.Neuron.Reset);
        var membrane = new MembraneSegment(layer.Neuron.LeakTime, ((ExponentialSynapse)layer.Synapse).Time);
        return new ExactLayer(
            membrane, threshold, reset, new AgainTable(membrane, reset, threshold),
            new SpikeEquations(threshold, reset, resetBySubtraction: false, refractorySteps: 0), numbers.Input, numbers.Recurrent);
    }
}
