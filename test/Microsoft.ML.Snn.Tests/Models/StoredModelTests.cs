using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Microsoft.ML.Data;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Models;

/// <summary>Models that were saved long ago load, and score as they did: one of every field and section of the format.</summary>
/// <remarks>
/// Stored/model-NAME.zip was written by <see cref="StoredNetworks"/>, model-NAME.scores.txt beside it holds all scores of its first
/// four rows. They are never written again: whoever changes the format keeps reading them and adds a network. Its file is
/// written where SNN_WRITE_STORED names a folder, and only if it is not there.
/// </remarks>
[TestClass]
public sealed class StoredModelTests
{
    public static IEnumerable<object[]> Names => StoredNetworks.All.Select(stored => new object[] { stored.Name });

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void Load_StoredModel_GivesTheStoredScores(string name)
    {
        MLContext context = new();
        ITransformer model = context.Model.Load(Stored(name, ".zip"), out _);

        float[] found = StoredNetworks.Scores(model.Transform(StoredNetworks.Rows(context)));

        float[] expected = [.. File.ReadAllText(Stored(name, ".scores.txt")).Split(' ').Select(text => float.Parse(text, CultureInfo.InvariantCulture))];
        Assert.HasCount(expected.Length, found);
        for (int n = 0; n < expected.Length; n++)
        {
            // Lanes of other widths add in another order.
            Assert.AreEqual(expected[n], found[n], 1e-5f * Math.Max(1, Math.Abs(expected[n])), $"score {n}");
        }

        Assert.IsGreaterThan(2, expected.Distinct().Count(), "The scores must tell models apart.");
    }

    /// <summary>What the files hold can still be made, and a new file is read as the old one is.</summary>
    [TestMethod]
    [DynamicData(nameof(Names))]
    public void Fit_TheStoredNetworkAnew_IsTheSameWhenLoaded(string name)
    {
        MLContext context = new();
        IDataView rows = StoredNetworks.Rows(context);
        ITransformer model = StoredNetworks.Pipeline(context, StoredNetworks.All.Single(stored => stored.Name == name).Options).Fit(rows);
        using MemoryStream file = new();
        context.Model.Save(model, rows.Schema, file);
        file.Position = 0;

        ITransformer loaded = new MLContext().Model.Load(file, out _);

        float[] scores = StoredNetworks.Scores(model.Transform(rows));
        CollectionAssert.AreEqual(scores, StoredNetworks.Scores(loaded.Transform(rows)));
        Write(name, file.ToArray(), scores);
        SnnModelParameters trained = Model(loaded);
        Assert.AreEqual(Model(context.Model.Load(Stored(name, ".zip"), out _)).Network.ToString(), trained.Network.ToString(), "The stored file is of another network.");
        Assert.IsTrue(trained.MeanSpikeCounts.All(counts => counts.Sum() > 0.2f), $"Neurons must spike, else their numbers do not count: {string.Join(' ', trained.MeanSpikeCounts.Select(counts => counts.Sum()))}");
    }

    private static SnnModelParameters Model(ITransformer model) =>
        ((SnnPredictionTransformer)((TransformerChain<ITransformer>)model).LastTransformer).Model;

    private static string Stored(string name, string extension) =>
        Path.Combine(AppContext.BaseDirectory, "Stored", $"model-{name}{extension}");

    private static void Write(string name, byte[] model, float[] scores)
    {
        if (Environment.GetEnvironmentVariable("SNN_WRITE_STORED") is { } folder && !File.Exists(Path.Combine(folder, $"model-{name}.zip")))
        {
            File.WriteAllBytes(Path.Combine(folder, $"model-{name}.zip"), model);
            File.WriteAllText(
                Path.Combine(folder, $"model-{name}.scores.txt"),
                string.Join(' ', scores.Select(score => score.ToString("R", CultureInfo.InvariantCulture))));
        }
    }
}
