using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.ML.Data;

namespace Microsoft.ML.Snn.Tests.Trainers;

/// <summary>Rows for the spike train operations, and a way to read any vector column whole.</summary>
internal static class SignalRows
{
    /// <summary>Rows of <paramref name="steps"/> by <paramref name="channels"/> values.</summary>
    public static IDataView Series(MLContext context, int steps, int channels, params float[][] rows)
    {
        SchemaDefinition schema = SchemaDefinition.Create(typeof(FeatureRows.FeatureRow));
        schema["Features"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, steps, channels);
        return context.Data.LoadFromEnumerable(rows.Select(row => new FeatureRows.FeatureRow { Features = row }), schema);
    }

    /// <summary>Spike trains with the given values: each row is steps · channels long, time-major.</summary>
    public static IDataView Spikes(MLContext context, int steps, int channels, float timeStep, params float[][] rows) =>
        context.Snn().EncodeFrames("Spikes", "Features", timeStep: timeStep)
            .Fit(Series(context, steps, channels, rows)).Transform(Series(context, steps, channels, rows));

    public static float[] First(IDataView data, string columnName) => All(data, columnName)[0];

    public static float[][] All(IDataView data, string columnName) =>
        [.. data.GetColumn<VBuffer<float>>(data.Schema[columnName]).Select(buffer => buffer.DenseValues().ToArray())];

    public static ITransformer SaveAndLoad(MLContext context, ITransformer transformer, DataViewSchema schema)
    {
        using MemoryStream stream = new();
        context.Model.Save(transformer, schema, stream);
        stream.Position = 0;
        return new MLContext().Model.Load(stream, out _);
    }

    /// <summary>One of each operation, with settings that are no defaults, and whether it reads spikes.</summary>
    public static IEnumerable<(IEstimator<SignalTransformer> Estimator, bool ReadsSpikes)> Each(MLContext context)
    {
        SnnOperations snn = context.Snn();
        yield return (snn.EncodePopulation("Out", "Features", 33, 5, -1, 2, 1.2f, 0.05f, 0.5f, OutOfRange.Clip), false);
        yield return (snn.EncodeDelta("Out", "Features", 0.25f, 4, 0.5f, startsAtZero: true), false);
        yield return (snn.EncodeFrames("Out", "Features", 3, 2, 0.5f), false);
        yield return (snn.EncodeBinary("Out", "Features", 3, 0.25f, signed: true, frames: 2, timeStep: 0.5f), false);
        yield return (snn.DecodeSpikeCount("Out", "Spikes"), true);
        yield return (snn.DecodeRate("Out", "Spikes"), true);
        yield return (snn.DecodeFirstSpike("Out", "Spikes"), true);
        yield return (snn.DecodeTrace("Out", "Spikes", 7, 2), true);
        yield return (snn.DecodeDelta("Out", "Spikes", 0.3f), true);
        yield return (snn.DecodeLatency("Out", "Spikes", LatencyScale.Logarithmic, 0.3f, 9), true);
        yield return (snn.CropSpikes("Out", 5, 2, "Spikes"), true);
        yield return (snn.DelayLine("Out", "Spikes", 3, 2.4f), true);
        yield return (snn.AddSpikeNoise("Out", "Spikes", 0.2f, 1.5f, 1, seed: 3), true);
    }
}
