using ILGPU;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>The adjoint of one neuron of a graph in one trial, moving backward in time. Its thread alone reads and writes its state.</summary>
internal struct GraphAdjoint
{
    private float _potential;
    private float _adaptation;

    /// <summary>What <see cref="SpikeJump.ByCrossing"/> was at the spike of this step, or 0.</summary>
    private float _crossing;

    /// <summary>∂L/∂t of an arrival through the delta synapses that made a spike of this step.</summary>
    private float _deltaError;
    private bool _hasDeltaError;

    /// <summary>Brings the neuron to the end of its trial.</summary>
    public static void Begin(in GraphBackwardParameters trial, in GraphPopulation population, int slot, int unit)
    {
        int neuron = population.FirstNeuron + unit;
        for (int array = 0; array < GraphStateViews.StateArrays; array++)
        {
            trial.State.State[StateAt(trial, slot, array, neuron)] = 0;
        }

        int unread = population.IsSpiking ? trial.State.Tape.Kept(slot, neuron) - 1 : -1;
        trial.State.Counters[CounterAt(trial, slot, 0, neuron)] = unread;
        trial.State.Counters[CounterAt(trial, slot, 1, neuron)] = StepOf(trial, slot, neuron, unread);
        trial.State.Counters[CounterAt(trial, slot, 2, neuron)] = 0;
        for (int g = 0; g < population.Groups; g++)
        {
            int current = population.FirstCurrent + g * population.Units + unit;
            trial.State.Currents[(long)slot * 2 * trial.Graph.Currents + current] = 0;
            trial.State.Currents[((long)slot * 2 + 1) * trial.Graph.Currents + current] = 0;
            trial.State.DerivativeSum[(long)slot * trial.Graph.Currents + current] = 0;
        }
    }

    /// <summary>Goes back over the spike at the end of a step, if there is one, and then over the step itself.</summary>
    public static void StepBack(in GraphBackwardParameters trial, in GraphPopulation population, int slot, int step, int unit)
    {
        int neuron = population.FirstNeuron + unit;
        var adjoint = new GraphAdjoint
        {
            _potential = trial.State.State[StateAt(trial, slot, 0, neuron)] + Drive(trial, population, slot, step, unit),
        };
        if (population.IsAdaptive != 0)
        {
            adjoint._adaptation = trial.State.State[StateAt(trial, slot, 1, neuron)];
        }

        if (population.IsSpiking)
        {
            adjoint.Release(trial, population, slot, step + 1, neuron);
            adjoint.Jump(trial, population, slot, step + 1, neuron);
        }

        adjoint.StepOver(trial, population, slot, step, unit);
        if (population.IsAdaptive != 0)
        {
            // The threshold of the step is that of its beginning.
            trial.State.State[StateAt(trial, slot, 1, neuron)] =
                trial.Graph.AdaptationDecay(neuron) * adjoint._adaptation
                - adjoint._crossing * trial.Graph.AdaptationStrength(neuron);
        }
    }

    /// <summary>Goes back over a step alone.</summary>
    /// <param name="trial">The trial.</param>
    /// <param name="population">The neuron's population.</param>
    /// <param name="slot">Slot of the batch.</param>
    /// <param name="step">The step.</param>
    /// <param name="unit">The neuron, counted within its population.</param>
    /// <param name="lossByV">What the end of the step adds to ∂L/∂V.</param>
    public static void StepBackAlone(in GraphBackwardParameters trial, in GraphPopulation population, int slot, int step, int unit, float lossByV)
    {
        var adjoint = new GraphAdjoint { _potential = trial.State.State[StateAt(trial, slot, 0, population.FirstNeuron + unit)] + lossByV };
        adjoint.StepOver(trial, population, slot, step, unit);
    }

    /// <summary>Reports to the trial.</summary>
    public static void Close(in GraphBackwardParameters trial, in GraphPopulation population, int slot, int unit)
    {
        int grazing = trial.State.Counters[CounterAt(trial, slot, 2, population.FirstNeuron + unit)];
        if (grazing > 0)
        {
            Atomic.Add(ref trial.Batch.Grazing[slot], grazing);
        }
    }

    /// <summary>Index into the scratch memory of a neuron.</summary>
    public static long StateAt(in GraphBackwardParameters trial, int slot, int array, int neuron) =>
        ((long)slot * GraphStateViews.StateArrays + array) * trial.Graph.Neurons + neuron;

