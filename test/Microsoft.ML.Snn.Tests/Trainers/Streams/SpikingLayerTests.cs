using System;
using System.IO;
using System.Linq;
using Microsoft.ML.Data;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Trainers.Streams;

/// <summary>A spiking layer is a step of a pipeline like any other, drawn at random or taken from a model.</summary>
[TestClass]
public sealed class SpikingLayerTests
{
    [TestMethod]
    [RequiresData(SmallData.DigitsPath, SmallData.DigitsTestPath)]
    public void Reservoir_BeforeALinearTrainer_LearnsDigitsAndIsLoadedInAFreshContext()
    {
        MLContext context = new(seed: 1);
        IDataView train = SmallData.Digits(context, SmallData.DigitsPath);
        IDataView test = SmallData.Digits(context, SmallData.DigitsTestPath);
        var model = context.Transforms.NormalizeMinMax("Features")
            .Append(SmallData.MapLabel(context))
            .Append(context.Snn().EncodeLatency("Spikes", "Features", bias: true, outOfRange: OutOfRange.Clip))
            .Append(context.Snn().SpikingLayer("Reservoir", "Spikes", units: 500, recurrent: true, seed: 1))
            .Append(context.Snn().DecodeSpikeCount("Counts", "Reservoir"))
            .Append(context.Transforms.NormalizeMinMax("Counts"))
            .AppendCacheCheckpoint(context)
            .Append(context.MulticlassClassification.Trainers.SdcaMaximumEntropy(featureColumnName: "Counts", maximumNumberOfIterations: 30))
            .Fit(train);
        IDataView scored = model.Transform(test);
        double accuracy = context.MulticlassClassification.Evaluate(scored).MicroAccuracy;
        Console.WriteLine($"accuracy {accuracy:P2}");
        Assert.IsGreaterThan(0.94, accuracy);

        using MemoryStream file = new();
        context.Model.Save(model, train.Schema, file);
        file.Position = 0;
        ITransformer loaded = new MLContext().Model.Load(file, out _);
        IDataView few = context.Data.TakeRows(test, 200);
        SmallData.AssertSame(SmallData.Scores(model.Transform(few)), SmallData.Scores(loaded.Transform(few)));
    }

    [TestMethod]
    public void Taken_FromATrainedModel_GivesTheSpikesOfItsStream()
    {
        MLContext context = new(seed: 1);
        IDataView data = Spikes(context, 50);
        SnnPredictionTransformer trained = Train(context, Layer.Dense(24, recurrent: true), Layer.Dense(17)).Fit(data);
        foreach ((int layer, int units) in new[] { (0, 24), (1, 17) })
        {
            SpikingLayerTransformer taken = context.Snn().SpikingLayer("Hidden", trained.Model, layer, "Spikes").Fit(data);
            Assert.AreEqual(units, taken.NumberOfNeurons);
            float[][] found = Rows(taken.Transform(data), "Hidden"), input = Rows(data, "Spikes");
            int spikes = 0;
            using SnnStream stream = trained.CreateStream();
            for (int row = 0; row < input.Length; row++)
            {
                stream.Reset();
                for (int step = 0; step < taken.TimeSteps; step++)
                {
                    stream.Push(input[row].AsSpan(step * stream.NumberOfChannels, stream.NumberOfChannels));
                    stream.Step();
                    int[] expected = stream.HiddenSpikes(layer).ToArray();
                    CollectionAssert.AreEqual(
                        expected, Enumerable.Range(0, units).Where(n => found[row][step * units + n] == 1).ToArray(), $"row {row}, step {step}");
                    spikes += expected.Length;
                }
            }

            Assert.IsGreaterThan(50, spikes);
        }
    }

