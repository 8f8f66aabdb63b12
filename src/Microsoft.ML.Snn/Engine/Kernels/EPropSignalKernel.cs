using ILGPU;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>What the textbook form of e-prop needs of the errors before it looks at synapses: the learning signal of every spiking neuron and step, and the gradient of biases.</summary>
/// <remarks>For stacks, whose feedback is dense. A block is one trial; a thread has every neuron whose index modulo the block size is its own.</remarks>
internal static class EPropSignalKernel
{
    /// <summary>Most threads of a block.</summary>
    public const int MaximumThreads = 256;

    public static void Run(EPropBackwardParameters trial)
    {
        int slot = Grid.IdxX;
        GraphViews graph = trial.Backward.Graph;
        GraphPopulation output = graph.Populations[graph.Populations.IntLength - 1];
        for (int neuron = Group.IdxX; neuron < graph.Neurons; neuron += Group.DimX)
        {
            int index = graph.PopulationOfWord[neuron / 32];
            GraphPopulation population = graph.Populations[index];
            int unit = neuron - population.FirstNeuron;
            if (unit < population.Units && population.IsSpiking)
            {
                SendErrors(trial, output, trial.EProp.Links[trial.EProp.Populations[index].FirstLink], slot, neuron, unit);
            }
            else if (unit < population.Units && population.LearnedBias >= 0)
            {
                LearnBias(trial, population, slot, unit);
            }
        }
    }

    private static void SendErrors(in EPropBackwardParameters trial, in GraphPopulation output, in EPropLink link, int slot, int neuron, int unit)
    {
        for (int step = 0; step < trial.Backward.Graph.Steps; step++)
        {
            long at = (long)slot * trial.Backward.Graph.Steps + step;
            float signal = 0;
            for (int k = 0; k < link.Columns; k++)
            {
                signal += trial.EProp.Feedback[link.Weights + (long)unit * link.Columns + k]
                    * trial.Backward.State.StepReadout[output.FirstStepReadout + at * output.Units + k];
            }

            trial.EProp.Signal[at * trial.Backward.Graph.Neurons + neuron] = signal;
        }
    }

    /// <summary>The eligibility of a bias is the answer of V to a constant input of 1.</summary>
    private static void LearnBias(in EPropBackwardParameters trial, in GraphPopulation output, int slot, int unit)
    {
        GraphViews graph = trial.Backward.Graph;
        float answer = 0, gradient = 0;
        for (int step = 0; step < graph.Steps; step++)
        {
            answer = graph.Decay(output.FirstNeuron + unit) * answer + graph.BiasGain(output.FirstNeuron + unit);
            gradient += answer * trial.Backward.State.StepReadout[output.FirstStepReadout + ((long)slot * graph.Steps + step) * output.Units + unit];
        }

        trial.Backward.State.LearnedGradient[(long)slot * graph.Learned + output.LearnedBias + unit] = gradient;
    }
}
