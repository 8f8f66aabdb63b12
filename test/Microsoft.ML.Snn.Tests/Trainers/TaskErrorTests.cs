using System;
using System.Linq;
using Microsoft.ML.Data;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Trainers;

/// <summary>Labels that cannot be learned say what is wrong with them, and what to do.</summary>
[TestClass]
public sealed class TaskErrorTests
{
    [TestMethod]
    [DataRow(float.NaN, "NaN")]
    [DataRow(float.PositiveInfinity, "Infinity")]
    public void Fit_NumberThatIsNone_NamesTheRow(float value, string text) => AssertMessage(
        $"Label column 'Number' must hold finite numbers, but row 3 has {text}. Replace or drop such rows, for example with FilterRowsByMissingValues.",
        rows => rows[3].Number = value, context => context.Regression.Trainers.Snn(Options("Number")));

    [TestMethod]
    public void Fit_EqualNumbers_SaysSo() => AssertMessage(
        "Label column 'Number' must vary, but it is 7 in all 10 rows. Check the label column, or how the data was split.",
        rows => Array.ForEach(rows, row => row.Number = 7), context => context.Regression.Trainers.Snn(Options("Number")));

    [TestMethod]
    public void Fit_OneOutputOfEqualNumbers_NamesIt() => AssertMessage(
        "Label column 'Vector' must vary, but value 1 of it is -2 in all 10 rows. Check the label column, or how the data was split.",
        rows => Array.ForEach(rows, row => row.Vector[1] = -2), context => context.Snn().Train(Options("Vector")));

    [TestMethod]
    public void Fit_OnlyYes_SaysSo() => AssertMessage(
        "Label column 'Flag' must have rows of at least two classes, but all 10 rows are of one. Check the label column, or how the data was split.",
        rows => Array.ForEach(rows, row => row.Flag = true), context => context.BinaryClassification.Trainers.Snn(Options("Flag")));

    [TestMethod]
    public void Fit_MultiLabelOutOfRange_NamesRowAndValue() => AssertMessage(
        "Label column 'Vector' must hold 0 or 1, but row 0 has 0.5. Replace or drop such rows, for example with FilterRowsByMissingValues.",
        rows => Array.ForEach(rows, row => row.Vector = [0.5f, 1]),
        context => context.Snn().Train(Options("Vector", SnnTask.MultiLabelClassification)));

    [TestMethod]
    public void Fit_SequenceOfWrongLength_NamesBoth() => AssertMessage(
        "Label column 'Keys' must have one key for each of the 20 time steps, but has 4 values. Check how the label vector was made.",
        _ => { }, context => context.Snn().Train(Options("Keys")));

    [TestMethod]
    public void Fit_LabelOfNoTask_SaysWhatIsExpected() => AssertMessage(
        "Schema mismatch for label column 'Text': expected Key<UInt32>, Boolean, Single, or a vector of one of them of a known size, got String. "
        + "Append mlContext.Transforms.Conversion.MapValueToKey(\"Text\") before the trainer (Parameter 'labelCol')",
        _ => { }, context => context.Snn().Train(Options("Text")));

    [TestMethod]
    public void Fit_NumberForMulticlass_SaysWhatToAppend() => AssertMessage(
        "Schema mismatch for label column 'Number': expected Key<UInt32>, got Single. "
        + "Append mlContext.Transforms.Conversion.MapValueToKey(\"Number\") before the trainer (Parameter 'labelCol')",
        _ => { }, context => context.Snn().Train(Options("Number", SnnTask.MulticlassClassification)));

    [TestMethod]
    public void Fit_NumberForBinary_IsASchemaMismatch() => AssertMessage(
        "Schema mismatch for label column 'Number': expected Boolean, got Single (Parameter 'labelCol')",
        _ => { }, context => context.BinaryClassification.Trainers.Snn(Options("Number")));

    [TestMethod]
    public void Fit_BalanceOfNumbers_SaysSo() => AssertMessage(
        "Classes can be balanced where each row is of one class. Set it to false, or use an example weight column. (Parameter 'BalanceClasses')",
        _ => { },
        context =>
        {
            SnnTrainer.Options options = Options("Number");
            options.BalanceClasses = true;
            return context.Regression.Trainers.Snn(options);
        });

    [TestMethod]
    public void Fit_LossOfAnotherTask_NamesTheOneThatFits() => AssertMessage(
        "The output layer must have the loss MeanSquaredError for the task Regression, but has SoftmaxCrossEntropy. Leave it out: the task chooses it. (Parameter 'Network')",
        _ => { },
        context =>
        {
            SnnTrainer.Options options = Options("Number");
            options.Network = SnnNetwork.Sequential(Layer.Output(loss: Loss.SoftmaxCrossEntropy));
            return context.Regression.Trainers.Snn(options);
        });

    [TestMethod]
    public void Fit_ReadoutOfAnotherTask_SaysWhichIsNeeded() => AssertMessage(
        "The task Regression of label column 'Number' needs a readout of the whole trial, but the output layer has MembraneAtEveryStep. (Parameter 'Network')",
        _ => { },
        context =>
        {
            SnnTrainer.Options options = Options("Number");
            options.Network = SnnNetwork.Sequential(Layer.Output(Readout.MembraneAtEveryStep));
            return context.Regression.Trainers.Snn(options);
        });

    [TestMethod]
    public void Trainer_TaskOfAnotherCatalog_IsRefused() => AssertMessage(
        "Task must be BinaryClassification, but was Regression. Leave it null, or use Snn().Train. (Parameter 'Task')\nActual value was Regression.",
        _ => { }, context => context.BinaryClassification.Trainers.Snn(Options("Flag", SnnTask.Regression)));

    private static SnnTrainer.Options Options(string label, SnnTask? task = null)
    {
        SnnTrainer.Options options = SmallData.Quick(1);
        (options.LabelColumnName, options.Task) = (label, task);
        return options;
    }

    private static void AssertMessage<T>(string expected, Action<Row[]> change, Func<MLContext, IEstimator<T>> create)
        where T : class, ITransformer
    {
        MLContext context = new();
        Row[] rows = [.. Enumerable.Range(0, 10).Select(n => new Row { Number = n, Flag = n % 2 == 0, Features = [n / 10f, 1], Vector = [n, n * n] })];
        change(rows);

        var error = Assert.Throws<Exception>(() => create(context).Fit(context.Data.LoadFromEnumerable(rows)));

        Assert.AreEqual(expected, error.Message.ReplaceLineEndings("\n"));
    }

    private sealed class Row
    {
        [VectorType(2)]
        public float[] Features { get; set; } = [];

        public float Number { get; set; }

        public bool Flag { get; set; }

        public string Text { get; set; } = "a";

        [VectorType(2)]
        public float[] Vector { get; set; } = [];

        [VectorType(4)]
        [KeyType(2)]
        public uint[] Keys { get; set; } = [0, 1, 0, 1];
    }
}
