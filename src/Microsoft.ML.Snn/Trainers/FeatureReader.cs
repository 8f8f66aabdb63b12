using System;
using Microsoft.ML.Data;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Trainers;

/// <summary>Adds rows of a feature column to a batch of spike trains.</summary>
internal static class FeatureReader
{
    /// <summary>Creates what collects rows.</summary>
    /// <param name="input">The shape of the column.</param>
    /// <param name="columnName">Its name, for messages.</param>
    /// <param name="stepsAfterLastSpike">How many steps a row goes on after its last spike, or null where all have the same number.</param>
    public static SpikeTrainsBuilder CreateBuilder(InputShape input, string columnName, int? stepsAfterLastSpike) =>
        new(input.Steps, input.Channels, input.IsConstantCurrent, columnName, input.IsSpikeTimes, stepsAfterLastSpike);

    public static void Add(SpikeTrainsBuilder builder, in VBuffer<float> features)
    {
        builder.CheckLength(features.Length);
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
