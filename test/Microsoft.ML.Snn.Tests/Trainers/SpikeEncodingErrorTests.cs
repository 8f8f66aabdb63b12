using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using Microsoft.ML.Snn.Trainers;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Trainers;

[TestClass]
public sealed class SpikeEncodingErrorTests
{
    [TestMethod]
    [DataRow(float.NaN, "NaN. Append mlContext.Transforms.ReplaceMissingValues before the encoder.")]
    [DataRow(1.01f, "1.01. Append mlContext.Transforms.NormalizeMinMax with fixZero: false before the encoder, or set "
        + "outOfRange: OutOfRange.Clip where only rows unseen in training lie outside.")]
    public void Read_FeatureOutOfRange_NamesColumnSlotRowAndTheWayOut(float feature, string rest)
    {
        MLContext context = new();
        IDataView data = FeatureRows.Load(
            context, [.. Enumerable.Range(0, 1000).Select(row => new[] { 0, 1, row == 937 ? feature : 0.5f })]);
        IEstimator<ITransformer>[] encoders =
        [
            context.Snn().EncodeLatency("Spikes", "Features"),
            context.Snn().EncodeLatency("Spikes", "Features", scale: LatencyScale.Logarithmic),
            context.Snn().EncodeRate("Spikes", "Features"),
            context.Snn().EncodeRate("Spikes", "Features", kind: RateEncoding.Regular),
        ];
        foreach (IEstimator<ITransformer> encoder in encoders)
        {
            IDataView spikes = encoder.Fit(data).Transform(data);

            var error = Assert.ThrowsExactly<InvalidOperationException>(() => FeatureRows.Slots(spikes));

            Assert.AreEqual($"Column 'Features' must hold values from 0 to 1, but slot 2 of row 937 was {rest}", error.GetBaseException().Message);
        }
    }

    [TestMethod]
    public void Read_FeatureOutOfRangeAndClip_TakesTheNearestValue()
    {
        MLContext context = new();
        IDataView data = FeatureRows.Load(context, [1.5f, -3, 0.5f]);

        IDataView spikes = context.Snn().EncodeLatency("Spikes", "Features", timeSteps: 3, outOfRange: OutOfRange.Clip)
            .Fit(data).Transform(data);

        CollectionAssert.AreEqual(new[] { 0, 5 }, FeatureRows.Slots(spikes)[0]);
    }

    [TestMethod]
    public void Fit_NoVectorOfSingle_IsASchemaMismatch()
    {
        MLContext context = new();
        IDataView text = context.Data.LoadFromEnumerable([new TextRow { Features = "a" }]);
        LatencyEncodingEstimator encoder = context.Snn().EncodeLatency("Spikes", "Features");

        var wrongType = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => encoder.Fit(text));
        var wrongShape = Assert.ThrowsExactly<ArgumentOutOfRangeException>(
            () => encoder.GetOutputSchema(ShapeOf(null, text.Schema)));
        var missing = Assert.ThrowsExactly<ArgumentOutOfRangeException>(
            () => context.Snn().EncodeRate("Spikes", "Pixels").Fit(text));

