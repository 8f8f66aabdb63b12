using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Data;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Trainers;

/// <summary>Bad input is an error that names the place, the rule, the value and the way out.</summary>
[TestClass]
public sealed class SnnTrainerErrorTests
{
    private const string NaNMessage = "Column 'Features' must hold finite numbers, but channel 1 of row 277 is NaN. "
        + "Append mlContext.Transforms.ReplaceMissingValues before this step, or drop such rows with "
        + "mlContext.Data.FilterRowsByMissingValues.";

    [TestMethod]
    public void Fit_FeatureNaN_NamesChannelRowAndWayOut()
    {
        MLContext context = new();
        LabelledRow[] rows = LabelledRow.Draw(300);
        rows[277].Features[1] = float.NaN;

        AssertMessage<ArgumentException>(NaNMessage, () => context.Snn().Train(SmallData.Quick()).Fit(LabelledRow.Load(context, rows)));
    }

    [TestMethod]
    public void Transform_FeatureNaN_NamesTheRowOfTheData()
    {
        MLContext context = new();
        SnnPredictionTransformer model = SmallData.QuickModel(context);
        LabelledRow[] rows = LabelledRow.Draw(300);
        rows[277].Features[1] = float.NaN;

        AssertMessage<ArgumentException>(NaNMessage, () => SmallData.Scores(model.Transform(LabelledRow.Load(context, rows))));
    }

    /// <summary>ML.NET does not check how long the arrays of objects are; read as if they fitted, they would give other rows' numbers.</summary>
    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    public void FitAndTransform_RowOfAnotherLength_NameIt(int length)
    {
        MLContext context = new();
        SnnPredictionTransformer model = SmallData.QuickModel(context);
        LabelledRow[] rows = LabelledRow.Draw(30);
        rows[7].Features = new float[length];
        string features = $"Every row of column 'Features' must have 2 values, as the type of the column says, but row 7 has {length}. Fill it up, or drop it.";

        AssertMessage<ArgumentException>(features, () => context.Snn().Train(SmallData.Quick()).Fit(LabelledRow.Load(context, rows)));
        AssertMessage<ArgumentException>(features, () => SmallData.Scores(model.Transform(LabelledRow.Load(context, rows))));
        AssertMessage<InvalidOperationException>(
            features.Replace("column 'F", "label column 'F", StringComparison.Ordinal),
            () => context.Snn().Train("Features", "Features").Fit(LabelledRow.Load(context, rows)));
    }

    [TestMethod]
    public void Train_ListsWithANull_NameThem()
    {
        MLContext context = new();
        foreach ((Action<SnnTrainer.Options> set, string name) in ((Action<SnnTrainer.Options>, string)[])
        [
            (o => o.Callbacks = [null!], "Callbacks"),
            (o => o.Augmentations = [null!], "Augmentations"),
            (o => o.OptimizerGroups = [null!], "OptimizerGroups"),
            (o => o.OutputLabels = [null!], "OutputLabels"),
            (o => o.Algorithm = new EventProp { SpikeCounts = [null!] }, "SpikeCounts"),
        ])
        {
            SnnTrainer.Options options = SmallData.Quick();
            set(options);
            StringAssert.StartsWith(
                Assert.ThrowsExactly<ArgumentException>(() => context.Snn().Train(options)).Message, $"No element of {name} may be null, but number 0 is. Leave it out.", StringComparison.Ordinal);
        }
    }

    [TestMethod]
    public void Fit_FeatureOutOfTheEncodersRange_IsTheEncodersError()
    {
        MLContext context = new();
        LabelledRow[] rows = LabelledRow.Draw(20);
        rows[3].Features[0] = 16;
        var pipeline = context.Snn().EncodeLatency("Features").Append(context.Snn().Train(SmallData.Quick()));

        AssertMessage<InvalidOperationException>(
            "Column 'Features' must hold values from 0 to 1, but slot 0 of row 3 was 16. Append mlContext.Transforms.NormalizeMinMax with "
            + "fixZero: false before the encoder, or set outOfRange: OutOfRange.Clip where only rows unseen in training lie outside.",
            () => pipeline.Fit(LabelledRow.Load(context, rows)));
    }

    [TestMethod]
    public void Fit_NoRowsOrNoLabels_SaysSo()
    {
        MLContext context = new();
        IDataView empty = LabelledRow.Load(context, []);
        IDataView unlabelled = LabelledRow.Load(context, LabelledRow.Draw(5).Select(row => new LabelledRow { Label = 2, Features = row.Features }));
        foreach (IDataView data in new[] { empty, unlabelled })
        {
            AssertMessage<InvalidOperationException>(
                "The data must have at least one row with a label, but has none (column 'Label'). Check the file and the filters before the trainer.",
                () => context.Snn().Train(SmallData.Quick()).Fit(data));
        }
    }

