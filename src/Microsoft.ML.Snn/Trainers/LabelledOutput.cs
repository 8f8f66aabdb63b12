namespace Microsoft.ML.Snn.Trainers;

/// <summary>An output of the network with the label that it learns from.</summary>
/// <param name="Index">Its place among the outputs of the network.</param>
/// <param name="Name">Its name in a graph.</param>
/// <param name="LabelColumn">The label column.</param>
/// <param name="Task">What it is trained for.</param>
internal sealed record LabelledOutput(int Index, string Name, string LabelColumn, SnnTask Task)
{
    /// <summary>Whether there is a label for every step.</summary>
    public bool IsSequence => Task is SnnTask.SequenceClassification or SnnTask.SequenceRegression;

    /// <summary>The loss that suits the task.</summary>
    public Loss Loss => Task switch
    {
        SnnTask.MulticlassClassification or SnnTask.SequenceClassification => Loss.SoftmaxCrossEntropy,
        SnnTask.BinaryClassification or SnnTask.MultiLabelClassification => Loss.SigmoidCrossEntropy,
        _ => Loss.MeanSquaredError,
    };

    /// <summary>What the outputs of a task are called in messages.</summary>
    public string Noun => Task is SnnTask.MulticlassClassification or SnnTask.SequenceClassification ? "classes" : "outputs";
}
