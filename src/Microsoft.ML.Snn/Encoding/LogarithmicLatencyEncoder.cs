using System;

namespace Microsoft.ML.Snn.Encoding;

/// <summary>Turns each feature into at most one spike, when a leaky neuron driven by it would reach its threshold.</summary>
/// <remarks>
/// t = τ ln(x / (x - ϑ)), step = round(t / Δt), halves to the even step. A feature at or below ϑ, where t is infinite,
/// stays silent, and so does one whose step would come after the last one.
/// Source: Zenke and Vogels, Neural Comput. 33:899 (2021).
/// Greek to code: τ latencyTime, ϑ threshold, Δt timeStep.
/// </remarks>
internal sealed class LogarithmicLatencyEncoder : ISpikeEncoder
{
    private readonly float _threshold;
    private readonly double _latencySteps;

    public LogarithmicLatencyEncoder(int stepCount, float threshold, float latencyTime, float timeStep)
    {
        StepCount = stepCount;
        _threshold = threshold;
        _latencySteps = (double)latencyTime / timeStep;
    }

    public int StepCount { get; }

    public void Encode(in FeatureRow row, SpikeRaster raster)
    {
        for (int i = 0; i < row.StoredCount; i++)
        {
            double x = row.ValueOf(i);
            if (x <= _threshold)
            {
                continue;
            }

            double step = Math.Round(_latencySteps * Math.Log(x / (x - _threshold)));
            if (step < StepCount)
            {
                raster.Add(row.ChannelOf(i), (int)step);
            }
        }
    }
}
