using System;
using System.Linq;
using System.Numerics.Tensors;
using Microsoft.ML.Data;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Trainers;

/// <summary>Getters of the columns that scores become: Score, Probability and PredictedLabel.</summary>
internal static class ScoreGetters
{
    /// <summary>The getter of a column of any output.</summary>
    /// <param name="column">Its name.</param>
    /// <param name="network">The network.</param>
    /// <param name="scores">Gives the scores of all outputs for the row that a cursor is at.</param>
    public static Delegate For(string column, NetworkScoring network, CurrentScores scores)
    {
        OutputScoring output = network.Outputs.LastOrDefault(
            o => o.Prefix.Length > 0 && column.StartsWith(o.Prefix, StringComparison.Ordinal)) ?? network.Outputs[0];
        return For(column[output.Prefix.Length..], output, () => scores().Slice(output.Offset, output.Width));
    }

    private static Delegate For(string column, OutputScoring output, CurrentScores scores) =>
        (column, output.Task) switch
        {
            (DefaultColumnNames.Score, SnnTask.BinaryClassification or SnnTask.Regression) =>
                (ValueGetter<float>)((ref float value) => value = scores()[0]),
            (DefaultColumnNames.Score, _) => (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) =>
            {
                VBufferEditor<float> editor = VBufferEditor.Create(ref value, output.Width);
                scores().CopyTo(editor.Values);
                value = editor.Commit();
            }),
            (DefaultColumnNames.Probability, SnnTask.BinaryClassification) =>
                (ValueGetter<float>)((ref float value) => value = SigmoidEquations.Probability(scores()[0])),
            (DefaultColumnNames.Probability, _) => Vector(output.Width, scores, static s => SigmoidEquations.Probability(s[0]), 1),
            (_, SnnTask.MulticlassClassification) =>
                (ValueGetter<uint>)((ref uint value) => value = Key(scores())),
            (_, SnnTask.BinaryClassification) => (ValueGetter<bool>)((ref bool value) => value = IsYes(scores())),
            (_, SnnTask.MultiLabelClassification) => Vector(output.Width, scores, IsYes, 1),
            _ => Vector(output.Steps, scores, Key, output.Units),
        };

    // Keys count from 1.
    private static uint Key(ReadOnlySpan<float> scores) => (uint)TensorPrimitives.IndexOfMax(scores) + 1;

    private static bool IsYes(ReadOnlySpan<float> scores) => scores[0] > 0;

    private static ValueGetter<VBuffer<T>> Vector<T>(int length, CurrentScores scores, Func<ReadOnlySpan<float>, T> map, int width) =>
        (ref VBuffer<T> value) =>
        {
            VBufferEditor<T> editor = VBufferEditor.Create(ref value, length);
            ReadOnlySpan<float> current = scores();
            for (int n = 0; n < length; n++)
            {
                editor.Values[n] = map(current.Slice(n * width, width));
            }

            value = editor.Commit();
        };
}
