using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>The adjoint of one neuron of a user's in one trial, moving backward in time. Its thread alone reads and writes its state.</summary>
/// <remarks>Every step, and every spike, is run again from the state that the forward pass kept.</remarks>
internal static class CellAdjoint<TNeuron, TSynapse>
    where TNeuron : unmanaged, INeuronEquations
    where TSynapse : unmanaged, ISynapseEquations
{
    /// <summary>As <see cref="GraphAdjoint.StepBack"/>.</summary>
    public static void StepBack(in GraphBackwardParameters trial, in GraphPopulation population, int slot, int step, int unit)
    {
        CellEquations<TNeuron, TSynapse> cell = CellMemory<TNeuron, TSynapse>.EquationsOf(trial.Graph, population);
        CellState<FloatLane> adjoint = CellMemory<TNeuron, TSynapse>.Load(trial.State, trial.Graph, population, cell, slot, unit);
        bool isHeld = IsHeld(trial, population, cell, slot, step + 1, unit, adjoint);
        CellState<FloatLane> before = CellMemory<TNeuron, TSynapse>.Kept(trial.State, trial.Graph, population, cell, slot, step, unit);
        FloatLane arrivals = CellMemory<TNeuron, TSynapse>.KeptArrivals(trial.State, trial.Graph, population, cell, slot, step, unit);
        CellState<FloatLane> arrived = cell.Arrive(before, arrivals);
        int neuron = population.FirstNeuron + unit;
        if (trial.State.Counters[GraphAdjoint.CounterAt(trial, slot, 1, neuron)] == step + 1)
        {
            adjoint = Jump(trial, population, cell, slot, unit, arrived, adjoint);
        }

        // Of a held neuron only the synapses move.
        NeuronState<FloatLane> waiting = adjoint.Neuron;
        adjoint = cell.StepBack(arrived, isHeld ? new(default, adjoint.Synapse) : adjoint);
        WriteDerivatives(
            trial, population, slot, step, unit, cell.LossByWeight(adjoint),
            cell.LossByArrivalTime(before, arrivals, isHeld ? new(default, adjoint.Synapse) : adjoint));
        CellMemory<TNeuron, TSynapse>.Store(
            trial.State, trial.Graph, population, cell, slot, unit, isHeld ? new(waiting, adjoint.Synapse) : adjoint);
    }

    /// <summary>Whether the step before an index lies in a refractory period; notes a·f where one ends there.</summary>
    private static bool IsHeld(
        in GraphBackwardParameters trial, in GraphPopulation population, CellEquations<TNeuron, TSynapse> cell, int slot, int index, int unit,
        CellState<FloatLane> adjoint)
    {
        int neuron = population.FirstNeuron + unit;
        int unread = trial.State.Counters[GraphAdjoint.CounterAt(trial, slot, 0, neuron)];
        if (population.RefractorySteps == 0 || unread < 0)
        {
            return false;
        }

        // A neuron spikes again only after its release, so that the newest unread spike is the one released. A release beyond the
        // trial is none, and leaves 0.
        int spike = trial.State.Counters[GraphAdjoint.CounterAt(trial, slot, 1, neuron)];
        int release = spike + population.RefractorySteps;
        if (release == index && index < trial.Batch.Steps[slot])
        {
            CellState<FloatLane> released = CellMemory<TNeuron, TSynapse>.Kept(
                trial.State, trial.Graph, population, cell, slot, index, unit);
            trial.State.Tape.ReleaseSlope[trial.State.Tape.First(slot, neuron) + unread] = cell.AlongMovement(released, adjoint).Value;
        }

        return index > spike && index <= release;
    }

    /// <summary>Takes the adjoint back over a spike at the end of a step.</summary>
    private static CellState<FloatLane> Jump(
        in GraphBackwardParameters trial, in GraphPopulation population, CellEquations<TNeuron, TSynapse> cell, int slot, int unit,
        CellState<FloatLane> arrived, CellState<FloatLane> adjoint)
    {
        int neuron = population.FirstNeuron + unit;
        int unread = trial.State.Counters[GraphAdjoint.CounterAt(trial, slot, 0, neuron)];
        long at = trial.State.Tape.First(slot, neuron) + unread;
        cell.Step(arrived, out CellState<FloatLane> before, out CellState<FloatLane> after);
        CellState<FloatLane> spike = cell.AtSpike(before, after);
        float limit = trial.GrazingLimit / trial.Graph.MembraneTime(neuron);
        float slope = cell.Slope(spike).Value;
        bool isGrazing = !(slope > limit);
        trial.State.Counters[GraphAdjoint.CounterAt(trial, slot, 2, neuron)] += isGrazing ? 1 : 0;
        FloatLane alongMovement = population.RefractorySteps > 0
            ? new FloatLane(trial.State.Tape.ReleaseSlope[at])
            : cell.AlongMovement(cell.AfterReset(spike), adjoint);
        GraphAdjoint.Pass(trial, slot, neuron, unread);
        return cell.AdjointBeforeSpike(
            spike, adjoint, alongMovement, new FloatLane(trial.State.Tape.Error[at]), new FloatLane(isGrazing ? limit : slope), new FloatLane(GraphAdjoint.PushOf(trial, neuron)));
    }

    /// <summary>Writes what arrivals at the step have as gradient and as error.</summary>
    private static void WriteDerivatives(
        in GraphBackwardParameters trial, in GraphPopulation population, int slot, int step, int unit, FloatLane byWeight, FloatLane byTime)
    {
        if (population.Groups > 0)
        {
            int current = population.FirstCurrent + unit;
            long trace = ((long)slot * trial.Graph.Steps + step) * trial.Graph.Currents + current;
            trial.State.Derivative[trace] = byWeight.Value;
            trial.State.DerivativeSum[(long)slot * trial.Graph.Currents + current] += byWeight.Value;
            trial.State.Error[trace] = byTime.Value;
        }
    }
}
