using ILGPU;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>The scans of event-driven e-prop, backward in time: errors of the outputs, then what e-prop sees of them at every spiking neuron.</summary>
/// <remarks>
/// A block is one trial; a thread has every neuron whose index modulo the block size is its own. What a spike leaves is not differentiated,
/// so that no spiking neuron waits for another: the block meets once, when all outputs are scanned.
/// </remarks>
internal static class EPropBackwardKernel
{
    /// <summary>Most threads of a block; so any number of registers per thread fits.</summary>
    public const int MaximumThreads = 256;

    public static void Run(EPropBackwardParameters trial)
    {
        int slot = Grid.IdxX;
        GraphLearning.Begin(trial.Backward, slot);
        Group.Barrier();
        Scan(trial, slot, outputs: 1);
        Group.Barrier();
        Scan(trial, slot, outputs: 0);
    }

    /// <summary>Scans the outputs or all others.</summary>
    private static void Scan(in EPropBackwardParameters trial, int slot, int outputs)
    {
        GraphViews graph = trial.Backward.Graph;
        for (int neuron = Group.IdxX; neuron < graph.Neurons; neuron += Group.DimX)
        {
            int index = graph.PopulationOfWord[neuron / 32];
            GraphPopulation population = graph.Populations[index];
            if (population.IsOutput == outputs && neuron - population.FirstNeuron < population.Units)
            {
                Scan(trial, population, trial.EProp.Populations[index], slot, neuron - population.FirstNeuron);
            }
        }
    }

    /// <summary>Goes back over all steps of one neuron.</summary>
    private static void Scan(in EPropBackwardParameters trial, in GraphPopulation population, in EPropPopulation rule, int slot, int unit)
    {
        GraphAdjoint.Begin(trial.Backward, population, slot, unit);
        var slow = new FloatLane(0);
        for (int step = trial.Backward.Batch.Steps[slot] - 1; step >= 0; step--)
        {
            float lossByV = population.IsSpiking
                ? LossByMembrane(trial, population, rule, slot, step, unit, ref slow)
                : GraphAdjoint.Drive(trial.Backward, population, slot, step, unit);
            GraphAdjoint.StepBackAlone(trial.Backward, population, slot, step, unit, lossByV);
        }

        if (trial.Backward.IsConstant != 0)
        {
            GraphLearning.CloseConstant(trial.Backward, population, slot, unit);
        }
    }

    /// <summary>h of a step, which takes the place of what a jump at a spike is for the exact gradient.</summary>
    private static float LossByMembrane(
        in EPropBackwardParameters trial, in GraphPopulation population, in EPropPopulation rule, int slot, int step, int unit, ref FloatLane slow)
    {
        long at = ((long)slot * trial.Backward.Graph.Steps + step) * trial.Backward.Graph.Neurons + population.FirstNeuron + unit;
        float signal = trial.EProp.HasRates != 0 ? trial.EProp.RateSignal[at] : 0;
        for (int l = rule.FirstLink; l < rule.FirstLink + rule.Links; l++)
        {
            signal += Signal(trial, trial.EProp.Links[l], slot, step, unit);
        }

        return rule.Equations.LossByMembrane<FloatLane>(trial.EProp.PseudoDerivative[at], signal, ref slow).Value;
    }

    /// <summary>What the errors of one output say of a spike at the end of a step, where it arrives there one step later or, by a delay, more.</summary>
    private static float Signal(in EPropBackwardParameters trial, in EPropLink link, int slot, int step, int unit)
    {
        int arrival = step + 1 + link.Delay;
        if (arrival >= trial.Backward.Batch.Steps[slot])
        {
            return 0;
        }

        float signal = 0;
        SynapseViews synapses = trial.Backward.Graph.Synapses;
        long errors = ((long)slot * trial.Backward.Graph.Steps + arrival) * trial.Backward.Graph.Currents + link.FirstCurrent;
        int first = link.IsDense ? 0 : synapses.First[link.ByRow + unit];
        int end = link.IsDense ? link.Columns : synapses.First[link.ByRow + unit + 1];
        for (int n = first; n < end; n++)
        {
            int target = link.IsDense ? n : synapses.Target[n];
            long weight = link.IsDense ? (long)unit * link.Columns + n : synapses.Weight[n];
            signal += trial.EProp.Feedback[link.Weights + weight] * trial.Backward.State.Derivative[errors + target];
        }

        return signal;
    }
}
