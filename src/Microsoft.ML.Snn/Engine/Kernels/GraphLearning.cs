using ILGPU;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>Derivatives by what the neurons of a graph learn themselves: bias, threshold, time constants, numbers of users' neurons. Each trial has its own sums.</summary>
internal static class GraphLearning
{
    /// <summary>Clears the sums of a trial; a barrier must follow.</summary>
    public static void Begin(in GraphBackwardParameters trial, int slot)
    {
        for (int n = Group.IdxX; n < trial.Graph.Learned; n += Group.DimX)
        {
            trial.State.LearnedGradient[(long)slot * trial.Graph.Learned + n] = 0;
        }
    }

    public static void Add(in GraphBackwardParameters trial, int slot, int learned, float derivative) =>
        trial.State.LearnedGradient[(long)slot * trial.Graph.Learned + learned] += derivative;

    /// <summary>Adds the derivatives of one step, whose end the adjoint has reached.</summary>
    public static void AddStep(
        in GraphBackwardParameters trial, in GraphPopulation population, int slot, int step, int unit, float potential)
    {
        int neuron = population.FirstNeuron + unit;
        if (population.LearnedBias >= 0)
        {
            Add(trial, slot, population.LearnedBias + unit, trial.Graph.BiasGain(neuron) * potential);
        }

        if (population.LearnsTimes == 0)
        {
            return;
        }

        long history = ((long)slot * trial.Graph.Steps + step) * (trial.Graph.Neurons + 2L * trial.Graph.Currents);
        float v = trial.Graph.DecayByTime(neuron) * trial.State.History[history + neuron]
            + trial.Graph.BiasGainByTime(neuron) * trial.Graph.Bias(neuron);
        for (int g = 0; g < population.Groups; g++)
        {
            if (trial.Graph.GroupKind[population.FirstGroup + g] == (int)SynapseKind.Delta)
            {
                continue;
            }

            int current = population.FirstCurrent + g * population.Units + unit;
            float i = trial.State.History[history + trial.Graph.Neurons + current];
            float j = trial.State.History[history + trial.Graph.Neurons + trial.Graph.Currents + current];
            v += TimeConstantEquations.ByMembraneTime(
                trial.Graph.IntoByMembraneTime(current), trial.Graph.FirstIntoByMembraneTime(current), i, j);
            int learned = trial.Graph.LearnedSynapseTime[population.FirstGroup + g];
            if (learned >= 0)
            {
                long at = (long)slot * 2 * trial.Graph.Currents + current;
                Add(trial, slot, learned + unit, TimeConstantEquations.BySynapseTime(
                    potential, trial.State.Currents[at], trial.State.Currents[at + trial.Graph.Currents], i, j,
                    trial.Graph.StepOf(current), trial.Graph.StepByTime(current)));
            }
        }

        if (population.LearnedMembraneTime >= 0)
        {
            Add(trial, slot, population.LearnedMembraneTime + unit, potential * v);
        }
    }

    /// <summary>Puts learned numbers of a user's neuron into the state that the trial begins with.</summary>
    public static void TakeNumbers(in GraphForwardParameters trial, in GraphPopulation population, int slot, int unit)
    {
        for (int variable = 0; variable < GraphStateViews.StateArrays && population.FirstNumber >= 0; variable++)
        {
            int learned = trial.Graph.LearnedNumber[population.FirstNumber + variable];
            if (learned >= 0)
            {
                long at = ((long)slot * GraphStateViews.StateArrays + variable) * trial.Graph.Neurons + population.FirstNeuron + unit;
                trial.State.State[at] = trial.Graph.Numbers[learned + unit];
            }
        }
    }

    /// <summary>A number is a variable that nothing moves: its gradient is the adjoint at the beginning of the trial.</summary>
    public static void CloseNumbers(in GraphBackwardParameters trial, in GraphPopulation population, int slot, int unit)
    {
        for (int variable = 0; variable < GraphStateViews.StateArrays && population.FirstNumber >= 0; variable++)
        {
            int learned = trial.Graph.LearnedNumber[population.FirstNumber + variable];
            if (learned >= 0)
            {
                Add(trial, slot, learned + unit, trial.State.State[GraphAdjoint.StateAt(trial, slot, variable, population.FirstNeuron + unit)]);
            }
        }
    }

    /// <summary>Turns the sums over a constant current into its gradient, and adds what time constants do to the kick of a step.</summary>
    public static void CloseConstant(in GraphBackwardParameters trial, in GraphPopulation population, int slot, int unit)
    {
        int neuron = population.FirstNeuron + unit;
        for (int g = 0; g < population.Groups; g++)
        {
            int current = population.FirstCurrent + g * population.Units + unit;
            long at = (long)slot * trial.Graph.Currents + current;
            float change = trial.State.DerivativeSum[at] * trial.State.Constant[at];
            if (population.LearnsTimes != 0 && trial.Graph.GroupKind[population.FirstGroup + g] == (int)SynapseKind.Delta)
            {
                if (population.LearnedMembraneTime >= 0)
                {
                    Add(trial, slot, population.LearnedMembraneTime + unit, change * trial.Graph.BiasGainByTime(neuron));
                }
            }
            else if (population.LearnsTimes != 0 && trial.Graph.LearnedSynapseTime[population.FirstGroup + g] >= 0)
            {
                Add(
                    trial, slot, trial.Graph.LearnedSynapseTime[population.FirstGroup + g] + unit,
                    change * trial.Graph.StepByTime(current).Gain);
            }

            trial.State.DerivativeSum[at] *= trial.Graph.Gain(current);
        }
    }
}
