using System;
using System.IO;

namespace Microsoft.ML.Snn;

/// <summary>How raw events, a time and a channel each, become a spike train. Immutable.</summary>
/// <remarks>
/// An event at time t falls into step ⌊t / <see cref="TimeStep"/>⌋; one on the boundary of two steps belongs to the later one. A
/// slot counts the events of its step and channel. With polarities there are twice as many channels: an event of channel c
/// counts for c where its polarity is 0 or -1, and for <see cref="Channels"/> + c where it is 1; so are the events of
/// <see cref="EventBinning"/> laid out.
/// </remarks>
public sealed record EventEncoding
{
    internal EventEncoding()
    {
    }

    /// <summary>Gets the number of channels that an event may have.</summary>
    /// <value>1 or more. An event of another channel is an error.</value>
    public required int Channels { get; init; }

    /// <summary>Gets the number of steps of an example.</summary>
    /// <value>1 to 65536.</value>
    public required int TimeSteps { get; init; }

    /// <summary>Gets the length of a step.</summary>
    /// <value>Milliseconds, above 0. The default is 1.</value>
    public float TimeStep { get; init; } = 1;

    /// <summary>Gets the unit of the times.</summary>
    /// <value>Milliseconds per unit, above 0: 0.001 for microseconds, 1000 for seconds. The default is 1.</value>
    public double TimeUnit { get; init; } = 1;

    /// <summary>Gets whether the first event of a row is at time 0; else the times are taken as they are.</summary>
    /// <value>The default is false.</value>
    public bool StartsAtFirstEvent { get; init; }

    /// <summary>Gets whether brighter and darker, or up and down, have channels of their own.</summary>
    /// <value>The default is false.</value>
    public bool SeparatePolarities { get; init; }

    /// <summary>Gets what is done with an event before time 0 or after the last step.</summary>
    /// <value>
    /// <see cref="OutOfRange.Error"/>, the default, throws; <see cref="OutOfRange.Clip"/> leaves it out: only the window of the
    /// trial is kept. Times that are no numbers and channels out of range are errors in both cases.
    /// </value>
    public OutOfRange OutOfRange { get; init; }

    /// <summary>Gets the number of channels of the spike train.</summary>
    public int SpikeChannels => SeparatePolarities ? 2 * Channels : Channels;

    internal static EventEncoding Read(BinaryReader reader) => new()
    {
        Channels = reader.ReadInt32(),
        TimeSteps = reader.ReadInt32(),
        TimeStep = reader.ReadSingle(),
        TimeUnit = reader.ReadDouble(),
        StartsAtFirstEvent = reader.ReadBoolean(),
        SeparatePolarities = reader.ReadBoolean(),
        OutOfRange = (OutOfRange)reader.ReadByte(),
    };

    internal void Write(BinaryWriter writer)
    {
        writer.Write(Channels);
        writer.Write(TimeSteps);
        writer.Write(TimeStep);
        writer.Write(TimeUnit);
        writer.Write(StartsAtFirstEvent);
        writer.Write(SeparatePolarities);
        writer.Write((byte)OutOfRange);
    }

    internal void Validate()
    {
        Require.InRange(Channels, 1, Array.MaxLength, "It is the number of channels that events may have.");
        Require.InRange(TimeSteps, 1, 65_536, "Use the number of simulation steps of an example, for example 100.");
        Require.Positive(TimeStep, "It is the length of a step in milliseconds, for example 1.");
        Require.Positive(TimeUnit, "It is the number of milliseconds per unit of the times, for example 0.001 for microseconds.");
        Require.Defined(OutOfRange, "Use OutOfRange.Error or OutOfRange.Clip.");
        double slots = (double)Channels * (SeparatePolarities ? 2 : 1) * TimeSteps;
        Require.InRange(slots, 1, Array.MaxLength, "It is time steps times channels: use fewer of them.");
    }
}
