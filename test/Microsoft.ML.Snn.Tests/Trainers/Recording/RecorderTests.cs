using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Data;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Trainers.Recording;

/// <summary>Recorders as an ML.NET user has them: on a trained model, and as callbacks of a training.</summary>
[TestClass]
public sealed class RecorderTests
{
    [TestMethod]
    [RequiresData(SmallData.IrisPath)]
    public void Record_Filters_LeaveOutWhatIsNotAskedFor()
    {
        MLContext context = new(seed: 1);
        (SnnPredictionTransformer model, IDataView rows) = Iris(context);
        SpikeRecorder all = new("hidden", examples: ..), some = new("Hidden 1", neurons: 4..^6, examples: 2..5, from: 6, to: 11);
        StateRecorder membrane = new("hidden 1", examples: 2..3);
        StateRecorder part = new("hidden 1", StateVariable.Membrane, neurons: 4..10, examples: 2..3, from: 6, to: 11);

        model.Record(rows, all, some, membrane, part);

        Assert.HasCount(150, all.Recordings);
        Assert.IsGreaterThan(500, all.Recordings.Sum(r => r.Spikes.Count));
        CollectionAssert.AreEqual(new long[] { 2, 3, 4 }, some.Recordings.Select(r => r.Example).ToArray());
        foreach (RecordedSpikes found in some.Recordings)
        {
            RecordedSpike[] expected = [.. all.Recordings[(int)found.Example].Spikes.Where(s => s.Neuron is >= 4 and < 26 && s.Time is >= 6 and <= 11)];
            CollectionAssert.AreEqual(expected, found.Spikes.ToArray());
            Assert.AreEqual(("hidden 1", 32, 20.0), (found.Layer, found.NumberOfNeurons, found.Duration));
        }

        RecordedStates whole = membrane.Recordings.Single(), cut = part.Recordings.Single();
        Assert.AreEqual((20, 6), (whole.NumberOfSamples, cut.NumberOfSamples));
        Assert.AreEqual(6.0, cut.TimeOf(0));
        for (int neuron = 4; neuron < 10; neuron++)
        {
            CollectionAssert.AreEqual(whole.Trace(neuron)[5..11], cut.Trace(neuron));
        }

        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => cut.Trace(10));
        some.Clear();
        Assert.IsEmpty(some.Recordings);
    }

    /// <summary>By default the first row, everything that spikes, the input included; a second recording replaces the first.</summary>
    [TestMethod]
    [RequiresData(SmallData.IrisPath)]
    public void Record_Defaults_AreTheFirstRowWithItsInput()
    {
        MLContext context = new(seed: 1);
        (SnnPredictionTransformer model, IDataView rows) = Iris(context);
        SpikeRecorder spikes = new();
        StateRecorder readout = new(variable: StateVariable.Readout);
        WeightRecorder weights = new();

        model.Record(rows, spikes, readout, weights);
        model.Record(rows, spikes, readout, weights);

        CollectionAssert.AreEqual(new[] { "input", "hidden 1" }, spikes.Recordings.Select(r => r.Layer).ToArray());
        Assert.IsTrue(spikes.Recordings.All(r => r.Example == 0 && r.Epoch is null && r.Update is null));
        VBuffer<float> row = rows.GetColumn<VBuffer<float>>("Spikes").First();
        CollectionAssert.AreEqual(
            row.Items().Select(i => new RecordedSpike(i.Key / 4, i.Key % 4)).ToArray(), spikes.Recordings[0].Spikes.ToArray());

        float[] scores = SmallData.Scores(context.Data.TakeRows(model.Transform(rows), 1))[0];
        float[] last = [.. Enumerable.Range(0, 3).Select(n => readout.Recordings.Single()[19, n])];
        double sum = last.Sum(y => Math.Exp(y));
        for (int n = 0; n < 3; n++)
        {
            Assert.AreEqual(scores[n], Math.Exp(last[n]) / sum, 1e-5);
        }

        CollectionAssert.AreEqual(model.Model.GetWeights().Select(w => w.Name).ToArray(), weights.Recordings.Select(r => r.Weights.Name).ToArray());
    }

    [TestMethod]
    public void Record_WhatThereIsNot_IsAnErrorThatSaysWhatThereIs()
    {
        MLContext context = new(seed: 1);
        IDataView rows = LabelledRow.Load(context, 8);
        SnnPredictionTransformer model = SmallData.QuickModel(context);

        AssertSays<ArgumentException>("'hidden 1'", () => model.Record(rows, new SpikeRecorder("hiden")));
        AssertSays<ArgumentException>("none of this network", () => model.Record(rows, new StateRecorder(variable: StateVariable.Adaptation)));
        AssertSays<ArgumentException>("'output'", () => model.Record(rows, new StateRecorder("hidden 1", StateVariable.Readout)));
        AssertSays<ArgumentException>("within the 16", () => model.Record(rows, new SpikeRecorder("hidden 1", neurons: 3..17)));
        AssertSays<ArgumentException>("from 8 on, but has 8", () => model.Record(rows, new SpikeRecorder(examples: 8..9)));
        AssertSays<ArgumentException>("'input to hidden 1'", () => model.Record(rows, new WeightRecorder("input to output")));
        AssertSays<ArgumentOutOfRangeException>("at least one recorder", () => model.Record(rows));
        AssertSays<ArgumentException>("from the first row", () => _ = new SpikeRecorder(examples: ^2..));
        AssertSays<ArgumentOutOfRangeException>("less than to", () => _ = new SpikeRecorder(from: 5, to: 5));
        AssertSays<ArgumentOutOfRangeException>("from is NaN", () => _ = new StateRecorder(from: double.NaN));
        AssertSays<InvalidOperationException>("at most 100", () => model.Record(rows, new StateRecorder("hidden 1", examples: ..) { MaximumValues = 100 }));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _ = new SpikeRecorder { EveryUpdates = -1 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => model.Model.CountOperations(rows, "Weight"));
    }

    [TestMethod]
    public void Fit_WithRecorders_RecordsWhenAskedAndLearnsTheSame()
    {
        MLContext context = new(seed: 1);
        IDataView rows = LabelledRow.Load(context, 64);
        SpikeRecorder spikes = new("hidden 1", examples: 3..5) { EveryEpochs = 2 };
        StateRecorder membrane = new("hidden 1", neurons: 2..4) { EveryEpochs = 0, EveryUpdates = 3 };
        WeightRecorder weights = new();
        Watcher watcher = new();
        SnnTrainer.Options options = SmallData.Quick(epochs: 4);
        options.Callbacks = [spikes, membrane, weights, watcher];

        SnnPredictionTransformer model = context.Snn().Train(options).Fit(rows);

        // 64 rows in batches of 32: two updates an epoch.
        CollectionAssert.AreEqual(new[] { (3L, 2, 4L), (4, 2, 4), (3, 4, 8), (4, 4, 8) }, spikes.Recordings.Select(r => (r.Example, r.Epoch!.Value, r.Update!.Value)).ToArray());
        CollectionAssert.AreEqual(new[] { 3L, 6 }, membrane.Recordings.Select(r => r.Update!.Value).ToArray());
        Assert.HasCount(4 * 2, weights.Recordings);

        SnnPredictionTransformer plain = context.Snn().Train(SmallData.Quick(epochs: 4)).Fit(rows);
        for (int n = 0; n < 2; n++)
        {
            float[] learned = model.Model.GetWeights()[n].Values.ToArray();
            CollectionAssert.AreEqual(plain.Model.GetWeights()[n].Values.ToArray(), learned);
            CollectionAssert.AreEqual(learned, weights.Recordings[6 + n].Weights.Values.ToArray());
            CollectionAssert.AreEqual(learned, watcher.Last[n].Values.ToArray());
        }

        CollectionAssert.AreNotEqual(weights.Recordings[0].Weights.Values.ToArray(), weights.Recordings[6].Weights.Values.ToArray());
        SpikeRecorder after = new("hidden 1", examples: 3..5);
        model.Record(rows, after);
        CollectionAssert.AreEqual(after.Recordings[1].Spikes.ToArray(), spikes.Recordings[3].Spikes.ToArray());
        Assert.IsNotEmpty(after.Recordings[1].Spikes);
    }

    [TestMethod]
    public void Fit_RecorderOfAnotherNetwork_StopsWithItsName()
    {
        MLContext context = new(seed: 1);
        SnnTrainer.Options options = SmallData.Quick();
        options.Callbacks = [new SpikeRecorder("memory")];

        AssertSays<InvalidOperationException>("SpikeRecorder failed in OnEpochEnd", () => context.Snn().Train(options).Fit(LabelledRow.Load(context, 64)));
    }

    /// <summary>Names of a graph, and the typed trainers of the catalogs.</summary>
    [TestMethod]
    public void Record_GraphOfTheBinaryTrainer_KnowsItsPopulations()
    {
        MLContext context = new(seed: 1);
        IDataView rows = context.Data.LoadFromEnumerable(TaskData.Sequences(20).Select(s => new YesOrNo { Features = s.Features, Label = s.Features[0] > 0.5 }));
        SnnTrainer.Options options = SmallData.Quick();
        options.Network = SnnNetwork.Graph(g =>
        {
            GraphNode input = g.Input("picture"), memory = g.Population("memory", 12), output = g.Output("answer");
            g.Connect(input, memory, weights: Weights.Normal(2, 1));
            g.Connect(memory, memory, delay: Delay.Of(2));
            g.Connect(memory, output);
        });
        var model = context.BinaryClassification.Trainers.Snn(options).Fit(rows);
        SpikeRecorder spikes = new("memory", examples: 0..20);
        StateRecorder current = new("answer", StateVariable.Current);

        model.Model.Record(rows, "Features", spikes, current);

        Assert.HasCount(20, spikes.Recordings);
        Assert.IsNotEmpty(spikes.Recordings.SelectMany(r => r.Spikes));
        Assert.HasCount(20, model.Model.CountOperations(rows));
        Assert.AreEqual(20, current.Recordings.Single().NumberOfSamples);
    }

    private static (SnnPredictionTransformer Model, IDataView Rows) Iris(MLContext context)
    {
        IDataView iris = SmallData.Iris(context);
        TransformerChain<SnnPredictionTransformer> chain = SmallData.MapLabel(context)
            .Append(context.Transforms.NormalizeMinMax("Features"))
            .Append(context.Snn().EncodeLatency("Spikes", "Features"))
            .Append(context.Snn().Train(new SnnTrainer.Options { FeatureColumnName = "Spikes", NumberOfHiddenNeurons = 32, NumberOfEpochs = 3 }))
            .Fit(iris);
        return (chain.LastTransformer, chain.Transform(iris));
    }

    private static void AssertSays<TException>(string text, Action action)
        where TException : Exception => StringAssert.Contains(Assert.ThrowsExactly<TException>(action).Message, text, StringComparison.Ordinal);

    private sealed class Watcher : TrainingCallback
    {
        public IReadOnlyList<SnnConnectionWeights> Last { get; private set; } = [];

        public override void OnTrainingEnd(TrainingContext context) => Last = context.GetWeights();
    }

    private sealed class YesOrNo
    {
        [VectorType(2)]
        public float[] Features { get; set; } = [];

        public bool Label { get; set; }
    }
}