        const string Mismatch = "Schema mismatch for input column 'Features': expected vector of Single of a known size, got ";
        StringAssert.StartsWith(wrongType.Message, Mismatch + "String", StringComparison.Ordinal);
        StringAssert.StartsWith(wrongShape.Message, Mismatch + "String", StringComparison.Ordinal);
        StringAssert.StartsWith(missing.Message, "Could not find input column 'Pixels'", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Fit_VectorOfUnknownSize_IsASchemaMismatch()
    {
        MLContext context = new();
        IDataView data = context.Data.LoadFromEnumerable([new FeatureRows.FeatureRow { Features = [1] }]);

        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(
            () => context.Snn().EncodeLatency("Spikes", "Features").Fit(data));

        StringAssert.StartsWith(error.Message,
            "Schema mismatch for input column 'Features': expected vector of Single of a known size, got Vector<Single>",
            StringComparison.Ordinal);
    }

    [TestMethod]
    public void Fit_MoreSlotsThanAVectorHolds_SaysSo()
    {
        MLContext context = new();
        IDataView data = FeatureRows.Load(context, new float[40_000]);

        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(
            () => context.Snn().EncodeLatency("Spikes", "Features", timeSteps: 65_536).Fit(data));

        StringAssert.StartsWith(error.Message,
            $"The spike train must have at most {Array.MaxLength} slots, but 65536 steps of the 40000 features of 'Features' "
            + "make 2621440000. Use fewer time steps.", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Encode_BadArgument_NamesRuleValueAndWayOut()
    {
        SnnOperations snn = new MLContext().Snn();
        (Action Call, string Message)[] cases =
        [
            (() => snn.EncodeLatency("S", timeSteps: 0),
                "timeSteps must be 1 to 65536, but was 0. Use the number of simulation steps of an example, for example 20."),
            (() => snn.EncodeLatency("S", timeStep: float.NaN),
                "timeStep must be a finite number above 0, but was NaN. It is the length of a step in milliseconds, for example 1."),
            (() => snn.EncodeLatency("S", scale: (LatencyScale)2),
                "scale must be a value of LatencyScale, but was 2. Use LatencyScale.Linear or LatencyScale.Logarithmic."),
            (() => snn.EncodeLatency("S", outOfRange: (OutOfRange)(-1)),
                "outOfRange must be a value of OutOfRange, but was -1. Use OutOfRange.Error or OutOfRange.Clip."),
            (() => snn.EncodeLatency("S", threshold: 1),
                "threshold must be 0 to 0.9999999403953552, but was 1. Use 0 to silence only features of 0."),
            (() => snn.EncodeLatency("S", latencyTime: -1),
                "latencyTime must be a finite number above 0, but was -1. It is a time constant in milliseconds, for example 20."),
            (() => snn.EncodeRate("S", maximumRate: 0),
                "maximumRate must be a finite number above 0, but was 0. It is a rate in hertz, for example 200."),
            (() => snn.EncodeRate("S", maximumRate: 501, kind: RateEncoding.Regular, timeStep: 2),
                "maximumRate must be 0 to 500, but was 501. Regular spikes come at most once per step: lower it, or use shorter steps."),
            (() => snn.EncodeRate("S", kind: (RateEncoding)7),
                "kind must be a value of RateEncoding, but was 7. Use RateEncoding.Poisson or RateEncoding.Regular."),
        ];
        foreach ((Action call, string message) in cases)
        {
            var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(call);
            StringAssert.StartsWith(error.Message, message, StringComparison.Ordinal);
        }
    }

    [TestMethod]
    public void EncodeLatency_LogarithmicAtThresholdZero_IsAnError() =>
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(
            () => new MLContext().Snn().EncodeLatency("S", scale: LatencyScale.Logarithmic, threshold: 0));

    [TestMethod]
    public void GetOutputSchema_SpikeColumn_IsOneBeforeFitting()
    {
        MLContext context = new();
        IDataView data = FeatureRows.Load(context, [1, 0]);

        SchemaShape shape = context.Snn().EncodeLatency("Spikes", "Features").GetOutputSchema(ShapeOf(null, data.Schema));

        Dictionary<string, bool> isSpike = [];
        foreach (SchemaShape.Column column in shape)
        {
            isSpike[column.Name] = SpikeColumn.IsSpikeColumn(column);
        }

        Assert.IsTrue(isSpike["Spikes"]);
        Assert.IsFalse(isSpike["Features"]);
    }

    // ML.NET makes the shape of data itself when a pipeline is fitted, and offers no public way.
    [UnsafeAccessor(UnsafeAccessorKind.StaticMethod, Name = "Create")]
    private static extern SchemaShape ShapeOf(SchemaShape? owner, DataViewSchema schema);

    private sealed class TextRow
    {
        public string Features { get; set; } = "";
    }
}
