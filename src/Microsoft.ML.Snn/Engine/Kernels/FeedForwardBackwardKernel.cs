using ILGPU;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>Runs the adjoint of a spiking layer without recurrence back through the trials of a batch.</summary>
/// <remarks>Grid [slot, tile of neurons]; a thread is one neuron in one trial. No thread waits for another.</remarks>
internal static class FeedForwardBackwardKernel
{
    public static void Run(HiddenBackwardParameters layer)
    {
        int slot = Grid.IdxX;
        int unit = Grid.IdxY * Group.DimX + Group.IdxX;
        if (unit >= layer.Units)
        {
            return;
        }

        AdjointNeuron neuron = AdjointNeuron.AtEnd(layer.Tape, slot, unit);
        long tape = layer.Tape.First(slot, unit);
        float regularisation = AdjointNeuron.Regularisation(layer, unit);
        long at = ((long)slot * layer.Steps + layer.Steps - 1) * layer.Units + unit;
        for (int step = layer.Steps - 1; step >= 0; step--, at -= layer.Units)
        {
            neuron.Release(layer, tape, step + 1);
            neuron.Jump(layer, tape, step + 1, regularisation);
            neuron.StepBack(layer, at);
        }

        neuron.Close(layer, slot, unit);
    }
}
