using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>One neuron of a graph in one trial, moving forward in time. Its thread alone reads and writes its state.</summary>
internal static class GraphNeuron
{
    /// <summary>Moves one step forward and writes a spike on the tape.</summary>
    /// <param name="trial">The trial.</param>
    /// <param name="population">The neuron's population.</param>
    /// <param name="slot">Slot of the batch.</param>
    /// <param name="step">0 to steps - 1.</param>
    /// <param name="unit">The neuron, counted within its population.</param>
    /// <returns>Whether the neuron spiked.</returns>
    public static bool Advance(in GraphForwardParameters trial, in GraphPopulation population, int slot, int step, int unit)
    {
        int neuron = population.FirstNeuron + unit;
        long at = (long)slot * GraphStateViews.StateArrays * trial.Graph.Neurons + neuron;
        float before = trial.State.State[at];
        Receive(trial, population, slot, step, unit);
        if (trial.KeepsHistory != 0)
        {
            KeepHistory(trial, population, slot, step, unit, before);
        }

        var v = new FloatLane(trial.Graph.Decay(neuron) * before);
        Integrate(trial, population, slot, unit, ref v, out float arrived, out float left);
        float smooth = v.Value;
        float delta = TakeDelta(trial, population, slot, unit);
        v += new FloatLane(delta);
        bool spiked = false;
        float after = v.Value;
        if (population.IsSpiking)
        {
            var threshold = new FloatLane(trial.Graph.Threshold(neuron));
            if (population.IsAdaptive != 0)
            {
                var adaptation = new FloatLane(trial.State.State[at + trial.Graph.Neurons]);
                threshold = PopulationEquations.AdaptThreshold(
                    threshold, trial.Graph.AdaptationStrength(neuron), trial.Graph.AdaptationDecay(neuron), ref adaptation);
                trial.State.State[at + trial.Graph.Neurons] = adaptation.Value;
            }

            after = PopulationEquations.Reset(
                v, threshold, trial.Graph.Threshold(neuron), trial.Graph.Reset(neuron), population.ResetBySubtraction != 0).Value;
            bool isHeld = IsHeld(trial, population, slot, neuron, left - population.Leak * before);
            if (isHeld)
            {
                after = before;
            }
            else if (v.Value >= threshold.Value)
            {
                spiked = true;
                PopulationSpike spike = PopulationSpike.At(
                    trial.Graph.CellOf(population, neuron), before, smooth, arrived, left, threshold.Value, delta, after);
                Record(trial, population, slot, step, neuron, spike);
            }

            if (trial.EProp.IsActive != 0)
            {
                EPropForward.Keep(trial, slot, step, neuron, isHeld ? float.NegativeInfinity : v.Value, threshold.Value, spiked);
            }
        }

        trial.State.State[at] = after;
        Read(trial, population, slot, step, unit, before, after, left - population.Leak * after);
        return spiked;
    }

    /// <summary>Adds what arrives at the step.</summary>
    private static void Receive(in GraphForwardParameters trial, in GraphPopulation population, int slot, int step, int unit)
    {
        for (int l = population.FirstLink; l < population.FirstLink + population.Links; l++)
        {
            GraphLink link = trial.Graph.Links[l];
            if (trial.IsConstant == 0 || link.IsInput == 0)
            {
                long at = ((long)slot * 2 + link.Stage) * trial.Graph.Currents + link.FirstCurrent + unit;
                trial.State.Currents[at] = GraphArrivals.AddTo(trial, link, slot, step, unit, trial.State.Currents[at]);
            }
        }

        for (int g = 0; g < population.Groups && trial.IsConstant != 0; g++)
        {
            int current = population.FirstCurrent + g * population.Units + unit;
            int stage = trial.Graph.GroupKind[population.FirstGroup + g] == (int)SynapseKind.Alpha ? 1 : 0;
            trial.State.Currents[((long)slot * 2 + stage) * trial.Graph.Currents + current] +=
                trial.State.Constant[(long)slot * trial.Graph.Currents + current] * trial.Graph.Gain(current);
        }
    }

    /// <summary>Lets the currents act on the potential, and gives their sum before and after the step.</summary>
    private static void Integrate(
        in GraphForwardParameters trial, in GraphPopulation population, int slot, int unit,
        ref FloatLane v, out float arrived, out float left)
    {
        arrived = 0;
        left = 0;
        for (int g = 0; g < population.Groups; g++)
        {
            int kind = trial.Graph.GroupKind[population.FirstGroup + g];
            if (kind == (int)SynapseKind.Delta)
            {
                continue;
            }

            int current = population.FirstCurrent + g * population.Units + unit;
            long at = (long)slot * 2 * trial.Graph.Currents + current;
            SynapseStep step = trial.Graph.StepOf(current);
            var i = new FloatLane(trial.State.Currents[at]);
            arrived += i.Value;
            if (kind == (int)SynapseKind.Exponential)
            {
                PopulationEquations.Exponential(ref v, ref i, step.Decay, step.IntoMembrane);
            }
            else
            {
                var j = new FloatLane(trial.State.Currents[at + trial.Graph.Currents]);
                PopulationEquations.Alpha(ref v, ref i, ref j, step.Decay, step.IntoMembrane, step.FirstIntoMembrane, step.Gain);
                trial.State.Currents[at + trial.Graph.Currents] = j.Value;
            }

            left += i.Value;
            trial.State.Currents[at] = i.Value;
        }

        if (population.HasBias != 0)
        {
            int neuron = population.FirstNeuron + unit;
            float bias = trial.Graph.Bias(neuron);
            arrived += bias;
            left += bias;
            v += new FloatLane(trial.Graph.Drive(neuron));
        }
    }

