using System;
using Microsoft.ML.Data;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Trainers;

/// <summary>Adds rows of a feature column to a batch of spike trains.</summary>
internal static class FeatureReader
{
    public static SpikeTrainsBuilder CreateBuilder(InputShape input, string columnName) =>
        new(input.Steps, input.Channels, input.IsConstantCurrent, columnName, input.IsSpikeTimes);

    public static void Add(SpikeTrainsBuilder builder, in VBuffer<float> features)
    {
        ReadOnlySpan<float> values = features.GetValues();
        if (features.IsDense)
        {
            builder.AddDense(values);
        }
        else
        {
            builder.Add(features.GetIndices(), values);
        }
    }
}
