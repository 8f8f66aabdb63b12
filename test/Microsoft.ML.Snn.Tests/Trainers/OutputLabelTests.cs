using System;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using Microsoft.ML.Data;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Trainers;

/// <summary>Several outputs of a graph, each with a label column and score columns of its own.</summary>
[TestClass]
public sealed class OutputLabelTests
{
    [TestMethod]
    public void Fit_ThreeOutputs_EachLearnsItsLabelAndIsTheSameWhenLoaded()
    {
        MLContext context = new(seed: 1);
        IDataView data = Data(context, 800);
        IDataView validation = Data(context, 200, Snn.YinYang.TestSeed);

        SnnPredictionTransformer model = context.Snn().Train(Options()).Fit(data, validation);
        IDataView scored = model.Transform(data);

        Assert.IsGreaterThan(0.75, context.MulticlassClassification.Evaluate(scored).MicroAccuracy);
        Assert.IsGreaterThan(0.8, context.Regression.Evaluate(scored, "X", "position.Score").RSquared);
        Assert.IsGreaterThan(
            0.9, context.BinaryClassification.Evaluate(scored, "IsHigh", "high.Score", "high.Probability", "high.PredictedLabel").AreaUnderRocCurve);
        MulticlassClassificationMetrics quarter = context.MulticlassClassification.Evaluate(
            scored, "Quarter", "quarter.Score", predictedLabelColumnName: "quarter.PredictedLabel");
        Assert.IsGreaterThan(0.75, quarter.MicroAccuracy);
        Assert.HasCount(4, quarter.PerClassLogLoss);
        TrainingEpoch last = model.Model.History.Epochs[^1];
        Assert.IsGreaterThan(last.Loss, 4.0, "The loss is that of all outputs.");
        Assert.IsNotNull(last.ValidationLoss);

        using MemoryStream file = new();
        context.Model.Save(model, data.Schema, file);
        file.Position = 0;
        ITransformer loaded = new MLContext().Model.Load(file, out _);
        IDataView again = loaded.Transform(data);
        CollectionAssert.AreEqual(scored.GetColumn<float>("position.Score").ToArray(), again.GetColumn<float>("position.Score").ToArray());
        CollectionAssert.AreEqual(
            scored.GetColumn<uint>("quarter.PredictedLabel").ToArray(), again.GetColumn<uint>("quarter.PredictedLabel").ToArray());
        CollectionAssert.AreEqual(scored.Schema.Select(c => c.Name).ToArray(), loaded.GetOutputSchema(data.Schema).Select(c => c.Name).ToArray());
    }

    [TestMethod]
    public void PredictionEngine_SeveralOutputs_GivesWhatTransformGives()
    {
        MLContext context = new(seed: 1);
        IDataView data = Data(context, 60);
        SnnTrainer.Options options = Options();
        options.NumberOfEpochs = 2;
        SnnPredictionTransformer model = context.Snn().Train(options).Fit(data);
        Row[] rows = [.. context.Data.CreateEnumerable<Row>(data, reuseRowObject: false, ignoreMissingColumns: true)];
        Row[] expected = [.. context.Data.CreateEnumerable<Row>(model.Transform(data), reuseRowObject: false)];

        using PredictionEngine<Row, Row> engine = context.Model.CreatePredictionEngine<Row, Row>(
            model, context.Transforms.SelectColumns("Spikes").Fit(data).Transform(data).Schema);

        for (int n = 0; n < 20; n++)
        {
            Row found = engine.Predict(rows[n]);
            Assert.AreEqual(expected[n].Position, found.Position);
            Assert.AreEqual(expected[n].QuarterKey, found.QuarterKey);
            Assert.AreEqual(expected[n].High, found.High);
            CollectionAssert.AreEqual(expected[n].Score, found.Score);
        }
    }

    [TestMethod]
    public void Estimator_BeforeFit_PromisesTheColumnsThatItGives()
    {
        MLContext context = new(seed: 1);
        IDataView data = Data(context, 60);
        SnnTrainer.Options options = Options();
        options.NumberOfEpochs = 1;
        SnnTrainer trainer = context.Snn().Train(options);

        SchemaShape promised = trainer.GetOutputSchema(ShapeOf(null, data.Schema));

        SchemaShape given = ShapeOf(null, trainer.Fit(data).Transform(data).Schema);
        CollectionAssert.AreEquivalent(
            given.Select(c => (c.Name, c.Kind, c.ItemType, c.IsKey)).Distinct().ToArray(),
            promised.Select(c => (c.Name, c.Kind, c.ItemType, c.IsKey)).Distinct().ToArray());
    }

