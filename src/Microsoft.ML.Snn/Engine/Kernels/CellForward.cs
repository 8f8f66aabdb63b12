using ILGPU;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>One neuron of a user's in one trial, moving forward in time. Its thread alone reads and writes its state.</summary>
internal static class CellForward<TNeuron, TSynapse>
    where TNeuron : unmanaged, INeuronEquations
    where TSynapse : unmanaged, ISynapseEquations
{
    /// <summary>Brings the neuron, whose memory is 0, to its state at the beginning of a trial.</summary>
    public static void Begin(in GraphForwardParameters trial, in GraphPopulation population, int slot, int unit)
    {
        CellEquations<TNeuron, TSynapse> cell = CellMemory<TNeuron, TSynapse>.EquationsOf(trial.Graph, population);
        CellMemory<TNeuron, TSynapse>.Store(trial.State, trial.Graph, population, cell, slot, unit, cell.Initial<FloatLane>());
    }

    /// <summary>As <see cref="GraphNeuron.Advance"/>.</summary>
    public static bool Advance(in GraphForwardParameters trial, in GraphPopulation population, int slot, int step, int unit)
    {
        CellEquations<TNeuron, TSynapse> cell = CellMemory<TNeuron, TSynapse>.EquationsOf(trial.Graph, population);
        CellState<FloatLane> before = CellMemory<TNeuron, TSynapse>.Load(trial.State, trial.Graph, population, cell, slot, unit);
        FloatLane arrivals = Receive(trial, population, slot, step, unit);
        if (trial.KeepsCells != 0)
        {
            CellMemory<TNeuron, TSynapse>.Keep(trial.State, trial.Graph, population, cell, slot, step, unit, before, arrivals);
        }

        CellState<FloatLane> end = cell.Step(cell.Arrive(before, arrivals), out _, out _);
        FloatLane threshold = cell.Neuron.Threshold(end.Neuron);
        NeuronState<FloatLane> after = CellState<FloatLane>.SelectNotNegative(threshold, cell.Neuron.Reset(end.Neuron), end.Neuron);
        int neuron = population.FirstNeuron + unit;
        bool spiked = false;
        if (GraphNeuron.IsHeld(trial, population, slot, neuron, slope: 0))
        {
            after = before.Neuron;
        }
        else if (threshold.Value >= 0)
        {
            // The backward pass runs the step again: of a spike it needs the step alone.
            spiked = true;
            GraphNeuron.Record(trial, population, slot, step, neuron, default);
        }

        CellMemory<TNeuron, TSynapse>.Store(trial.State, trial.Graph, population, cell, slot, unit, new(after, end.Synapse));
        return spiked;
    }

    /// <summary>Reports a variable that is no number at the end of a trial.</summary>
    public static void Close(in GraphForwardParameters trial, in GraphPopulation population, int slot, int unit)
    {
        CellEquations<TNeuron, TSynapse> cell = CellMemory<TNeuron, TSynapse>.EquationsOf(trial.Graph, population);
        CellState<FloatLane> state = CellMemory<TNeuron, TSynapse>.Load(trial.State, trial.Graph, population, cell, slot, unit);
        int neurons = cell.Neuron.StateCount;
        int rows = neurons + cell.Synapse.StateCount;
        for (int row = 0; row < rows; row++)
        {
            float value = state[row < neurons ? row : CellState<FloatLane>.SynapseSlot + row - neurons].Value;
            RunawayState found = RunawayState.Of(population.FirstNeuron + unit, row, value);
            if (found.Code != 0)
            {
                Atomic.Max(ref trial.Batch.Overflow[RunawayState.Place], found.Code);
            }
        }
    }

    /// <summary>The sum of the weights that arrive at the step.</summary>
    private static FloatLane Receive(in GraphForwardParameters trial, in GraphPopulation population, int slot, int step, int unit)
    {
        float sum = 0;
        for (int l = population.FirstLink; l < population.FirstLink + population.Links; l++)
        {
            GraphLink link = trial.Graph.Links[l];
            if (trial.IsConstant == 0 || link.IsInput == 0)
            {
                sum = GraphArrivals.AddTo(trial, link, slot, step, unit, sum);
            }
        }

        if (trial.IsConstant != 0 && population.Groups > 0)
        {
            int current = population.FirstCurrent + unit;
            sum += trial.State.Constant[(long)slot * trial.Graph.Currents + current] * trial.Graph.Gain(current);
        }

        return new FloatLane(sum);
    }
}
