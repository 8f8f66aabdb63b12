using System;
using System.Globalization;
using System.IO;
using System.Linq;
using Microsoft.ML.Data;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Trainers;

/// <summary>A saved model is the model: in the same process, in a fresh one, and in a later version.</summary>
[TestClass]
public sealed class SnnTrainerModelFileTests
{
    [TestMethod]
    public void SaveAndLoad_SpikePipeline_GivesTheSameBitsAndHistory()
    {
        MLContext context = new();
        IDataView data = LabelledRow.Load(context, 100);
        SnnTrainer.Options options = SmallData.Quick();
        options.Network = SnnNetwork.Sequential(
            Layer.Dense(8, new LeakyIntegrateFire { ResetMode = ResetMode.Subtraction, RefractoryPeriod = 2 }, recurrent: true),
            Layer.Output(Readout.AverageMembrane, new LeakyIntegrator { MembraneTime = 15 }));
        var chain = context.Snn().EncodeRate("Features", kind: RateEncoding.Regular).Append(context.Snn().Train(options)).Fit(data);
        using MemoryStream file = new();
        context.Model.Save(chain, data.Schema, file);
        file.Position = 0;

        var loaded = (TransformerChain<ITransformer>)new MLContext().Model.Load(file, out _);

        SmallData.AssertSame(SmallData.Scores(chain.Transform(data)), SmallData.Scores(loaded.Transform(data)));
        SnnModelParameters before = chain.LastTransformer.Model, after = ((SnnPredictionTransformer)loaded.LastTransformer).Model;
        Assert.AreEqual(before.ToString(), after.ToString());
        Assert.AreEqual(before.Network.ToString(), after.Network.ToString());
        CollectionAssert.AreEqual((float[])before.MeanSpikeCounts[0], (float[])after.MeanSpikeCounts[0]);
        Assert.AreEqual(before.History.Device, after.History.Device);
        Assert.HasCount(2, after.History.Epochs);
        for (int n = 0; n < 2; n++)
        {
            Assert.AreEqual(before.History.Epochs[n], after.History.Epochs[n]);
        }
    }

    [TestMethod]
    public void Load_FreshProcessThatKnowsNothingOfUs_GivesTheSameLogLoss()
    {
        using TemporaryFolder folder = new();
        MLContext context = new(seed: 2);
        IDataView data = SmallData.YinYang(context, 300);
        var chain = context.Snn().EncodeLatency("Spikes", "Features")
            .Append(context.Snn().Train(new SnnTrainer.Options { FeatureColumnName = "Spikes", NumberOfEpochs = 2 })).Fit(data);
        double expected = context.MulticlassClassification.Evaluate(chain.Transform(data)).LogLoss;
        context.Model.Save(chain, data.Schema, folder.PathOf("model.zip"));
        using (FileStream rows = File.Create(folder.PathOf("rows.idv")))
        {
            context.Data.SaveAsBinary(data, rows);
        }

        string printed = FreshProcess.Run(folder.PathOf("model.zip"), folder.PathOf("rows.idv"));

        Assert.AreEqual(expected, double.Parse(printed, CultureInfo.InvariantCulture));
    }

    /// <summary>
    /// Stored/model-format-1.zip was written by format version 1: EncodeLatency with a bias channel and a recurrent network of 8 neurons.
    /// model-format-1.scores.txt holds the score of the first class for the four rows below.
    /// They are never written again: whoever changes the format keeps reading it, and adds a file of the new version.
    /// </summary>
    [TestMethod]
    public void Load_StoredModelOfFormat1_GivesTheStoredScores()
    {
        MLContext context = new();
        ITransformer model = context.Model.Load(Path.Combine(AppContext.BaseDirectory, "Stored", "model-format-1.zip"), out _);
        LabelledRow[] rows =
        [
            new() { Features = [0.1f, 0.2f] }, new() { Features = [0.9f, 0.7f] }, new() { Features = [0.5f, 1] }, new() { Features = [0, 0] },
        ];

        float[][] scores = SmallData.Scores(model.Transform(LabelledRow.Load(context, rows)));

        string found = string.Join(' ', scores.Select(row => row[0].ToString("R", CultureInfo.InvariantCulture)));
        float[] expected = [.. File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Stored", "model-format-1.scores.txt"))
            .Split(' ').Select(text => float.Parse(text, CultureInfo.InvariantCulture))];
        for (int row = 0; row < rows.Length; row++)
        {
            Assert.AreEqual(expected[row], scores[row][0], 1e-5f, found);
            Assert.AreEqual(1 - expected[row], scores[row][1], 1e-5f);
        }
    }

    /// <summary>
    /// Written by format version 3: a recurrent stack, a graph with convolution, sparse connections, learned delays and time
    /// constants and rewiring, a yes-or-no network and one for a number. The scores are the first of each of the four rows.
    /// </summary>
    [TestMethod]
    [DataRow("multiclass")]
    [DataRow("graph")]
    [DataRow("binary")]
    [DataRow("regression")]
    public void Load_StoredModelOfFormat3_GivesTheStoredScores(string name)
    {
        MLContext context = new();
        string stored = Path.Combine(AppContext.BaseDirectory, "Stored", $"model-format-3-{name}");
        ITransformer model = context.Model.Load(stored + ".zip", out _);
        SchemaDefinition schema = SchemaDefinition.Create(typeof(StoredRow));
        schema["Features"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 2);
        IDataView scored = model.Transform(context.Data.LoadFromEnumerable(
            new float[][] { [0.1f, 0.2f], [0.9f, 0.7f], [0.5f, 1], [0, 0] }.Select(features => new StoredRow { Features = features }), schema));

        DataViewSchema.Column score = scored.Schema["Score"];
        float[] found = score.Type is VectorDataViewType
            ? [.. SmallData.Scores(scored).Select(row => row[0])]
            : [.. scored.GetColumn<float>(score)];

        float[] expected = [.. File.ReadAllText(stored + ".scores.txt").Split(' ').Select(text => float.Parse(text, CultureInfo.InvariantCulture))];
        Assert.HasCount(4, expected);
        for (int row = 0; row < expected.Length; row++)
        {
            Assert.AreEqual(expected[row], found[row], 1e-4f);
        }
    }

    private sealed class StoredRow
    {
        public float[] Features { get; set; } = [];

        public string Kind { get; set; } = "a";

        public bool Yes { get; set; }

        public float Number { get; set; }
    }
}
