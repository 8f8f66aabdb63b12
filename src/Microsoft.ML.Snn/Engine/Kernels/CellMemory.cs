using ILGPU;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>Where the state of a user's cell is: the neuron's variables among those of neurons, the synapse's among the currents.</summary>
/// <remarks>Backward the same memory holds the adjoint. A population that nothing leads to has no synapses; their state is 0.</remarks>
internal static class CellMemory<TNeuron, TSynapse>
    where TNeuron : unmanaged, INeuronEquations
    where TSynapse : unmanaged, ISynapseEquations
{
    /// <summary>The equations of a population with its numbers.</summary>
    public static CellEquations<TNeuron, TSynapse> EquationsOf(in GraphViews graph, in GraphPopulation population) =>
        graph.Cells.Cast<CellEquations<TNeuron, TSynapse>>()[population.CellNumbers];

    public static CellState<FloatLane> Load(
        in GraphStateViews state, in GraphViews graph, in GraphPopulation population, CellEquations<TNeuron, TSynapse> cell, int slot, int unit)
    {
        long at = (long)slot * GraphStateViews.StateArrays * graph.Neurons + population.FirstNeuron + unit;
        long synapse = (long)slot * 2 * graph.Currents + population.FirstCurrent + unit;
        return Read(state.State, at, graph.Neurons, state.Currents, synapse, graph.Currents, cell, population.Groups > 0);
    }

    public static void Store(
        in GraphStateViews state, in GraphViews graph, in GraphPopulation population, CellEquations<TNeuron, TSynapse> cell, int slot, int unit,
        CellState<FloatLane> values)
    {
        long at = (long)slot * GraphStateViews.StateArrays * graph.Neurons + population.FirstNeuron + unit;
        long synapse = (long)slot * 2 * graph.Currents + population.FirstCurrent + unit;
        Write(state.State, at, graph.Neurons, state.Currents, synapse, graph.Currents, cell, population.Groups > 0, values);
    }

    /// <summary>Index of the first variable of a neuron in what is kept of a step, shape [variable and at last arrivals, neuron].</summary>
    public static long KeptAt(in GraphViews graph, in GraphPopulation population, int slot, int step, int unit) =>
        ((long)slot * graph.Steps + step) * graph.Kept + population.FirstKept + unit;

    /// <summary>Keeps the state at the beginning of a step, and what arrives.</summary>
    public static void Keep(
        in GraphStateViews state, in GraphViews graph, in GraphPopulation population, CellEquations<TNeuron, TSynapse> cell, int slot, int step,
        int unit, CellState<FloatLane> before, FloatLane arrivals)
    {
        long at = KeptAt(graph, population, slot, step, unit);
        long synapse = at + (long)cell.Neuron.StateCount * population.Units;
        Write(state.Kept, at, population.Units, state.Kept, synapse, population.Units, cell, hasSynapse: true, before);
        state.Kept[synapse + (long)cell.Synapse.StateCount * population.Units] = arrivals.Value;
    }

    /// <summary>The state that a step began with, before its arrivals.</summary>
    public static CellState<FloatLane> Kept(
        in GraphStateViews state, in GraphViews graph, in GraphPopulation population, CellEquations<TNeuron, TSynapse> cell, int slot, int step, int unit)
    {
        long at = KeptAt(graph, population, slot, step, unit);
        return Read(
            state.Kept, at, population.Units, state.Kept, at + (long)cell.Neuron.StateCount * population.Units, population.Units, cell, hasSynapse: true);
    }

    /// <summary>What arrived at a step.</summary>
    public static FloatLane KeptArrivals(
        in GraphStateViews state, in GraphViews graph, in GraphPopulation population, CellEquations<TNeuron, TSynapse> cell, int slot, int step, int unit) =>
        new(state.Kept[KeptAt(graph, population, slot, step, unit)
            + (long)(cell.Neuron.StateCount + cell.Synapse.StateCount) * population.Units]);

    private static CellState<FloatLane> Read(
        ArrayView<float> neurons, long at, long stride, ArrayView<float> synapses, long synapse, long synapseStride,
        CellEquations<TNeuron, TSynapse> cell, bool hasSynapse)
    {
        int count = cell.Neuron.StateCount;
        return new(
            new(
                neurons[at],
                count > 1 ? neurons[at + stride] : 0,
                count > 2 ? neurons[at + 2 * stride] : 0,
                count > 3 ? neurons[at + 3 * stride] : 0),
            new(
                hasSynapse ? synapses[synapse] : 0,
                hasSynapse && cell.Synapse.StateCount > 1 ? synapses[synapse + synapseStride] : 0));
    }

    private static void Write(
        ArrayView<float> neurons, long at, long stride, ArrayView<float> synapses, long synapse, long synapseStride,
        CellEquations<TNeuron, TSynapse> cell, bool hasSynapse, CellState<FloatLane> values)
    {
        int count = cell.Neuron.StateCount;
        neurons[at] = values.Neuron.First.Value;
        if (count > 1)
        {
            neurons[at + stride] = values.Neuron.Second.Value;
        }

        if (count > 2)
        {
            neurons[at + 2 * stride] = values.Neuron.Third.Value;
        }

        if (count > 3)
        {
            neurons[at + 3 * stride] = values.Neuron.Fourth.Value;
        }

        if (hasSynapse)
        {
            synapses[synapse] = values.Synapse.First.Value;
            if (cell.Synapse.StateCount > 1)
            {
                synapses[synapse + synapseStride] = values.Synapse.Second.Value;
            }
        }
    }
}
