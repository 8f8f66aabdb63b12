using System;
using System.IO;
using Microsoft.ML.Snn.Encoding.Rows;

namespace Microsoft.ML.Snn;

/// <summary>Presents a sequence of frames as currents: each frame for some steps, one after the other.</summary>
/// <remarks>
/// Output slot (frame · stepsPerFrame + s) · channels + c holds the value of channel c in that frame: an input spike of
/// that strength at every step of the frame.
/// </remarks>
public sealed record FrameEncoding : SignalOperation
{
    internal FrameEncoding()
    {
    }

    /// <summary>Gets the number of steps for which a frame is shown.</summary>
    /// <value>1 to 65536. The default is 1.</value>
    public int StepsPerFrame { get; init; } = 1;

    /// <summary>Gets the number of values per frame.</summary>
    /// <value>1 or more; null: the second dimension of the column, or 1 where it has none.</value>
    public int? Channels { get; init; }

    /// <summary>Gets the length of a step.</summary>
    /// <value>Milliseconds, above 0. The default is 1.</value>
    public float TimeStep { get; init; } = 1;

    internal override bool ReadsSpikes => false;

    internal override bool WritesSpikes => true;

    internal static FrameEncoding Read(BinaryReader reader)
    {
        int stepsPerFrame = reader.ReadInt32();
        int channels = reader.ReadInt32();
        return new FrameEncoding
        {
            StepsPerFrame = stepsPerFrame,
            Channels = channels == 0 ? null : channels,
            TimeStep = reader.ReadSingle(),
        };
    }

    internal override void Write(BinaryWriter writer)
    {
        writer.Write(StepsPerFrame);
        writer.Write(Channels ?? 0);
        writer.Write(TimeStep);
    }

    internal override void Validate()
    {
        SignalChecks.Time(StepsPerFrame, TimeStep);
        Require.InRange(Channels ?? 1, 1, Array.MaxLength, "Use the number of values per frame.", nameof(Channels));
    }

    internal override SignalShape OutputOf(SignalShape input)
    {
        SignalShape frames = SignalChecks.Series(input, Channels);
        int steps = SignalChecks.Size((long)frames.Steps * StepsPerFrame);
        SignalChecks.Size((long)steps * frames.Channels);
        return new SignalShape(steps, frames.Channels, TimeStep);
    }

    internal override SignalFunction CreateFunction(SignalShape input)
    {
        SignalShape frames = SignalChecks.Series(input, Channels);
        return (in SignalRow row, SignalWriter output) =>
        {
            row.CheckFinite();
            for (int i = 0; i < row.Values.Length; i++)
            {
                (int frame, int channel) = Math.DivRem(row.SlotOf(i), frames.Channels);
                output.Repeat(frame * StepsPerFrame, StepsPerFrame, frames.Channels, channel, row.Values[i]);
            }
        };
    }
}