    private static float TakeDelta(in GraphForwardParameters trial, in GraphPopulation population, int slot, int unit)
    {
        if (population.DeltaGroup < 0)
        {
            return 0;
        }

        long at = (long)slot * 2 * trial.Graph.Currents + population.FirstCurrent + population.DeltaGroup * population.Units + unit;
        float delta = trial.State.Currents[at];
        trial.State.Currents[at] = 0;
        return delta;
    }

    /// <summary>Counts a step of the refractory period, and notes the slope of a neuron that leaves it.</summary>
    public static bool IsHeld(in GraphForwardParameters trial, in GraphPopulation population, int slot, int neuron, float slope)
    {
        long at = (long)slot * GraphStateViews.CounterArrays * trial.Graph.Neurons + neuron;
        int held = population.RefractorySteps == 0 ? 0 : trial.State.Counters[at];
        if (held == 0)
        {
            return false;
        }

        trial.State.Counters[at] = held - 1;
        int count = trial.State.Counters[at + trial.Graph.Neurons];
        if (held == 1 && count <= trial.State.Tape.Capacity)
        {
            trial.State.Tape.ReleaseSlope[trial.State.Tape.First(slot, neuron) + count - 1] += slope;
        }

        return true;
    }

    /// <summary>Writes a spike on the tape.</summary>
    public static void Record(
        in GraphForwardParameters trial, in GraphPopulation population, int slot, int step, int neuron, in PopulationSpike spike)
    {
        long counters = (long)slot * GraphStateViews.CounterArrays * trial.Graph.Neurons + neuron;
        int count = trial.State.Counters[counters + trial.Graph.Neurons];
        if (count < trial.State.Tape.Capacity)
        {
            long at = trial.State.Tape.First(slot, neuron) + count;
            trial.State.Tape.Step[at] = step + 1;
            trial.State.Tape.Slope[at] = spike.Slope;
            trial.State.Tape.ReleaseSlope[at] = spike.ReleaseSlope;
            trial.State.Tape.Error[at] = 0;
            trial.State.Jump[at] = spike.Jump;
        }

        trial.State.Counters[counters + trial.Graph.Neurons] = count + 1;
        trial.State.Counters[counters] = population.RefractorySteps;
        if (population.IsAdaptive != 0)
        {
            trial.State.State[((long)slot * GraphStateViews.StateArrays + 1) * trial.Graph.Neurons + neuron]++;
        }
    }

    private static void KeepHistory(
        in GraphForwardParameters trial, in GraphPopulation population, int slot, int step, int unit, float before)
    {
        long history = ((long)slot * trial.Graph.Steps + step) * (trial.Graph.Neurons + 2L * trial.Graph.Currents);
        trial.State.History[history + population.FirstNeuron + unit] = before;
        for (int g = 0; g < population.Groups; g++)
        {
            int current = population.FirstCurrent + g * population.Units + unit;
            for (int stage = 0; stage < 2; stage++)
            {
                trial.State.History[history + trial.Graph.Neurons + (long)stage * trial.Graph.Currents + current] =
                    trial.State.Currents[((long)slot * 2 + stage) * trial.Graph.Currents + current];
            }
        }
    }

    /// <summary>Reads an output at the end of a step.</summary>
    private static void Read(
        in GraphForwardParameters trial, in GraphPopulation population, int slot, int step, int unit, float before, float v, float slope)
    {
        if (population.IsOutput == 0)
        {
            return;
        }

        if (population.FirstStepReadout >= 0)
        {
            trial.State.StepReadout[population.FirstStepReadout + ((long)slot * trial.Graph.Steps + step) * population.Units + unit] = v;
        }

        long at = population.FirstReadout + (long)slot * population.Units + unit;
        if (population.Readout == ReadoutKind.FirstSpikeTime)
        {
            GraphFirstSpike.Read(trial, population, slot, step, unit, before, v, slope);
        }
        else if (population.Readout != ReadoutKind.Maximum)
        {
            trial.State.Readout[at] += trial.Graph.ReadoutWeightOf(population, step, trial.Batch.Steps[slot]) * v;
        }
        else
        {
            KeepMaximum(trial, at, step, v, slope);
        }
    }

    /// <summary>Notes the largest V so far, where it was and its slope.</summary>
    public static void KeepMaximum(in GraphForwardParameters trial, long at, int step, float v, float slope)
    {
        if (v > trial.State.Readout[at])
        {
            trial.State.Readout[at] = v;
            trial.State.MaximumStep[at] = step;
            trial.State.MaximumSlope[at] = slope;
        }
    }
}
