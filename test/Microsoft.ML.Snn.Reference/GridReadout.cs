using System;

namespace Microsoft.ML.Snn.Reference;

/// <summary>The readouts as sums over the grid values V_1 to V_N.</summary>
internal static class GridReadout
{
    /// <summary>Gives dY/dV at a grid index, 1 to N.</summary>
    public static double Weight(GridSettings settings, int index, int maximumStep)
    {
        double count = settings.StepCount;
        return settings.Readout switch
        {
            ReferenceReadout.AverageMembrane => 1 / count,
            ReferenceReadout.SumMembrane => settings.TimeStep,
            ReferenceReadout.ExponentiallyWeightedMembrane => Math.Exp(-index / count) / count,
            _ => index == maximumStep ? 1 : 0,
        };
    }

    public static void Read(GridSettings settings, GridTrace trace)
    {
        int outputs = trace.OutputMembrane.GetLength(1);
        trace.Outputs = new double[outputs];
        trace.MaximumStep = new int[outputs];
        for (int k = 0; k < outputs; k++)
        {
            int best = 1;
            for (int n = 2; n <= settings.StepCount; n++)
            {
                best = trace.OutputMembrane[n, k] > trace.OutputMembrane[best, k] ? n : best;
            }

            trace.MaximumStep[k] = best;
            for (int n = 1; n <= settings.StepCount; n++)
            {
                trace.Outputs[k] += Weight(settings, n, best) * trace.OutputMembrane[n, k];
            }
        }
    }
}
