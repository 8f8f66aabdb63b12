using Microsoft.ML.Data;

namespace Microsoft.ML.Snn.Trainers;

/// <summary>How a spike train lies in a column: Vector&lt;Single, steps, channels&gt; with its step length beside it.</summary>
/// <remarks>
/// Time-major: slot = step · Channels + channel; the value is the number of spikes, or a current. Without the
/// annotation a column is a plain vector, whatever its dimensions: an image has two of them as well.
/// </remarks>
/// <param name="Steps">The number of steps, at least 1.</param>
/// <param name="Channels">The number of channels, at least 1.</param>
/// <param name="TimeStep">The length of a step in milliseconds, above 0.</param>
internal readonly record struct SpikeColumn(int Steps, int Channels, float TimeStep)
{
    /// <summary>The annotation that holds <see cref="TimeStep"/>: a Single.</summary>
    public const string TimeStepKind = "SnnTimeStep";

    /// <summary>The column type in words, for messages.</summary>
    public const string ExpectedInput = "vector of Single of a known size";

    /// <summary>Tells whether the column holds a spike train, and its sizes.</summary>
    public static bool TryGet(DataViewSchema.Column column, out SpikeColumn spikes)
    {
        spikes = default;
        if (column.Type is not VectorDataViewType { ItemType: NumberDataViewType item, Dimensions: [> 0 and var steps, > 0 and var channels] }
            || item != NumberDataViewType.Single
            || column.Annotations.Schema.GetColumnOrNull(TimeStepKind) is not { } annotation
            || annotation.Type != NumberDataViewType.Single)
        {
            return false;
        }

        float timeStep = 0;
        column.Annotations.GetValue(TimeStepKind, ref timeStep);
        spikes = new SpikeColumn(steps, channels, timeStep);
        return timeStep > 0 && float.IsFinite(timeStep);
    }

    /// <summary>Tells whether the column of a pipeline that was not fitted yet will hold a spike train.</summary>
    public static bool IsSpikeColumn(SchemaShape.Column column) =>
        column.Kind == SchemaShape.Column.VectorKind.Vector
        && column.ItemType == NumberDataViewType.Single
        && column.Annotations.TryFindColumn(TimeStepKind, out _);

    /// <summary>Returns the column that a transformer adds.</summary>
    public DataViewSchema.DetachedColumn Detached(string name)
    {
        float timeStep = TimeStep;
        ValueGetter<float> getTimeStep = (ref float value) => value = timeStep;
        ValueGetter<bool> getNormalized = (ref bool value) => value = true;

        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.Add(TimeStepKind, NumberDataViewType.Single, getTimeStep);
        annotations.Add(AnnotationUtils.Kinds.IsNormalized, BooleanDataViewType.Instance, getNormalized);
        return new DataViewSchema.DetachedColumn(
            name, new VectorDataViewType(NumberDataViewType.Single, Steps, Channels), annotations.ToAnnotations());
    }

    /// <summary>Returns the column that an estimator promises.</summary>
    public static SchemaShape.Column Shape(string name) => new(
        name, SchemaShape.Column.VectorKind.Vector, NumberDataViewType.Single, false, new SchemaShape([
            new(TimeStepKind, SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.Single, false),
            new(AnnotationUtils.Kinds.IsNormalized, SchemaShape.Column.VectorKind.Scalar, BooleanDataViewType.Instance, false),
        ]));
}
