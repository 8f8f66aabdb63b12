using System;
using Microsoft.ML.Data;

namespace Microsoft.ML.Snn.Trainers;

/// <summary>How sound lies in a column: samples with their rate beside them, or the path of a WAV file.</summary>
internal static class AudioColumn
{
    /// <summary>The annotation that holds the samples per second: a Single.</summary>
    public const string SampleRateKind = "SnnSampleRate";

    /// <summary>The column types in words, for messages.</summary>
    public const string ExpectedInput = "vector of Single, or Text with the path of a WAV file";

    public static bool IsSamples(DataViewType type) =>
        type is VectorDataViewType vector && vector.ItemType == NumberDataViewType.Single;

    public static bool IsPath(DataViewType type) => type is TextDataViewType;

    /// <summary>Returns the rate that stands beside the samples, or null.</summary>
    public static float? SampleRateOf(DataViewSchema.Column column)
    {
        if (column.Annotations.Schema.GetColumnOrNull(SampleRateKind) is not { } annotation
            || annotation.Type != NumberDataViewType.Single)
        {
            return null;
        }

        float rate = 0;
        column.Annotations.GetValue(SampleRateKind, ref rate);
        return rate > 0 && float.IsFinite(rate) ? rate : null;
    }

    /// <summary>Returns the annotations of a column of samples.</summary>
    public static DataViewSchema.Annotations Annotations(float sampleRate)
    {
        ValueGetter<float> getRate = (ref float value) => value = sampleRate;
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.Add(SampleRateKind, NumberDataViewType.Single, (Delegate)getRate);
        return annotations.ToAnnotations();
    }
}
