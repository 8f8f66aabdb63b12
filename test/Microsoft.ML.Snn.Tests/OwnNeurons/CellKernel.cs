using ILGPU;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Tests.OwnNeurons;

/// <summary>One step of a user's neurons and its adjoint as a kernel: a thread is a neuron.</summary>
/// <remarks>Memory of shape [variable, neuron]: three variables, or their adjoint; of a result also the threshold.</remarks>
internal static class CellKernel
{
    public const int Variables = 3;

    public static void Step(
        Index1D neuron, CellEquations<IzhikevichNeuron, ExponentialCurrent> cell, int neurons,
        ArrayView<float> state, ArrayView<float> arrivals, ArrayView<float> result)
    {
        CellState<FloatLane> end = cell.Step(
            cell.Arrive(Load(state, neuron, neurons), new FloatLane(arrivals[neuron])), out _, out _);
        FloatLane threshold = cell.Neuron.Threshold(end.Neuron);
        NeuronState<FloatLane> after = CellState<FloatLane>.SelectNotNegative(
            threshold, cell.Neuron.Reset(end.Neuron), end.Neuron);
        result[neuron] = after.First.Value;
        result[neuron + neurons] = after.Second.Value;
        result[neuron + 2 * neurons] = end.Synapse.First.Value;
        result[neuron + 3 * neurons] = threshold.Value;
    }

    public static void StepBack(
        Index1D neuron, CellEquations<IzhikevichNeuron, ExponentialCurrent> cell, int neurons,
        ArrayView<float> state, ArrayView<float> adjoint, ArrayView<float> result)
    {
        CellState<FloatLane> before = cell.StepBack(Load(state, neuron, neurons), Load(adjoint, neuron, neurons));
        result[neuron] = before.Neuron.First.Value;
        result[neuron + neurons] = before.Neuron.Second.Value;
        result[neuron + 2 * neurons] = before.Synapse.First.Value;
    }

    private static CellState<FloatLane> Load(ArrayView<float> source, int neuron, int neurons) => new(
        new(new FloatLane(source[neuron]), new FloatLane(source[neuron + neurons])),
        new(new FloatLane(source[neuron + 2 * neurons])));
}
