using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>An output of a graph that is read at its first spike: a point on the line of the step that ends above the threshold.</summary>
internal static class GraphFirstSpike
{
    /// <summary>The first spikes of an output population in one trial.</summary>
    public static FirstSpikeViews Of(in GraphStateViews state, in GraphPopulation population, int slot) =>
        new(state.FirstSpikes, population.FirstReadout + (long)slot * population.Units);

    /// <summary>Takes in the line of a step.</summary>
    /// <param name="trial">The trial.</param>
    /// <param name="population">The output.</param>
    /// <param name="slot">Slot of the batch.</param>
    /// <param name="step">The step.</param>
    /// <param name="unit">The output neuron.</param>
    /// <param name="before">V at the begin of the step.</param>
    /// <param name="v">V at its end.</param>
    /// <param name="slope">I - V at its end.</param>
    public static void Read(
        in GraphForwardParameters trial, in GraphPopulation population, int slot, int step, int unit, float before, float v, float slope)
    {
        FirstSpikeViews first = Of(trial.State, population, slot);
        if (!first.IsSilent(unit))
        {
            return;
        }

        long at = population.FirstReadout + (long)slot * population.Units + unit;
        if (v >= OutputLayer.Threshold)
        {
            first.SetFraction(unit, SpikeEquations.Crossing(before, v, OutputLayer.Threshold));
            trial.State.MaximumStep[at] = step;
            trial.State.MaximumSlope[at] = FirstSpikeEquations.LineSlope(
                before, v, trial.Graph.MembraneTime(population.FirstNeuron + unit), trial.Graph.TimeStep);
            return;
        }

        GraphNeuron.KeepMaximum(trial, at, step, v, slope);
        if (step == trial.Batch.Steps[slot] - 1 && trial.State.Readout[at] <= 0)
        {
            // Never above rest, which is where it started: what it ends with has a gradient, the start has none.
            trial.State.Readout[at] = v;
            trial.State.MaximumStep[at] = step;
        }
    }

    /// <summary>∂L/∂V at the end of a step: of both ends of the line of a spike, or of the maximum of a silent output.</summary>
    public static float Drive(in GraphBackwardParameters trial, in GraphPopulation population, int slot, int step, int unit)
    {
        FirstSpikeViews first = Of(trial.State, population, slot);
        long at = population.FirstReadout + (long)slot * population.Units + unit;
        int moment = trial.State.MaximumStep[at];
        float loss = trial.State.Readout[at];
        if (first.IsSilent(unit))
        {
            if (moment == step && population.LearnedMembraneTime >= 0)
            {
                GraphLearning.Add(trial, slot, population.LearnedMembraneTime + unit, FirstSpikeEquations.LossByMembraneTime<FloatLane>(
                    first.DerivativeOf(unit), first.MaximumOf(unit), OutputLayer.Threshold).Value);
            }

            return moment == step ? loss : 0;
        }

        if (moment != step && moment != step + 1)
        {
            return 0;
        }

        int neuron = population.FirstNeuron + unit;
        float slope = SpikeEquations.LimitedSlope(trial.State.MaximumSlope[at], trial.GrazingLimit);
        if (moment == step && slope == trial.GrazingLimit)
        {
            trial.State.Counters[GraphAdjoint.CounterAt(trial, slot, 2, neuron)]++;
        }

        (float byBefore, float byAfter) = FirstSpikeEquations.LossByLine(
            loss, first.FractionOf(unit), slope, trial.Graph.MembraneTime(neuron));
        return moment == step ? byAfter : byBefore;
    }
}
