using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Exact;

/// <summary>The output layer as the event-driven loops read it.</summary>
internal sealed record ExactOutput(
    MembraneSegment Membrane, ReadoutKind Readout, float Threshold, FirstSpikeEquations FirstSpike, LossEquations Loss,
    IntegralReadoutEquations Integral, SpikeEquations Spike, ConnectionProgram Input)
{
    public static ExactOutput Of(NetworkProgram program)
    {
        OutputLayer layer = program.Description.Output;
        (double membraneTime, double synapseTime) = (layer.Neuron.MembraneTime, ((ExponentialSynapse)layer.Synapse).Time);
        return new ExactOutput(
            new MembraneSegment(membraneTime, synapseTime), program.Output.Readout, OutputLayer.Threshold, layer.FirstSpike.Equations, program.Output.Loss,
            new IntegralReadoutEquations(program.Output.Readout, program.Duration, membraneTime, synapseTime),
            new SpikeEquations(OutputLayer.Threshold, reset: 0, resetBySubtraction: false, refractorySteps: 0), program.Output.Input);
    }

    /// <summary>Whether the readout is an integral over the trial, and not one moment of it.</summary>
    public bool IsIntegral => Readout is not (ReadoutKind.Maximum or ReadoutKind.Final or ReadoutKind.FirstSpikeTime);
}
