using System;
using System.IO;
using System.Linq;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Trainers;

/// <summary>First-spike losses on the grid through the trainer.</summary>
[TestClass]
public sealed class SnnFirstSpikeTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [DataRow(false, false)]
    [DataRow(false, true)]
    [DataRow(true, true)]
    public void Fit_FirstSpikesOnTheGrid_LearnsAndScoresTheSameAfterLoading(bool isGraph, bool isRelative)
    {
        var context = new MLContext(seed: 1);
        IDataView rows = SmallData.YinYang(context, 1200);
        var encoder = context.Snn().EncodeLatency("Spikes", "Features", timeSteps: 30, bias: true);
        IDataView data = encoder.Fit(rows).Transform(rows);
        SnnTrainer trainer = context.Snn().Train(Options(
            isGraph ? Graph(isRelative) : Stack(isRelative ? FirstSpikeLoss.RelativeMeanSquareError(5, temperature: 5) : FirstSpikeLoss.CrossEntropy(5))));

        SnnPredictionTransformer model = trainer.Fit(data);
        IDataView scored = model.Transform(data);

        Assert.IsGreaterThan(isRelative ? 0.75 : 0.88, context.MulticlassClassification.Evaluate(scored).MicroAccuracy);
        using var file = new MemoryStream();
        context.Model.Save(model, data.Schema, file);
        file.Position = 0;
        ITransformer loaded = new MLContext().Model.Load(file, out _);
        SmallData.AssertSame(SmallData.Scores(scored), SmallData.Scores(loaded.Transform(data)));
    }

    /// <summary>All outputs begin far below their threshold, so that the label's stays silent in most trials.</summary>
    [TestMethod]
    [DataRow(Integrator.Grid, -3.0, 25)]
    [DataRow(Integrator.EventDriven, -1.0, 40)]
    public void Fit_OutputsFarBelowTheirThreshold_LossIsFiniteAndTheTrainingRecovers(Integrator integrator, double mean, int epochs)
    {
        var context = new MLContext(seed: 1);
        IDataView rows = SmallData.YinYang(context, 1200);
        IDataView data = integrator == Integrator.Grid
            ? context.Snn().EncodeLatency("Spikes", "Features", timeSteps: 30, bias: true).Fit(rows).Transform(rows)
            : SnnEventDrivenTests.SpikeTimes(context, rows);
        int timeSteps = integrator == Integrator.Grid ? 30 : 60;
        SnnTrainer.Options options = Options(SnnNetwork.Sequential(
            Layer.Dense(60, weights: Weights.Normal(2, 1)),
            Layer.Output(
                Readout.FirstSpikeTime, weights: Weights.Normal(mean, 0.6),
                firstSpike: FirstSpikeLoss.CrossEntropy(temperature: 5, lateStrength: 0.003, lateTime: timeSteps / 5.0))));
        (options.FeatureColumnName, options.Integrator, options.TimeSteps) = (integrator == Integrator.Grid ? "Spikes" : "Times", integrator, timeSteps);
        (options.Optimizer, options.NumberOfEpochs) = (new Adam(integrator == Integrator.Grid ? 0.02 : 0.01), epochs);

        SnnPredictionTransformer model = context.Snn().Train(options).Fit(data);

        double accuracy = context.MulticlassClassification.Evaluate(model.Transform(data)).MicroAccuracy;
        TestContext.WriteLine($"accuracy {accuracy:P1}, losses {string.Join(' ', model.Model.History.Epochs.Select(epoch => $"{epoch.Loss:F2}"))}");
        Assert.IsGreaterThan(0.75, accuracy, "No network without a hidden layer gets beyond 0.64.");
    }

    [TestMethod]
    public void Fit_DeltaSynapseToFirstSpikes_SaysWhatToUse()
    {
        string message = MessageOf(Options(SnnNetwork.Sequential(
            Layer.Dense(4), Layer.Output(Readout.FirstSpikeTime, synapse: new DeltaSynapse()))));

        StringAssert.Contains(message, "'output' has a delta synapse");
        StringAssert.Contains(message, "ExponentialSynapse");
    }

    [TestMethod]
    public void Fit_EPropOnFirstSpikes_SaysWhatToSet()
    {
        SnnTrainer.Options options = Options(Stack(FirstSpikeLoss.CrossEntropy()));
        options.Algorithm = new EProp();

        StringAssert.Contains(MessageOf(options), "Algorithm to new EventProp()");
    }

    [TestMethod]
    public void CreateStream_FirstSpikes_SaysWhy()
    {
        var context = new MLContext(seed: 1);
        SnnTrainer.Options options = SmallData.Quick();
        options.Network = Stack(FirstSpikeLoss.CrossEntropy());
        SnnPredictionTransformer model = context.Snn().Train(options).Fit(LabelledRow.Load(context, 64));

        var error = Assert.Throws<InvalidOperationException>(() => model.CreateStream());

        StringAssert.Contains(error.Message, "first spikes");
    }

    private static string MessageOf(SnnTrainer.Options options)
    {
        var context = new MLContext(seed: 1);
        options.FeatureColumnName = "Features";
        return Assert.Throws<Exception>(() => context.Snn().Train(options).Fit(SmallData.YinYang(context, 50))).Message;
    }

    private static SnnTrainer.Options Options(SnnNetwork network) => new()
    {
        FeatureColumnName = "Spikes",
        NumberOfEpochs = 25,
        Optimizer = new Adam(0.005),
        Network = network,
    };

    private static SnnNetwork Stack(FirstSpikeLoss loss) =>
        SnnNetwork.Sequential(
        Layer.Dense(60, weights: Weights.Normal(2, 1)),
        Layer.Output(Readout.FirstSpikeTime, weights: Weights.Normal(0.6, 0.6), firstSpike: loss));

    private static SnnNetwork Graph(bool isRelative) => SnnNetwork.Graph(graph =>
    {
        GraphNode input = graph.Input();
        GraphNode hidden = graph.Population("hidden", 60);
        GraphNode output = graph.Output(
            readout: Readout.FirstSpikeTime,
            firstSpike: isRelative ? FirstSpikeLoss.RelativeMeanSquareError(5, temperature: 5) : FirstSpikeLoss.CrossEntropy(5));
        graph.Connect(input, hidden, weights: Weights.Normal(2, 1));
        graph.Connect(hidden, hidden, Connectivity.Sparse(0.1), weights: Weights.Normal(0, 0.2));
        graph.Connect(hidden, output, weights: Weights.Normal(0.6, 0.6));
    });
}
