using System;
using System.IO;
using Microsoft.ML.Snn.Encoding.Rows;

namespace Microsoft.ML.Snn;

/// <summary>A spike in every step in which a value is above a threshold, however far.</summary>
/// <remarks>
/// Output slot (frame · <see cref="TimeSteps"/> + s) · channels + c is 1 where channel c of that frame is above the threshold; with
/// <see cref="Signed"/> it is -1 where it is below minus the threshold.
/// </remarks>
public sealed record BinaryEncoding : SignalOperation
{
    internal BinaryEncoding()
    {
    }

    /// <summary>Gets the value that has to be exceeded.</summary>
    /// <value>0 or more. The default is 0.</value>
    public float Threshold { get; init; }

    /// <summary>Gets whether values below minus the threshold spike as well, with the value -1.</summary>
    /// <value>The default is false.</value>
    public bool Signed { get; init; }

    /// <summary>Gets the number of steps of a frame, which is the whole row where there is one.</summary>
    /// <value>1 to 65536. The default is 20.</value>
    public int TimeSteps { get; init; } = 20;

    /// <summary>Gets the length of a step.</summary>
    /// <value>Milliseconds, above 0. The default is 1.</value>
    public float TimeStep { get; init; } = 1;

    /// <summary>Gets how many frames follow each other in a row.</summary>
    /// <value>1 to 65536. The default is 1.</value>
    public int Frames { get; init; } = 1;

    internal override bool ReadsSpikes => false;

    internal override bool WritesSpikes => true;

    internal static BinaryEncoding Read(BinaryReader reader) => new()
    {
        Threshold = reader.ReadSingle(),
        Signed = reader.ReadBoolean(),
        TimeSteps = reader.ReadInt32(),
        TimeStep = reader.ReadSingle(),
        Frames = reader.ReadInt32(),
    };

    internal override void Write(BinaryWriter writer)
    {
        writer.Write(Threshold);
        writer.Write(Signed);
        writer.Write(TimeSteps);
        writer.Write(TimeStep);
        writer.Write(Frames);
    }

    internal override void Validate()
    {
        Require.NotNegative(Threshold, "Use 0, or for example 0.5 for pixels from 0 to 1.");
        SignalChecks.Time(TimeSteps, TimeStep);
        Require.InRange(Frames, 1, SignalChecks.MaximumTimeSteps, "Use the number of frames that follow each other in a row; 1 if there are none.");
    }

    internal override SignalShape OutputOf(SignalShape input)
    {
        SignalShape frames = SignalChecks.Frames(input, Frames);
        SignalChecks.Size(frames.Slots * TimeSteps);
        return new SignalShape(SignalChecks.Size((long)frames.Steps * TimeSteps), frames.Channels, TimeStep);
    }

    internal override SignalFunction CreateFunction(SignalShape input)
    {
        int channels = SignalChecks.Frames(input, Frames).Channels;
        return (in SignalRow row, SignalWriter output) =>
        {
            row.CheckFinite();
            for (int i = 0; i < row.Values.Length; i++)
            {
                float value = row.Values[i];
                float spike = value > Threshold ? 1 : Signed && value < -Threshold ? -1 : 0;
                (int frame, int channel) = Math.DivRem(row.SlotOf(i), channels);
                output.Repeat(frame * TimeSteps, TimeSteps, channels, channel, spike);
            }
        };
    }
}
