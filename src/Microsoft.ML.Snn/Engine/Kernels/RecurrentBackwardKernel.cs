using ILGPU;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>Runs the adjoint of a recurrent spiking layer back through the trials of a batch.</summary>
/// <remarks>
/// A block is one trial; a thread has every neuron whose index modulo the block size is its own. At a step with
/// spikes, teams of threads sum Σ w·(λV - λI) over the targets, a team per spike; the thread of the neuron that spiked
/// adds up its team's parts, in order. A step without spikes needs no barrier.
/// </remarks>
internal static class RecurrentBackwardKernel
{
    /// <summary>Most threads of a team.</summary>
    public const int MaximumLanes = 32;

    /// <summary>Number of spikes whose errors are summed between two barriers.</summary>
    private const int SpikesPerRound = 32;

    public static void Run(HiddenBackwardParameters layer)
    {
        // One more per row than there are lanes: threads that add up neighbouring rows use different memory banks.
        ArrayView<float> parts = SharedMemory.Allocate<float>(SpikesPerRound * (MaximumLanes + 1));
        int slot = Grid.IdxX;
        for (int unit = Group.IdxX; unit < layer.Units; unit += Group.DimX)
        {
            Store(layer, slot, unit, AdjointNeuron.AtEnd(layer.Tape, slot, unit));
        }

        for (int step = layer.Steps - 1; step >= 0; step--)
        {
            int gridIndex = step + 1;
            for (int unit = Group.IdxX; unit < layer.Units; unit += Group.DimX)
            {
                AdjointNeuron neuron = Load(layer, slot, unit);

                // Errors see λV before any release or jump: the spikes of a moment do not see each other.
                layer.State[((long)slot * 5 + 4) * layer.Units + unit] = neuron.LambdaV - neuron.LambdaI;
                neuron.Release(layer, layer.Tape.First(slot, unit), gridIndex);
                Store(layer, slot, unit, neuron);
            }

            // The masks are the same for all threads, so that all take the same branch. A spike of the last step
            // arrives nowhere.
            int spikes = gridIndex < layer.Steps ? layer.Masks.Count(layer.Masks.At(slot, gridIndex), layer.Masks.Words) : 0;
            for (int first = 0; first < spikes; first += SpikesPerRound)
            {
                Group.Barrier();
                SumParts(layer, slot, gridIndex, first, parts);
                Group.Barrier();
                AddErrors(layer, slot, gridIndex, first, parts);
            }

            for (int unit = Group.IdxX; unit < layer.Units; unit += Group.DimX)
            {
                AdjointNeuron neuron = Load(layer, slot, unit);
                float regularisation = AdjointNeuron.Regularisation(layer, unit);
                neuron.Jump(layer, layer.Tape.First(slot, unit), gridIndex, regularisation);
                neuron.StepBack(layer, ((long)slot * layer.Steps + step) * layer.Units + unit);
                Store(layer, slot, unit, neuron);
            }
        }

        for (int unit = Group.IdxX; unit < layer.Units; unit += Group.DimX)
        {
            Load(layer, slot, unit).Close(layer, slot, unit);
        }
    }

    /// <summary>Each team sums for the spikes whose rank modulo the number of teams is its own.</summary>
    private static void SumParts(in HiddenBackwardParameters layer, int slot, int gridIndex, int first, ArrayView<float> parts)
    {
        int lanes = layer.Lanes;
        int teams = Group.DimX / lanes;
        int team = Group.IdxX / lanes;
        int lane = Group.IdxX - team * lanes;
        long difference = ((long)slot * 5 + 4) * layer.Units;
        long masks = layer.Masks.At(slot, gridIndex);
        int rank = -first;
        for (int word = 0; word < layer.Masks.Words; word++)
        {
            for (int bits = layer.Masks.Bits[masks + word]; bits != 0; bits &= bits - 1, rank++)
            {
                if (rank < 0 || rank >= SpikesPerRound || rank % teams != team)
                {
                    continue;
                }

                long row = (long)(32 * word + MaskViews.LowestBit(bits)) * layer.Units;
                float sum = 0;
                for (int target = lane; target < layer.Units; target += lanes)
                {
                    sum += layer.Recurrent[row + target] * layer.State[difference + target];
                }

                parts[rank * (MaximumLanes + 1) + lane] = sum;
            }
        }
    }

    private static void AddErrors(in HiddenBackwardParameters layer, int slot, int gridIndex, int first, ArrayView<float> parts)
    {
        long masks = layer.Masks.At(slot, gridIndex);
        for (int unit = Group.IdxX; unit < layer.Units; unit += Group.DimX)
        {
            int bits = layer.Masks.Bits[masks + unit / 32];
            int bit = 1 << (unit % 32);
            if ((bits & bit) == 0)
            {
                continue;
            }

            int rank = layer.Masks.Count(masks, unit / 32) + IntrinsicMath.PopCount(bits & (bit - 1)) - first;
            if (rank < 0 || rank >= SpikesPerRound)
            {
                continue;
            }

            float sum = 0;
            for (int lane = 0; lane < layer.Lanes; lane++)
            {
                sum += parts[rank * (MaximumLanes + 1) + lane];
            }

            // On a tape that is too short the newest spike is missing; the batch is repeated anyway.
            int unread = layer.Counters[(long)slot * 3 * layer.Units + unit];
            if (unread >= 0)
            {
                layer.Tape.Error[layer.Tape.First(slot, unit) + unread] += sum;
            }
        }
    }

    private static AdjointNeuron Load(in HiddenBackwardParameters layer, int slot, int unit)
    {
        long state = (long)slot * 5 * layer.Units + unit;
        long counter = (long)slot * 3 * layer.Units + unit;
        return new AdjointNeuron
        {
            LambdaV = layer.State[state],
            LambdaI = layer.State[state + layer.Units],
            ReleasePush = layer.State[state + 2L * layer.Units],
            Sum = layer.State[state + 3L * layer.Units],
            Unread = layer.Counters[counter],
            NextSpike = layer.Counters[counter + layer.Units],
            Grazing = layer.Counters[counter + 2L * layer.Units],
        };
    }

    private static void Store(in HiddenBackwardParameters layer, int slot, int unit, AdjointNeuron neuron)
    {
        long state = (long)slot * 5 * layer.Units + unit;
        long counter = (long)slot * 3 * layer.Units + unit;
        layer.State[state] = neuron.LambdaV;
        layer.State[state + layer.Units] = neuron.LambdaI;
        layer.State[state + 2L * layer.Units] = neuron.ReleasePush;
        layer.State[state + 3L * layer.Units] = neuron.Sum;
        layer.Counters[counter] = neuron.Unread;
        layer.Counters[counter + layer.Units] = neuron.NextSpike;
        layer.Counters[counter + 2L * layer.Units] = neuron.Grazing;
    }
}
