using Microsoft.ML.Data;

namespace Microsoft.ML.Snn.Trainers;

/// <summary>What a label column says about the task.</summary>
internal static class LabelKind
{
    /// <summary>The label types of a task in words, for messages; those of any task for null.</summary>
    public static string ExpectedFor(SnnTask? task) => task switch
    {
        SnnTask.MulticlassClassification => "Key<UInt32>",
        SnnTask.BinaryClassification => "Boolean",
        SnnTask.Regression => "Single",
        SnnTask.MultiOutputRegression or SnnTask.SequenceRegression => "vector of Single of a known size",
        SnnTask.MultiLabelClassification => "vector of Boolean or Single of a known size",
        SnnTask.SequenceClassification => "vector of Key<UInt32> of a known size",
        _ => "Key<UInt32>, Boolean, Single, or a vector of one of them of a known size",
    };

    /// <summary>The task of a label column, or null where it can be no label.</summary>
    /// <param name="itemType">Type of the column or of its items.</param>
    /// <param name="isVector">Whether it is a vector of a known size.</param>
    /// <param name="isKey">Whether the items are keys.</param>
    /// <param name="readsEveryStep">Whether the network has an output for every step.</param>
    public static SnnTask? TaskOf(DataViewType itemType, bool isVector, bool isKey, bool readsEveryStep) =>
        isKey && itemType.RawType == typeof(uint) ? isVector ? SnnTask.SequenceClassification : SnnTask.MulticlassClassification
        : itemType == BooleanDataViewType.Instance ? isVector ? SnnTask.MultiLabelClassification : SnnTask.BinaryClassification
        : itemType != NumberDataViewType.Single ? null
        : !isVector ? SnnTask.Regression
        : readsEveryStep ? SnnTask.SequenceRegression
        : SnnTask.MultiOutputRegression;

    /// <summary>Whether a column whose type suggests one task can serve another.</summary>
    public static bool CanServe(SnnTask suggested, SnnTask named) =>
        suggested == named
        || (suggested is SnnTask.MultiOutputRegression or SnnTask.SequenceRegression
            && named is SnnTask.MultiOutputRegression or SnnTask.SequenceRegression or SnnTask.MultiLabelClassification);
}