    /// <summary>Index into the counters of a neuron.</summary>
    public static long CounterAt(in GraphBackwardParameters trial, int slot, int array, int neuron) =>
        ((long)slot * GraphStateViews.CounterArrays + array) * trial.Graph.Neurons + neuron;

    /// <summary>What regularisation adds to the adjoint along the potential before a spike.</summary>
    public static float PushOf(in GraphBackwardParameters trial, int neuron) => trial.HasPush == 0
        ? 0
        : trial.Graph.MembraneTime(neuron)
            * trial.SpikeCounts[trial.Graph.PopulationOfWord[neuron / 32]].Push((float)trial.State.Tape.BatchCount[neuron] / trial.Batch.Size, trial.Batch.Size);

    /// <summary>Counts a spike as met.</summary>
    public static void Pass(in GraphBackwardParameters trial, int slot, int neuron, int unread)
    {
        trial.State.Counters[CounterAt(trial, slot, 0, neuron)] = unread - 1;
        trial.State.Counters[CounterAt(trial, slot, 1, neuron)] = StepOf(trial, slot, neuron, unread - 1);
    }

    private static int StepOf(in GraphBackwardParameters trial, int slot, int neuron, int spike) =>
        spike < 0 ? -1 : trial.State.Tape.Step[trial.State.Tape.First(slot, neuron) + spike];

    /// <summary>∂L/∂V at the end of a step of an output; notes which arrivals at the step move its maximum.</summary>
    public static float Drive(in GraphBackwardParameters trial, in GraphPopulation population, int slot, int step, int unit)
    {
        if (population.IsOutput == 0)
        {
            return 0;
        }

        long at = population.FirstReadout + (long)slot * population.Units + unit;
        if (population.LearnsEveryStep != 0)
        {
            return trial.State.StepReadout[population.FirstStepReadout + ((long)slot * trial.Graph.Steps + step) * population.Units + unit];
        }

        float loss = trial.State.Readout[at];
        bool isTimed = population.Readout == ReadoutKind.FirstSpikeTime;
        if (population.Readout != ReadoutKind.Maximum && !isTimed)
        {
            return loss * trial.Graph.ReadoutWeightOf(population, step, trial.Batch.Steps[slot]);
        }

        int maximum = trial.State.MaximumStep[at];
        trial.State.Moved[MovedAt(trial, population.FirstReadout, population.Units, slot, step, unit)] = maximum == step - 1 && (!isTimed || GraphFirstSpike.Of(trial.State, population, slot).IsSilent(unit))
            ? ReadoutEquations.MovedMaximum(
                loss, trial.State.MaximumSlope[at], trial.Graph.MembraneTime(population.FirstNeuron + unit))
            : 0;
        return isTimed ? GraphFirstSpike.Drive(trial, population, slot, step, unit)
            : maximum == step ? loss
            : 0;
    }

    /// <summary>Index into <see cref="GraphStateViews.Moved"/>.</summary>
    public static long MovedAt(in GraphBackwardParameters trial, int firstReadout, int units, int slot, int step, int unit) =>
        (long)firstReadout * trial.Graph.Steps + ((long)slot * trial.Graph.Steps + step) * units + unit;

    /// <summary>Before its release a neuron's potential was held: what reached ∂L/∂V belongs to the spike.</summary>
    private void Release(in GraphBackwardParameters trial, in GraphPopulation population, int slot, int index, int neuron)
    {
        int unread = trial.State.Counters[CounterAt(trial, slot, 0, neuron)];

        // A neuron spikes again only after its release, so that the newest unread spike is the one released.
        if (population.RefractorySteps == 0 || unread < 0
            || trial.State.Counters[CounterAt(trial, slot, 1, neuron)] + population.RefractorySteps != index)
        {
            return;
        }

        float slope = trial.State.Tape.ReleaseSlope[trial.State.Tape.First(slot, neuron) + unread];
        trial.State.State[StateAt(trial, slot, 2, neuron)] = _potential * slope;
        trial.State.State[StateAt(trial, slot, 3, neuron)] = _potential;
        _potential = 0;
    }

