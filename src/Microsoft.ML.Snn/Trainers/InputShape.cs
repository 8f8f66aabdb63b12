using Microsoft.ML.Data;

namespace Microsoft.ML.Snn.Trainers;

/// <summary>How a feature column is presented to a network.</summary>
/// <param name="Channels">Number of input channels.</param>
/// <param name="Steps">Number of time steps of a trial.</param>
/// <param name="TimeStep">Length of a step in milliseconds.</param>
/// <param name="IsConstantCurrent">Whether the column is a plain vector, presented as a constant current.</param>
internal readonly record struct InputShape(int Channels, int Steps, double TimeStep, bool IsConstantCurrent)
{
    /// <summary>The shape that a spike train column brings with it, or that of a plain vector with the given steps.</summary>
    public static InputShape Of(DataViewSchema.Column column, int steps, double timeStep) =>
        SpikeColumn.TryGet(column, out SpikeColumn spikes)
            ? new InputShape(spikes.Channels, spikes.Steps, spikes.TimeStep, IsConstantCurrent: false)
            : new InputShape(column.Type.GetVectorSize(), steps, timeStep, IsConstantCurrent: true);

    /// <summary>What a person calls it.</summary>
    public override string ToString() => IsConstantCurrent
        ? $"plain vector of {Channels} features"
        : $"spike train of {Steps} steps of {TimeStep} ms by {Channels} channels";
}