    [TestMethod]
    public void Fit_WrongNames_SaysWhichAndWhatThereIs()
    {
        StringAssert.Contains(MessageOf(new OutputLabel("speed", "X")), "'speed' is none of its outputs: class, position, high, quarter");
        StringAssert.Contains(MessageOf(new OutputLabel("class", "X")), "'class' is the first, which learns from LabelColumnName, here 'Label'");
        StringAssert.Contains(MessageOf(new OutputLabel("high", "X"), new OutputLabel("high", "IsHigh")), "'high' is named twice");
        StringAssert.Contains(MessageOf(new OutputLabel("high", "Y")), "'Y'");
        StringAssert.Contains(MessageOf(new OutputLabel("high", "X") { Task = SnnTask.BinaryClassification }), "expected Boolean, got Single");
    }

    [TestMethod]
    public void Regression_OutputLabels_SaysWhichTrainerTakesThem()
    {
        MLContext context = new(seed: 1);

        var error = Assert.Throws<ArgumentException>(() => context.Regression.Trainers.Snn(Options()));

        StringAssert.Contains(error.Message, "mlContext.Snn().Train");
    }

    [TestMethod]
    public void Fit_RowsThatLackOneLabel_AreLeftOut()
    {
        MLContext context = new(seed: 1);
        IDataView data = Data(context, 60, missing: 5);
        SnnTrainer.Options options = Options();
        options.NumberOfEpochs = 1;
        string? warning = null;
        context.Log += (_, e) => warning = e.Message.Contains("left out", StringComparison.Ordinal) ? e.Message : warning;

        context.Snn().Train(options).Fit(data);

        StringAssert.Contains(warning, "5 rows have no value in label column 'Quarter'");
    }

    [UnsafeAccessor(UnsafeAccessorKind.StaticMethod, Name = "Create")]
    private static extern SchemaShape ShapeOf(SchemaShape? owner, DataViewSchema schema);

    private static string MessageOf(params OutputLabel[] labels)
    {
        MLContext context = new(seed: 1);
        SnnTrainer.Options options = Options();
        options.OutputLabels = labels;
        return Assert.Throws<Exception>(() => context.Snn().Train(options).Fit(Data(context, 60))).Message;
    }

    private static SnnTrainer.Options Options() => new()
    {
        FeatureColumnName = "Spikes",
        NumberOfEpochs = 40,
        NumberOfThreads = 2,
        Network = SnnNetwork.Graph(graph =>
        {
            GraphNode hidden = graph.Population("hidden", 60);
            graph.Connect(graph.Input(), hidden);
            graph.Connect(hidden, graph.Output("class"));
            graph.Connect(hidden, graph.Output("position", lossWeight: 0.5));
            graph.Connect(hidden, graph.Output("high"));
            graph.Connect(hidden, graph.Output("quarter"));
        }),
        OutputLabels = [new OutputLabel("quarter", "Quarter"), new OutputLabel("position", "X"), new OutputLabel("high", "IsHigh")],
    };

    private static IDataView Data(MLContext context, int count, int seed = Snn.YinYang.TrainSeed, int missing = 0)
    {
        Point[] points = [.. context.Data.CreateEnumerable<Point>(context.Snn().LoadYinYang(count, seed), reuseRowObject: false, ignoreMissingColumns: true)];
        for (int n = 0; n < points.Length; n++)
        {
            Point point = points[n];
            (point.X, point.IsHigh) = (20 * point.Features[0] + 5, point.Features[1] > 0.5f);
            point.QuarterName = n < missing ? "" : $"{(point.Features[0] > 0.5f ? "right" : "left")} {(point.IsHigh ? "up" : "down")}";
        }

        string[] quarters = ["left down", "left up", "right down", "right up"];
        IDataView keys = context.Data.LoadFromEnumerable(quarters.Select(q => new Name { Value = q }));
        IDataView data = context.Data.LoadFromEnumerable(points);
        var pipeline = SmallData.MapLabel(context)
            .Append(context.Transforms.Conversion.MapValueToKey("Quarter", "QuarterName", keyData: keys))
            .Append(context.Snn().EncodeLatency("Spikes", "Features", timeSteps: 30, bias: true));
        return pipeline.Fit(data).Transform(data);
    }

    private sealed class Name
    {
        public string Value { get; set; } = "";
    }

    private sealed class Point
    {
        public float Label { get; set; }

        [VectorType(4)]
        public float[] Features { get; set; } = [];

        public float X { get; set; }

        public bool IsHigh { get; set; }

        public string QuarterName { get; set; } = "";
    }

    private sealed class Row
    {
        [VectorType(30, 5)]
        public VBuffer<float> Spikes { get; set; }

        public float[] Score { get; set; } = [];

        [ColumnName("position.Score")]
        public float Position { get; set; }

        [ColumnName("high.Probability")]
        public float High { get; set; }

        [KeyType(4)]
        [ColumnName("quarter.PredictedLabel")]
        public uint QuarterKey { get; set; }
    }
}
