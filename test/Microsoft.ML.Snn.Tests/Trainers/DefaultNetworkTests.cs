using System.Linq;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Trainers;

/// <summary>The network of a trainer that was given none: also trials of a second teach it something.</summary>
[TestClass]
public sealed class DefaultNetworkTests
{
    /// <summary>
    /// Digits as one spike per pixel within half a second. With the time constants of short trials training went astray here: 2 % were
    /// right, fewer than by chance.
    /// </summary>
    [TestMethod]
    [RequiresData(SmallData.DigitsPath)]
    public void Fit_LongTrials_Learns()
    {
        MLContext context = new(seed: 1);
        IDataView digits = SmallData.Digits(context, SmallData.DigitsPath);
        var encoder = SmallData.MapLabel(context).Append(context.Transforms.NormalizeMinMax("Features"))
            .Append(context.Snn().EncodeLatency("Spikes", "Features", timeSteps: 100, timeStep: 5));
        IDataView data = encoder.Fit(digits).Transform(digits);
        SnnTrainer.Options options = new() { FeatureColumnName = "Spikes", NumberOfEpochs = 5, Seed = 1 };

        SnnPredictionTransformer model = context.Snn().Train(options).Fit(context.Data.TakeRows(data, 1500));

        IDataView held = context.Data.SkipRows(data, 3000);
        Assert.IsGreaterThan(0.8, context.MulticlassClassification.Evaluate(model.Transform(held)).MicroAccuracy);
    }

    [TestMethod]
    [DataRow(20, 1.0, "synapse 5 ms", "membrane 20 ms")]
    [DataRow(99, 1.0, "synapse 5 ms", "membrane 20 ms")]
    [DataRow(100, 1.0, "synapse 5 ms", "membrane 100 ms")]
    [DataRow(200, 5.0, "synapse 50 ms", "membrane 1000 ms")]
    public void Fit_TrialOfALength_HasTimeConstantsForIt(int steps, double timeStep, string synapse, string output)
    {
        MLContext context = new(seed: 1);
        SnnTrainer.Options options = SmallData.Quick(epochs: 1);
        (options.TimeSteps, options.TimeStep) = (steps, timeStep);

        string[] layers = context.Snn().Train(options).Fit(LabelledRow.Load(context, 8)).Model.Network.ToString().Split('\n');

        StringAssert.Contains(layers[0], "membrane 20 ms, " + synapse);
        StringAssert.Contains(layers[1], output + ", " + synapse);
    }

    /// <summary>An output that follows a sequence must not be slow.</summary>
    [TestMethod]
    public void Fit_LongSequence_HasAFastOutput()
    {
        MLContext context = new(seed: 1);
        IDataView data = context.Data.LoadFromEnumerable(TaskData.Sequences(8));
        SnnTrainer.Options options = TaskData.Options("Classes", epochs: 1);
        options.TimeStep = 20;

        string network = context.Snn().Train(options).Fit(data).Model.Network.ToString();

        StringAssert.Contains(network.Split('\n').Single(line => line.StartsWith("Output", System.StringComparison.Ordinal)), "membrane 20 ms");
    }
}
