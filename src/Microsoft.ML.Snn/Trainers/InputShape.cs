using Microsoft.ML.Data;

namespace Microsoft.ML.Snn.Trainers;

/// <summary>How a feature column is presented to a network.</summary>
/// <param name="Channels">Number of input channels.</param>
/// <param name="Steps">Number of time steps of a trial.</param>
/// <param name="TimeStep">Length of a step in milliseconds.</param>
/// <param name="IsConstantCurrent">Whether the column is a plain vector, presented as a constant current.</param>
/// <param name="IsSpikeTimes">Whether the column is a plain vector of spike times in milliseconds.</param>
internal readonly record struct InputShape(int Channels, int Steps, double TimeStep, bool IsConstantCurrent, bool IsSpikeTimes = false)
{
    /// <summary>The shape that a spike train column brings with it, or that of a plain vector with the given steps.</summary>
    /// <remarks>A constant current has no events: an event-driven network reads a plain vector as spike times.</remarks>
    public static InputShape Of(DataViewSchema.Column column, int steps, double timeStep, Integrator integrator) =>
        SpikeColumn.TryGet(column, out SpikeColumn spikes)
            ? new InputShape(spikes.Channels, spikes.Steps, spikes.TimeStep, IsConstantCurrent: false)
            : new InputShape(
                column.Type.GetVectorSize(), steps, timeStep,
                IsConstantCurrent: integrator == Integrator.Grid, IsSpikeTimes: integrator == Integrator.EventDriven);

    /// <summary>What a person calls it.</summary>
    public override string ToString() => IsConstantCurrent || IsSpikeTimes
        ? $"plain vector of {Channels} {(IsSpikeTimes ? "spike times" : "features")}"
        : $"spike train of {Steps} steps of {TimeStep} ms by {Channels} channels";
}