    [TestMethod]
    public void Fit_OneClassOnly_SaysSo()
    {
        MLContext context = new();
        LabelledRow[] rows = [.. LabelledRow.Draw(20).Where(row => row.Label == 1)];

        AssertMessage<InvalidOperationException>(
            "Label column 'Label' must have rows of at least two classes, but all 10 rows are of one. Check the label column, or how the data was split.",
            () => context.Snn().Train(SmallData.Quick()).Fit(LabelledRow.Load(context, rows)));
    }

    [TestMethod]
    public void Fit_KeyOfOneClass_SaysSo()
    {
        MLContext context = new();
        IDataView rows = context.Data.LoadFromEnumerable(LabelledRow.Draw(8).Select(row => new TextLabel { Features = row.Features }));
        IDataView data = SmallData.MapLabel(context).Fit(rows).Transform(rows);

        AssertMessage<InvalidOperationException>(
            "Label column 'Label' must have at least two classes, but its key has 1. Check the label column that MapValueToKey was fitted on.",
            () => context.Snn().Train(SmallData.Quick()).Fit(data));
    }

    [TestMethod]
    public void Fit_LabelNotAKey_SaysWhatToAppend()
    {
        MLContext context = new();
        IDataView data = context.Snn().LoadYinYang(20);

        AssertMessage<ArgumentOutOfRangeException>(
            "Schema mismatch for label column 'Label': expected Key<UInt32>, got Single. "
            + "Append mlContext.Transforms.Conversion.MapValueToKey(\"Label\") before the trainer (Parameter 'labelCol')",
            () => context.MulticlassClassification.Trainers.Snn().Fit(data));
    }

    [TestMethod]
    public void Fit_RowsWithoutLabel_AreLeftOutAndReported()
    {
        MLContext context = new();
        List<string> lines = [];
        context.Log += (_, line) => lines.Add(line.Message);
        LabelledRow[] rows = LabelledRow.Draw(20);
        IEnumerable<LabelledRow> more = rows.Append(new LabelledRow { Label = 2, Features = [0.5f, 0.5f] });

        SnnPredictionTransformer model = context.Snn().Train(SmallData.Quick()).Fit(LabelledRow.Load(context, more));

        Assert.ContainsSingle(lines.Where(line => line.EndsWith(
            "1 rows have no value in label column 'Label' and are left out.", StringComparison.Ordinal)));
        SmallData.AssertSame(
            SmallData.Scores(context.Snn().Train(SmallData.Quick()).Fit(LabelledRow.Load(context, rows)).Transform(LabelledRow.Load(context, 9))),
            SmallData.Scores(model.Transform(LabelledRow.Load(context, 9))));
    }

    [TestMethod]
    [DataRow(-1f, "-1")]
    [DataRow(float.NaN, "NaN")]
    public void Fit_BadExampleWeight_NamesTheRow(float weight, string text)
    {
        MLContext context = new();
        LabelledRow[] rows = LabelledRow.Draw(20);
        rows[4].Weight = weight;
        SnnTrainer.Options options = SmallData.Quick();
        options.ExampleWeightColumnName = "Weight";

        AssertMessage<InvalidOperationException>(
            $"Example weight column 'Weight' must hold finite numbers of 0 or more, but row 4 is {text}. Replace or drop such rows.",
            () => context.Snn().Train(options).Fit(LabelledRow.Load(context, rows)));
    }

    [TestMethod]
    public void Transform_SpikesOfAnotherShape_NamesBoth()
    {
        MLContext context = new();
        IDataView data = LabelledRow.Load(context, 20);
        var encode = context.Snn().EncodeLatency("Features", timeSteps: 10);
        SnnPredictionTransformer model = context.Snn().Train(SmallData.Quick()).Fit(encode.Fit(data).Transform(data));
        IDataView other = context.Snn().EncodeLatency("Features", timeSteps: 12, timeStep: 0.5f).Fit(data).Transform(data);

        AssertMessage<ArgumentOutOfRangeException>(
            "Schema mismatch for feature column 'Features': expected spike train of 10 steps of 1 ms by 2 channels, got spike train of 12 steps "
            + "of 0.5 ms by 2 channels. Encode it as the training data was (Parameter 'schema')",
            () => model.Transform(other));
        AssertMessage<ArgumentOutOfRangeException>(
            "Schema mismatch for feature column 'Features': expected spike train of 10 steps of 1 ms by 2 channels, got plain vector of 2 "
            + "features. Encode it as the training data was, for example with EncodeLatency (Parameter 'schema')",
            () => model.Transform(data));
    }

