using ILGPU;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>Runs the adjoint of a graph back through the trials of a batch.</summary>
/// <remarks>
/// As <see cref="GraphForwardKernel"/>: a block is one trial, and every neuron stays with its thread. The errors of a spike
/// need all its targets; a step without spikes needs no barrier.
/// </remarks>
internal static class GraphBackwardKernel
{
    /// <summary>Most threads of a block; so any number of registers per thread fits.</summary>
    public const int MaximumThreads = 256;

    public static void Run<TCells>(GraphBackwardParameters trial)
        where TCells : struct, ICells
    {
        int slot = Grid.IdxX;
        GraphLearning.Begin(trial, slot);
        Group.Barrier();
        for (int neuron = Group.IdxX; neuron < trial.Graph.Neurons; neuron += Group.DimX)
        {
            GraphPopulation population = trial.Graph.Populations[trial.Graph.PopulationOfWord[neuron / 32]];
            if (neuron - population.FirstNeuron < population.Units)
            {
                GraphAdjoint.Begin(trial, population, slot, neuron - population.FirstNeuron);
            }
        }

        for (int step = trial.Batch.Steps[slot] - 1; step >= 0; step--)
        {
            for (int neuron = Group.IdxX; neuron < trial.Graph.Neurons; neuron += Group.DimX)
            {
                GraphPopulation population = trial.Graph.Populations[trial.Graph.PopulationOfWord[neuron / 32]];
                int unit = neuron - population.FirstNeuron;
                if (unit < population.Units && population.Cell >= 0)
                {
                    TCells.StepBack(trial, population, slot, step, unit);
                }
                else if (unit < population.Units)
                {
                    GraphAdjoint.StepBack(trial, population, slot, step, unit);
                }
            }

            for (int p = 0; p < trial.Graph.Populations.IntLength; p++)
            {
                GraphPopulation population = trial.Graph.Populations[p];
                if (population.IsSpiking && population.Senders > 0)
                {
                    GraphErrors.Send(trial, population, slot, step);
                }
            }
        }

        for (int neuron = Group.IdxX; neuron < trial.Graph.Neurons; neuron += Group.DimX)
        {
            GraphPopulation population = trial.Graph.Populations[trial.Graph.PopulationOfWord[neuron / 32]];
            if (neuron - population.FirstNeuron < population.Units)
            {
                GraphAdjoint.Close(trial, population, slot, neuron - population.FirstNeuron);
                GraphLearning.CloseNumbers(trial, population, slot, neuron - population.FirstNeuron);
                if (trial.IsConstant != 0)
                {
                    GraphLearning.CloseConstant(trial, population, slot, neuron - population.FirstNeuron);
                }
            }
        }
    }
}
