namespace Microsoft.ML.Snn.Encoding.Rows;

/// <summary>The shape of one row of a column: time by channels where time is known, else one plain vector.</summary>
/// <param name="Steps">Number of steps, or 1 for a plain vector.</param>
/// <param name="Channels">Number of channels, or the length of a plain vector.</param>
/// <param name="TimeStep">Length of a step in milliseconds where the row is a spike train, else 0.</param>
internal readonly record struct SignalShape(int Steps, int Channels, float TimeStep)
{
    /// <summary>Gets whether the row is a spike train, time-major: slot = step · <see cref="Channels"/> + channel.</summary>
    public bool IsSpikeTrain => TimeStep > 0;

    /// <summary>Gets the number of slots of a row.</summary>
    public long Slots => (long)Steps * Channels;

    /// <summary>What a person calls it.</summary>
    public override string ToString() => IsSpikeTrain
        ? $"spike train of {Steps} steps of {TimeStep} ms by {Channels} channels"
        : Steps == 1 ? $"vector of {Channels}" : $"{Steps} by {Channels} matrix";
}
