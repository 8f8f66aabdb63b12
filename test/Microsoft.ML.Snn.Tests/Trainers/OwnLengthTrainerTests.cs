using System;
using System.IO;
using System.Linq;
using Microsoft.ML.Data;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Trainers;

/// <summary>Examples that end after their last spike, through the trainer: learnt, scored and kept with the model.</summary>
[TestClass]
public sealed class OwnLengthTrainerTests
{
    [TestMethod]
    public void Fit_ExamplesEndAfterTheirLastSpike_LearnsAndScoresTheSameRowByRowAndWhenLoaded()
    {
        MLContext context = new(seed: 1);
        IDataView data = Spikes(context, 600);

        SnnPredictionTransformer model = context.Snn().Train(Options()).Fit(data);
        IDataView scored = model.Transform(data);

        Assert.IsGreaterThan(0.8, context.MulticlassClassification.Evaluate(scored).MicroAccuracy);
        using MemoryStream file = new();
        context.Model.Save(model, data.Schema, file);
        file.Position = 0;
        ITransformer loaded = new MLContext().Model.Load(file, out _);
        float[][] scores = SmallData.Scores(scored);
        SmallData.AssertSame(scores, SmallData.Scores(loaded.Transform(data)));
        using PredictionEngine<Row, Row> engine = context.Model.CreatePredictionEngine<Row, Row>(
            loaded, context.Transforms.SelectColumns("Spikes").Fit(data).Transform(data).Schema);
        Row[] rows = [.. context.Data.CreateEnumerable<Row>(data, reuseRowObject: false, ignoreMissingColumns: true).Take(20)];
        for (int n = 0; n < rows.Length; n++)
        {
            CollectionAssert.AreEqual(scores[n], engine.Predict(rows[n]).Score, $"row {n}");
        }

        StateRecorder states = new("output", examples: ..20), end = new("output", examples: ..20, from: 55);
        SpikeRecorder spikes = new("hidden 1", examples: ..20);
        model.Record(data, states, end, spikes);
        for (int n = 0; n < rows.Length; n++)
        {
            int steps = Math.Min(60, rows[n].Spikes.Items().Max(item => item.Key) / 4 + 1 + 12);
            Assert.AreEqual((steps, (double)steps), (states.Recordings[n].NumberOfSamples, spikes.Recordings[n].Duration), $"row {n}");
            Assert.AreEqual(Math.Max(0, steps - 54), end.Recordings[n].NumberOfSamples, $"row {n}");
        }

        Assert.IsGreaterThan(1, states.Recordings.Select(r => r.NumberOfSamples).Distinct().Count());

        StringAssert.Contains(model.Model.ToString(), "Examples end 12 steps after their last spike");
    }

    [TestMethod]
    public void FitByEProp_ExamplesEndAfterTheirLastSpike_Learns()
    {
        MLContext context = new(seed: 1);
        IDataView data = Spikes(context, 600);
        SnnTrainer.Options options = Options();
        options.Algorithm = new EProp();

        IDataView scored = context.Snn().Train(options).Fit(data).Transform(data);

        Assert.IsGreaterThan(0.8, context.MulticlassClassification.Evaluate(scored).MicroAccuracy);
    }

    [TestMethod]
    public void Fit_WhereExamplesHaveOneLength_SaysWhatToChange()
    {
        MLContext context = new(seed: 1);
        IDataView data = Spikes(context, 50);
        string MessageOf(Action<SnnTrainer.Options> change)
        {
            SnnTrainer.Options options = Options();
            change(options);
            return Assert.Throws<Exception>(() => context.Snn().Train(options).Fit(data)).Message;
        }

        StringAssert.Contains(MessageOf(o => o.FeatureColumnName = "Features"), "Put an encoder before the trainer");
        StringAssert.Contains(MessageOf(o => o.Algorithm = new EProp { Mode = EPropMode.Online }), "examples of one length");
        StringAssert.Contains(MessageOf(o => o.Integrator = Integrator.EventDriven), "event-driven");
        StringAssert.Contains(MessageOf(o => o.StepsAfterLastSpike = -1), "StepsAfterLastSpike must be 0 to");
    }

    private static SnnTrainer.Options Options() => new()
    {
        FeatureColumnName = "Spikes",
        NumberOfHiddenNeurons = 50,
        NumberOfEpochs = 25,
        StepsAfterLastSpike = 12,
    };

    private static IDataView Spikes(MLContext context, int count)
    {
        IDataView rows = SmallData.YinYang(context, count);
        return context.Snn().EncodeLatency("Spikes", "Features", timeSteps: 60).Fit(rows).Transform(rows);
    }

    private sealed class Row
    {
        [VectorType(60, 4)]
        public VBuffer<float> Spikes { get; set; }

        public float[] Score { get; set; } = [];
    }
}
