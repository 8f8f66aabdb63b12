using ILGPU;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>Runs a graph forward through the trials of a batch.</summary>
/// <remarks>
/// A block is one trial, and ends where its example ends; a thread has every neuron whose index modulo the block size is its own, of all populations, and
/// keeps their state in global memory. The spikes of a step are bits in global memory, all 0 before; so one barrier per
/// step is enough, and OpenCL's barrier, which orders global memory only, is enough too.
/// </remarks>
internal static class GraphForwardKernel
{
    /// <summary>Most threads of a block; so any number of registers per thread fits.</summary>
    public const int MaximumThreads = 256;

    public static void Run<TCells>(GraphForwardParameters trial)
        where TCells : struct, ICells
    {
        int slot = Grid.IdxX;
        int neurons = trial.Graph.Neurons;
        int steps = trial.Batch.Steps[slot];
        for (int neuron = Group.IdxX; neuron < neurons; neuron += Group.DimX)
        {
            GraphPopulation population = trial.Graph.Populations[trial.Graph.PopulationOfWord[neuron / 32]];
            if (neuron - population.FirstNeuron < population.Units)
            {
                Begin(trial, population, slot, neuron - population.FirstNeuron);
                if (population.Cell >= 0)
                {
                    TCells.Begin(trial, population, slot, neuron - population.FirstNeuron);
                    GraphLearning.TakeNumbers(trial, population, slot, neuron - population.FirstNeuron);
                }
            }
        }

        for (int step = 0; step < steps; step++)
        {
            for (int neuron = Group.IdxX; neuron < neurons; neuron += Group.DimX)
            {
                GraphPopulation population = trial.Graph.Populations[trial.Graph.PopulationOfWord[neuron / 32]];
                int unit = neuron - population.FirstNeuron;

                // A spike of the last step arrives nowhere.
                if (unit < population.Units && Advance<TCells>(trial, population, slot, step, unit) && step + 1 < steps)
                {
                    Atomic.Or(ref trial.State.Masks.Bits[trial.State.Masks.At(slot, step + 1) + neuron / 32], 1 << (neuron % 32));
                }
            }

            Group.Barrier();
        }

        for (int neuron = Group.IdxX; neuron < neurons; neuron += Group.DimX)
        {
            trial.State.Tape.Close(
                slot, neuron, trial.State.Counters[((long)slot * GraphStateViews.CounterArrays + 1) * neurons + neuron]);
            if (TCells.Count > 0)
            {
                GraphPopulation population = trial.Graph.Populations[trial.Graph.PopulationOfWord[neuron / 32]];
                int unit = neuron - population.FirstNeuron;
                if (population.Cell >= 0 && unit < population.Units)
                {
                    TCells.Close(trial, population, slot, unit);
                }
            }
        }
    }

    private static bool Advance<TCells>(in GraphForwardParameters trial, in GraphPopulation population, int slot, int step, int unit)
        where TCells : struct, ICells => population.Cell >= 0
            ? TCells.Advance(trial, population, slot, step, unit)
            : GraphNeuron.Advance(trial, population, slot, step, unit);

    /// <summary>Brings a neuron to rest: no example begins with what another one left.</summary>
    private static void Begin(in GraphForwardParameters trial, in GraphPopulation population, int slot, int unit)
    {
        int neuron = population.FirstNeuron + unit;
        for (int array = 0; array < GraphStateViews.StateArrays; array++)
        {
            trial.State.State[((long)slot * GraphStateViews.StateArrays + array) * trial.Graph.Neurons + neuron] = 0;
        }

        for (int array = 0; array < GraphStateViews.CounterArrays; array++)
        {
            trial.State.Counters[((long)slot * GraphStateViews.CounterArrays + array) * trial.Graph.Neurons + neuron] = 0;
        }

        for (int g = 0; g < population.Groups; g++)
        {
            int current = population.FirstCurrent + g * population.Units + unit;
            trial.State.Currents[(long)slot * 2 * trial.Graph.Currents + current] = 0;
            trial.State.Currents[((long)slot * 2 + 1) * trial.Graph.Currents + current] = 0;
            trial.State.Constant[(long)slot * trial.Graph.Currents + current] = 0;
        }

        for (int l = population.FirstLink; l < population.FirstLink + population.Links; l++)
        {
            BeginLink(trial, trial.Graph.Links[l], slot, unit);
        }

        if (trial.EProp.IsActive != 0)
        {
            EPropForward.Begin(trial, slot, neuron);
        }

        if (population.IsOutput != 0)
        {
            trial.State.Readout[population.FirstReadout + (long)slot * population.Units + unit] =
                population.Readout == ReadoutKind.Maximum || population.Readout == ReadoutKind.FirstSpikeTime ? float.NegativeInfinity : 0;
            if (population.Readout == ReadoutKind.FirstSpikeTime)
            {
                GraphFirstSpike.Of(trial.State, population, slot).Silence(unit);
            }
        }
    }

    private static void BeginLink(in GraphForwardParameters trial, in GraphLink link, int slot, int unit)
    {
        if (trial.IsConstant != 0 && link.IsInput != 0)
        {
            trial.State.Constant[(long)slot * trial.Graph.Currents + link.FirstCurrent + unit] +=
                GraphArrivals.Constant(trial, link, slot, unit);
        }

        for (int n = 0; n < link.RingSlots && link.Ring >= 0; n++)
        {
            trial.State.Ring[(long)slot * trial.Graph.RingLength + link.Ring + (long)n * link.Columns + unit] = 0;
        }
    }
}