    private void Jump(in GraphBackwardParameters trial, in GraphPopulation population, int slot, int index, int neuron)
    {
        if (trial.State.Counters[CounterAt(trial, slot, 1, neuron)] != index)
        {
            return;
        }

        int unread = trial.State.Counters[CounterAt(trial, slot, 0, neuron)];
        long at = trial.State.Tape.First(slot, neuron) + unread;
        float slope = SpikeEquations.LimitedSlope(trial.State.Tape.Slope[at], trial.GrazingLimit);
        trial.State.Counters[CounterAt(trial, slot, 2, neuron)] += slope == trial.GrazingLimit ? 1 : 0;
        var spike = new PopulationSpike(slope, trial.State.Tape.ReleaseSlope[at], trial.State.Jump[at]);
        float release = _potential, push = _potential * spike.ReleaseSlope;
        if (population.RefractorySteps > 0)
        {
            push = trial.State.State[StateAt(trial, slot, 2, neuron)];
            release = trial.State.State[StateAt(trial, slot, 3, neuron)];
            trial.State.State[StateAt(trial, slot, 2, neuron)] = 0;
            trial.State.State[StateAt(trial, slot, 3, neuron)] = 0;
        }

        SpikeJump jump = spike.Back(
            trial.Graph.CellOf(population, neuron), trial.State.Tape.Error[at], _adaptation, release, push);
        _crossing = jump.ByCrossing;
        _hasDeltaError = spike.Jump != 0;
        _deltaError = jump.ArrivalError;
        if (population.LearnedThreshold >= 0)
        {
            // The threshold counts as much as the potential, and against it.
            GraphLearning.Add(trial, slot, population.LearnedThreshold + neuron - population.FirstNeuron, -jump.ByPotential);
        }

        _potential = jump.ByPotential + PushOf(trial, neuron);
        Pass(trial, slot, neuron, unread);
    }

    /// <summary>Takes all derivatives from the end of a step to its beginning.</summary>
    private readonly void StepOver(in GraphBackwardParameters trial, in GraphPopulation population, int slot, int step, int unit)
    {
        int neuron = population.FirstNeuron + unit;
        GraphLearning.AddStep(trial, population, slot, step, unit, _potential);
        StepGroups(trial, population, slot, step, unit);
        trial.State.State[StateAt(trial, slot, 0, neuron)] = trial.Graph.Decay(neuron) * _potential;
    }

    /// <summary>Moves the derivatives of the currents back, and writes what arrivals at the step have as gradient and as error.</summary>
    private readonly void StepGroups(in GraphBackwardParameters trial, in GraphPopulation population, int slot, int step, int unit)
    {
        float potentialBefore = trial.Graph.Decay(population.FirstNeuron + unit) * _potential;
        for (int g = 0; g < population.Groups; g++)
        {
            int kind = trial.Graph.GroupKind[population.FirstGroup + g];
            int current = population.FirstCurrent + g * population.Units + unit;
            SynapseStep group = trial.Graph.StepOf(current);
            long at = (long)slot * 2 * trial.Graph.Currents + current;
            var pi = new FloatLane(trial.State.Currents[at]);
            FloatLane own = _potential, next = potentialBefore;
            if (kind == (int)SynapseKind.Exponential)
            {
                PopulationEquations.ExponentialBack(_potential, ref pi, group.Decay, group.IntoMembrane);
                own = pi;
            }
            else if (kind == (int)SynapseKind.Alpha)
            {
                var pj = new FloatLane(trial.State.Currents[at + trial.Graph.Currents]);
                PopulationEquations.AlphaBack(
                    _potential, ref pi, ref pj, group.Decay, group.IntoMembrane, group.FirstIntoMembrane, group.Gain);
                trial.State.Currents[at + trial.Graph.Currents] = pj.Value;
                (own, next) = (pj, pi);
            }

            trial.State.Currents[at] = pi.Value;
            long trace = ((long)slot * trial.Graph.Steps + step) * trial.Graph.Currents + current;
            trial.State.Derivative[trace] = own.Value;
            trial.State.DerivativeSum[(long)slot * trial.Graph.Currents + current] += own.Value;

            if (trial.SendsErrors != 0)
            {
                // A jump of the potential has no next stage: its rate is 0. A spike comes with the arrivals that made it: what
                // moves them moves it.
                trial.State.Error[trace] = kind == (int)SynapseKind.Delta && _hasDeltaError
                    ? _deltaError
                    : PopulationEquations.ArrivalError<FloatLane>(own, trial.Graph.Rate(current), next, trial.Graph.RateIntoNext(current)).Value;
            }
        }
    }
}
