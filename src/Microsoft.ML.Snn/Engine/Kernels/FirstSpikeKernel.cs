using ILGPU;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>The loss of an output that is read at its first spikes. A thread is one trial: there are few outputs.</summary>
internal static class FirstSpikeKernel
{
    /// <summary>Most threads of a block.</summary>
    public const int MaximumThreads = 64;

    public static void Run(FirstSpikeParameters output)
    {
        int slot = Grid.IdxX * Group.DimX + Group.IdxX;
        if (slot < output.Slots)
        {
            Take(output, slot);
        }
    }

    private static void Take(in FirstSpikeParameters output, int slot)
    {
        int units = output.Output.Classes;
        long first = (long)slot * units;
        var times = new FirstSpikeViews(output.FirstSpikes, first);
        float duration = output.Output.Batch.Steps[slot] * output.TimeStep;
        int earliest = 0;
        for (int k = 0; k < units; k++)
        {
            float maximum = output.Output.Readout[first + k];
            times.SetMaximum(k, maximum);
            times.SetTime(k, times.IsSilent(k)
                ? FirstSpikeEquations.SilentTime<FloatLane>(duration, output.MembraneTime[k], maximum, OutputLayer.Threshold).Value
                : FirstSpikeEquations.SpikeTime<FloatLane>(output.Step[first + k], times.FractionOf(k), output.TimeStep).Value);
            earliest = times.TimeOf(k).Value < times.TimeOf(earliest).Value ? k : earliest;
        }

        if (output.Output.Learns == 0)
        {
            output.Losses.ToProbabilities(times, units);
            for (int k = 0; k < units; k++)
            {
                output.Output.Readout[first + k] = times.DerivativeOf(k).Value;
            }

            return;
        }

        int label = StepLoss.ClassOf(output.Output, slot, 0);
        float weight = TrialLoss.WeightOf(output.Output, slot);
        float loss = output.Losses.Loss(times, units, label, new(duration)).Value;
        for (int k = 0; k < units; k++)
        {
            times.SetDerivative(k, weight / output.Output.Batch.Size * times.DerivativeOf(k).Value);
            output.Output.Readout[first + k] = times.IsSilent(k)
                ? FirstSpikeEquations.LossByMaximum<FloatLane>(times.DerivativeOf(k), output.MembraneTime[k], OutputLayer.Threshold).Value
                : times.DerivativeOf(k).Value;
        }

        TrialLoss.Write(output.Output, slot, weight * loss, earliest == label ? 1 : 0);
    }
}
