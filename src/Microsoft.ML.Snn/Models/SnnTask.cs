namespace Microsoft.ML.Snn;

/// <summary>What a network is trained for. It follows from the type of the label column.</summary>
public enum SnnTask
{
    /// <summary>One class out of several; the label is a key.</summary>
    MulticlassClassification = 0,

    /// <summary>Yes or no; the label is a Boolean.</summary>
    BinaryClassification = 1,

    /// <summary>A number; the label is a Single.</summary>
    Regression = 2,

    /// <summary>Several numbers; the label is a vector of Single of a known size.</summary>
    MultiOutputRegression = 3,

    /// <summary>Several times yes or no; the label is a vector of Boolean, or of Single 0 and 1 if the task is named.</summary>
    MultiLabelClassification = 4,

    /// <summary>One class at every time step; the label is a vector of keys, one per step.</summary>
    SequenceClassification = 5,

    /// <summary>
    /// Numbers at every time step; the label is a vector of Single of steps × numbers, step by step, and the readout of the
    /// network is <see cref="Readout.MembraneAtEveryStep"/> or the task is named.
    /// </summary>
    SequenceRegression = 6,
}
