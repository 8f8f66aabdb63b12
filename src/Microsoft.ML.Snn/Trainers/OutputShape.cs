using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Data;

namespace Microsoft.ML.Snn.Trainers;

/// <summary>The columns that a trainer promises before it is fitted.</summary>
internal static class OutputShape
{
    private const SchemaShape.Column.VectorKind Scalar = SchemaShape.Column.VectorKind.Scalar;
    private const SchemaShape.Column.VectorKind Vector = SchemaShape.Column.VectorKind.Vector;

    public static SchemaShape.Column[] Of(SnnTask task, SchemaShape.Column label)
    {
        IEnumerable<SchemaShape.Column> keyValues = label.Annotations.Where(a => a.Name == AnnotationUtils.Kinds.KeyValues);
        IEnumerable<SchemaShape.Column> ofTrainer = AnnotationUtils.GetTrainerOutputAnnotation();
        SchemaShape.Column scores = Column(DefaultColumnNames.Score, Vector, NumberDataViewType.Single, ofTrainer);
        SchemaShape.Column score = Column(DefaultColumnNames.Score, Scalar, NumberDataViewType.Single, ofTrainer);
        IEnumerable<SchemaShape.Column> normalized = AnnotationUtils.GetTrainerOutputAnnotation(true);
        return task switch
        {
            SnnTask.MulticlassClassification =>
            [
                Column(DefaultColumnNames.Score, Vector, NumberDataViewType.Single, AnnotationUtils.AnnotationsForMulticlassScoreColumn(label)),
                Column(DefaultColumnNames.PredictedLabel, Scalar, NumberDataViewType.UInt32, keyValues.Concat(ofTrainer), isKey: true),
            ],
            SnnTask.BinaryClassification =>
            [
                score,
                Column(DefaultColumnNames.Probability, Scalar, NumberDataViewType.Single, normalized),
                Column(DefaultColumnNames.PredictedLabel, Scalar, BooleanDataViewType.Instance, ofTrainer),
            ],
            SnnTask.Regression => [score],
            SnnTask.MultiLabelClassification =>
            [
                scores,
                Column(DefaultColumnNames.Probability, Vector, NumberDataViewType.Single, normalized),
                Column(DefaultColumnNames.PredictedLabel, Vector, BooleanDataViewType.Instance, []),
            ],
            SnnTask.SequenceClassification =>
            [
                scores,
                Column(DefaultColumnNames.PredictedLabel, Vector, NumberDataViewType.UInt32, keyValues, isKey: true),
            ],
            _ => [scores],
        };
    }

    /// <summary>The same for an output beside the first.</summary>
    public static IEnumerable<SchemaShape.Column> Of(string output, SnnTask task, SchemaShape.Column label) => Of(task, label)
        .Select(c => new SchemaShape.Column(OutputScoring.PrefixOf(output) + c.Name, c.Kind, c.ItemType, c.IsKey, c.Annotations));

    private static SchemaShape.Column Column(
        string name, SchemaShape.Column.VectorKind kind, DataViewType item, IEnumerable<SchemaShape.Column> annotations, bool isKey = false) =>
        new(name, kind, item, isKey, new SchemaShape(annotations));
}
