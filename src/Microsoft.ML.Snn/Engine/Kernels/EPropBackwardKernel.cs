using ILGPU;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>The scans of event-driven e-prop, backward in time: errors of the outputs, then what e-prop sees of them at every hidden neuron.</summary>
/// <remarks>A block is one trial and meets once; a thread has every neuron whose index modulo the block size is its own.</remarks>
internal static class EPropBackwardKernel
{
    /// <summary>Most threads of a block; so any number of registers per thread fits.</summary>
    public const int MaximumThreads = 256;

    public static void Run(EPropBackwardParameters trial)
    {
        int slot = Grid.IdxX;
        int last = trial.Graph.Populations.IntLength - 1;
        GraphPopulation output = trial.Graph.Populations[last];
        for (int unit = Group.IdxX; unit < output.Units; unit += Group.DimX)
        {
            ScanOutput(trial, output, trial.EProp.Populations[last].Membrane, slot, unit);
        }

        Group.Barrier();
        for (int neuron = Group.IdxX; neuron < output.FirstNeuron; neuron += Group.DimX)
        {
            int index = trial.Graph.PopulationOfWord[neuron / 32];
            GraphPopulation population = trial.Graph.Populations[index];
            if (neuron - population.FirstNeuron < population.Units)
            {
                ScanHidden(trial, population, output, trial.EProp.Populations[index], slot, neuron - population.FirstNeuron);
            }
        }
    }

    /// <summary>Turns the error of every step into Q = ∂L/∂I.</summary>
    private static void ScanOutput(
        in EPropBackwardParameters trial, in GraphPopulation output, in MembraneEquations membrane, int slot, int unit)
    {
        var lossByV = new FloatLane(0);
        var lossByI = new FloatLane(0);
        float total = 0;
        for (int step = trial.Graph.Steps - 1; step >= 0; step--)
        {
            long at = (long)slot * trial.Graph.Steps + step;
            membrane.StepTransposed(trial.State.StepReadout[output.FirstStepReadout + at * output.Units + unit], ref lossByV, ref lossByI);
            trial.State.Derivative[at * trial.Graph.Currents + output.FirstCurrent + unit] = lossByI.Value;
            total += lossByI.Value;
        }

        Close(trial, slot, output.FirstCurrent + unit, total);
    }

    /// <summary>Learning signal, eligibility and membrane in one pass.</summary>
    private static void ScanHidden(
        in EPropBackwardParameters trial, in GraphPopulation population, in GraphPopulation output, in EPropPopulation rule, int slot, int unit)
    {
        int neuron = population.FirstNeuron + unit;
        var slow = new FloatLane(0);
        var lossByV = new FloatLane(0);
        var lossByI = new FloatLane(0);
        float total = 0;
        for (int step = trial.Graph.Steps - 1; step >= 0; step--)
        {
            long at = (long)slot * trial.Graph.Steps + step;

            // A spike found at the end of this step reaches the outputs in the next one.
            float signal = 0;
            for (int k = 0; k < output.Units && step + 1 < trial.Graph.Steps; k++)
            {
                signal += trial.EProp.Feedback[rule.Feedback + (long)unit * output.Units + k]
                    * trial.State.Derivative[(at + 1) * trial.Graph.Currents + output.FirstCurrent + k];
            }

            if (trial.EProp.HasRates != 0)
            {
                signal += trial.EProp.RateSignal[at * trial.Graph.Neurons + neuron];
            }

            FloatLane h = rule.Equations.LossByMembrane<FloatLane>(
                trial.EProp.PseudoDerivative[at * trial.Graph.Neurons + neuron], signal, ref slow);
            rule.Membrane.StepTransposed(h, ref lossByV, ref lossByI);
            trial.State.Derivative[at * trial.Graph.Currents + population.FirstCurrent + unit] = lossByI.Value;
            total += lossByI.Value;
        }

        Close(trial, slot, population.FirstCurrent + unit, total);
    }

    private static void Close(in EPropBackwardParameters trial, int slot, int current, float total) =>
        trial.State.DerivativeSum[(long)slot * trial.Graph.Currents + current] = total * trial.Graph.Gain(current);
}