    [TestMethod]
    public void Train_OptionOutOfRange_NamesRuleValueAndWayOut()
    {
        (Action<SnnTrainer.Options> Set, string Message)[] cases =
        [
            (o => o.BatchSize = 0, "BatchSize must be 1 to 65536, but was 0. Typical values are 16 to 256."),
            (o => o.BatchSize = 65_537, "BatchSize must be 1 to 65536, but was 65537. Typical values are 16 to 256."),
            (o => o.NumberOfEpochs = 0, "NumberOfEpochs must be 1 to 1000000, but was 0. Typical values are 10 to 100."),
            (o => o.NumberOfHiddenNeurons = 0, "NumberOfHiddenNeurons must be 1 to 1048576, but was 0. Typical values are 64 to 1024."),
            (o => o.NumberOfThreads = 0, "NumberOfThreads must be 1 to 1024, but was 0. Leave it null for every processor."),
            (o => o.TimeSteps = 0, "TimeSteps must be 1 to 1048576, but was 0. Typical values are 20 to 100."),
            (o => o.TimeStep = 0, "TimeStep must be a finite number above 0, but was 0. Use a step well below the shortest time constant, for example 1 ms."),
            (o => o.Optimizer = new Adam(0), "LearningRate must be a finite number above 0, but was 0. Typical values are 0.001 to 0.01."),
            (o => o.Optimizer = new Adam(double.NaN), "LearningRate must be a finite number above 0, but was NaN. Typical values are 0.001 to 0.01."),
            (o => o.Optimizer = new Adam { Beta2 = 1 }, "Beta2 must be at least 0 and below 1, but was 1. The usual value is 0.999."),
            (o => o.Algorithm = new EventProp { GrazingLimit = 0 }, "GrazingLimit must be a finite number above 0, but was 0. The default of 0.1 suits a threshold of 1."),
        ];
        foreach ((Action<SnnTrainer.Options> set, string message) in cases)
        {
            SnnTrainer.Options options = new();
            set(options);
            var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new MLContext().Snn().Train(options));
            StringAssert.StartsWith(error.Message, message + " (Parameter '", StringComparison.Ordinal);
        }
    }

    [TestMethod]
    public void Fit_EarlyStoppingWithoutValidation_SaysWhatToCall()
    {
        MLContext context = new();
        SnnTrainer.Options options = SmallData.Quick();
        options.EarlyStopping = new EarlyStopping(3);

        var error = Assert.Throws<Exception>(() => context.Snn().Train(options).Fit(LabelledRow.Load(context, 20)));

        StringAssert.Contains(error.Message, "Early stopping needs validation data. Call Fit(trainData, validationData).", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Fit_NoSpikeAtAll_SaysWhatToChange()
    {
        MLContext context = new();
        SnnTrainer.Options options = SmallData.Quick();
        options.Network = SnnNetwork.Sequential(Layer.Dense(8, weights: Weights.Normal(-1, 0)), Layer.Output());

        AssertMessage<InvalidOperationException>(
            "No hidden neuron spiked in epoch 1, so that nothing can be learned. Raise the weights (Weights.Balanced fits them to the data), "
            + "lower the threshold, give the input more spikes or the trial more time steps.",
            () => context.Snn().Train(options).Fit(LabelledRow.Load(context, 20)));
    }

    [TestMethod]
    [DataRow(1e3)]
    [DataRow(1e20)]
    [DataRow(1e38)]
    [DataRow(1e300)]
    public void Fit_HugeLearningRate_IsAFiniteModelOrAClearError(double learningRate)
    {
        MLContext context = new();
        IDataView data = LabelledRow.Load(context, 200);
        SnnTrainer.Options options = SmallData.Quick(epochs: 5);
        options.Optimizer = new Adam(learningRate);
        try
        {
            float[][] scores = SmallData.Scores(context.Snn().Train(options).Fit(data).Transform(data));
            Assert.IsTrue(scores.All(row => row.All(float.IsFinite)));
        }
        catch (InvalidOperationException error)
        {
            StringAssert.StartsWith(error.Message, "Training diverged: ", StringComparison.Ordinal);
            StringAssert.Contains(error.Message, "Lower the learning rate (now Adam", StringComparison.Ordinal);
        }
    }

    private static void AssertMessage<TException>(string message, Action act)
        where TException : Exception =>
        Assert.AreEqual(message, Assert.ThrowsExactly<TException>(act).Message);

    private sealed class TextLabel
    {
        public string Label { get; set; } = "only";

        [VectorType(2)]
        public float[] Features { get; set; } = [];
    }
}
