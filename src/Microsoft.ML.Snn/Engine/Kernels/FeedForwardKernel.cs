using ILGPU;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>Runs a spiking layer without recurrence through the trials of a batch.</summary>
/// <remarks>
/// Grid [slot, tile of neurons]; a thread is one neuron in one trial and keeps its state in registers over all steps.
/// No thread waits for another. Bits of masks are set with integer atomics, whose order does not matter.
/// </remarks>
internal static class FeedForwardKernel
{
    public static void Run(HiddenForwardParameters layer)
    {
        int slot = Grid.IdxX;
        int unit = Grid.IdxY * Group.DimX + Group.IdxX;
        if (unit >= layer.Units)
        {
            return;
        }

        var neuron = default(SpikingNeuron);
        long tape = layer.Tape.First(slot, unit);
        float drive = layer.Input.ConstantDrive(slot, unit, layer.Membrane.CurrentGain);
        for (int step = 0; step < layer.Steps; step++)
        {
            float arrived = layer.Input.AddTo(neuron.I, slot, step, unit) + drive;
            int spiked = neuron.Advance(layer, tape, step, arrived);

            // A spike of the last step arrives nowhere.
            if (spiked != 0 && step + 1 < layer.Steps)
            {
                Atomic.Or(ref layer.Masks.Bits[layer.Masks.At(slot, step + 1) + unit / 32], 1 << (unit % 32));
            }
        }

        layer.Tape.Close(slot, unit, neuron.Count);
    }
}
