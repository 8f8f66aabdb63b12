using ILGPU;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>Runs a recurrent spiking layer through the trials of a batch.</summary>
/// <remarks>
/// A block is one trial; a thread has every neuron whose index modulo the block size is its own. The spikes of a step
/// are a bit mask in shared memory, in three copies: one arrives, one is being filled, one is being cleared for the
/// next step. So one barrier per step is enough.
/// </remarks>
internal static class RecurrentKernel
{
    /// <summary>Most neurons of a recurrent layer: the masks have 12 kB of shared memory.</summary>
    public const int MaximumUnits = 32 * MaximumWords;

    private const int MaximumWords = 1024;

    public static void Run(HiddenForwardParameters layer)
    {
        ArrayView<int> spikes = SharedMemory.Allocate<int>(3 * MaximumWords);
        int slot = Grid.IdxX;
        int words = layer.Masks.Words;
        for (int word = Group.IdxX; word < 3 * words; word += Group.DimX)
        {
            spikes[word] = 0;
        }

        for (int unit = Group.IdxX; unit < layer.Units; unit += Group.DimX)
        {
            Store(layer, slot, unit, default);
            layer.State[((long)slot * 3 + 2) * layer.Units + unit] =
                layer.Input.ConstantDrive(slot, unit, layer.Membrane.CurrentGain);
        }

        Group.Barrier();
        int arriving = 0, filling = words, clearing = 2 * words;
        for (int step = 0; step < layer.Steps; step++)
        {
            for (int word = Group.IdxX; word < words; word += Group.DimX)
            {
                layer.Masks.Bits[layer.Masks.At(slot, step) + word] = spikes[arriving + word];
                spikes[clearing + word] = 0;
            }

            for (int unit = Group.IdxX; unit < layer.Units; unit += Group.DimX)
            {
                Advance(layer, slot, step, unit, spikes, arriving, filling);
            }

            Group.Barrier();
            int arrived = arriving;
            arriving = filling;
            filling = clearing;
            clearing = arrived;
        }

        for (int unit = Group.IdxX; unit < layer.Units; unit += Group.DimX)
        {
            layer.Tape.Close(slot, unit, Load(layer, slot, unit).Count);
        }
    }

    private static void Advance(
        in HiddenForwardParameters layer, int slot, int step, int unit, ArrayView<int> spikes, int arriving, int filling)
    {
        SpikingNeuron neuron = Load(layer, slot, unit);
        float arrived = layer.Input.AddTo(neuron.I, slot, step, unit);
        for (int word = 0; word < layer.Masks.Words; word++)
        {
            arrived = Arrivals.AddRows(arrived, spikes[arriving + word], 32 * word, layer.Recurrent, layer.Units, unit);
        }

        arrived += layer.State[((long)slot * 3 + 2) * layer.Units + unit];
        if (neuron.Advance(layer, layer.Tape.First(slot, unit), step, arrived) != 0)
        {
            Atomic.Or(ref spikes[filling + unit / 32], 1 << (unit % 32));
        }

        Store(layer, slot, unit, neuron);
    }

    private static SpikingNeuron Load(in HiddenForwardParameters layer, int slot, int unit)
    {
        long state = (long)slot * 3 * layer.Units + unit;
        long counter = (long)slot * 2 * layer.Units + unit;
        return new SpikingNeuron
        {
            V = layer.State[state],
            I = layer.State[state + layer.Units],
            Held = layer.Counters[counter],
            Count = layer.Counters[counter + layer.Units],
        };
    }

    private static void Store(in HiddenForwardParameters layer, int slot, int unit, SpikingNeuron neuron)
    {
        long state = (long)slot * 3 * layer.Units + unit;
        long counter = (long)slot * 2 * layer.Units + unit;
        layer.State[state] = neuron.V;
        layer.State[state + layer.Units] = neuron.I;
        layer.Counters[counter] = neuron.Held;
        layer.Counters[counter + layer.Units] = neuron.Count;
    }
}