    [TestMethod]
    public void Taken_CountsAreThoseOfTheTraining()
    {
        // With no rate of learning the counts of the last epoch are those of the weights that are kept.
        MLContext context = new(seed: 1);
        IDataView data = Spikes(context, 40);
        SnnTrainer trainer = context.Snn().Train(new SnnTrainer.Options
        {
            FeatureColumnName = "Spikes",
            Network = SnnNetwork.Sequential(Layer.Dense(20), Layer.Output()),
            NumberOfEpochs = 1,
            Optimizer = new Adam(1e-12),
        });
        SnnModelParameters model = trainer.Fit(data).Model;
        float[][] counts = Rows(
            context.Snn().SpikingLayer("Hidden", model, inputColumnName: "Spikes").Append(context.Snn().DecodeSpikeCount("Counts", "Hidden"))
                .Fit(data).Transform(data), "Counts");

        for (int n = 0; n < 20; n++)
        {
            Assert.AreEqual(model.MeanSpikeCounts[0][n], counts.Average(row => row[n]), 1e-4);
        }
    }

    [TestMethod]
    public void Drawn_SameSeed_SameWeights_AndPlainVectorsAreCurrents()
    {
        MLContext context = new();
        IDataView data = FeatureRows.Load(context, [1, 0.5f, 0, 1], [0.25f, 1, 1, 0]);
        SpikingLayerTransformer a = context.Snn().SpikingLayer("Out", "Features", units: 40, seed: 3).Fit(data);
        SpikingLayerTransformer b = context.Snn().SpikingLayer("Out", "Features", units: 40, seed: 3).Fit(data);
        SpikingLayerTransformer c = context.Snn().SpikingLayer("Out", "Features", units: 40, seed: 4).Fit(data);

        SmallData.AssertSame(Rows(a.Transform(data), "Out"), Rows(b.Transform(data), "Out"));
        Assert.IsFalse(SmallData.AreSame(Rows(a.Transform(data), "Out"), Rows(c.Transform(data), "Out")));
        Assert.IsGreaterThan(10, Rows(a.Transform(data), "Out").Sum(row => row.Sum()));
        Assert.HasCount(1, a.GetWeights());
        Assert.AreEqual(4 * 40, a.GetWeights()[0].Rows * a.GetWeights()[0].Columns);
    }

    [TestMethod]
    public void Fit_WrongInput_SaysWhatIsRight()
    {
        MLContext context = new();
        IDataView features = FeatureRows.Load(context, [1, 0.5f, 0, 1]);
        IDataView spikes = Spikes(context, 20);
        SnnModelParameters model = Train(context, Layer.Dense(5)).Fit(spikes).Model;

        StringAssert.Contains(
            Assert.Throws<Exception>(() => context.Snn().SpikingLayer("Out", model, inputColumnName: "Features").Fit(features)).Message,
            "spike train of", StringComparison.Ordinal);
        StringAssert.Contains(
            Assert.Throws<Exception>(() => context.Snn().SpikingLayer("Out", "None").Fit(features)).Message, "None", StringComparison.Ordinal);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => context.Snn().SpikingLayer("Out", model, layer: 1));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => context.Snn().SpikingLayer("Out", "Features", units: 0));
        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentException>(() => context.Snn().SpikingLayer("Out", Layer.Output())).Message, "Layer.Dense", StringComparison.Ordinal);
        StringAssert.Contains(
            Assert.Throws<Exception>(() => context.Snn().SpikingLayer("Out", "Features").Fit(context.Data.SkipRows(features, 1))).Message,
            "at least one row", StringComparison.Ordinal);
        StringAssert.Contains(
            Assert.Throws<Exception>(() => context.Snn().SpikingLayer("Out", "Features").Fit(FeatureRows.Load(context, [1, float.NaN, 0, 1]))).Message,
            "finite", StringComparison.Ordinal);
    }

    private static IDataView Spikes(MLContext context, int rows)
    {
        IDataView data = SmallData.YinYang(context, rows);
        return context.Snn().EncodeLatency("Spikes", "Features", bias: true).Fit(data).Transform(data);
    }

    private static SnnTrainer Train(MLContext context, params Layer[] hidden) => context.Snn().Train(new SnnTrainer.Options
    {
        FeatureColumnName = "Spikes",
        Network = SnnNetwork.Sequential([.. hidden, Layer.Output()]),
        NumberOfEpochs = 1,
    });

    private static float[][] Rows(IDataView data, string column) =>
        [.. data.GetColumn<VBuffer<float>>(column).Select(row => row.DenseValues().ToArray())];
}
