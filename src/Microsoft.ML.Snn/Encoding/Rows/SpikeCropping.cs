using System;
using System.IO;
using Microsoft.ML.Snn.Encoding.Rows;

namespace Microsoft.ML.Snn;

/// <summary>Keeps a window of a spike train.</summary>
public sealed record SpikeCropping : SignalOperation
{
    internal SpikeCropping()
    {
    }

    /// <summary>Gets the first step that is kept; it becomes step 0.</summary>
    /// <value>0 or more.</value>
    public int FirstStep { get; init; }

    /// <summary>Gets how many steps are kept; a window that ends after the spike train is filled up with silence.</summary>
    /// <value>1 to 65536.</value>
    public required int TimeSteps { get; init; }

    internal override bool ReadsSpikes => true;

    internal override bool WritesSpikes => true;

    internal static SpikeCropping Read(BinaryReader reader) =>
        new() { FirstStep = reader.ReadInt32(), TimeSteps = reader.ReadInt32() };

    internal override void Write(BinaryWriter writer)
    {
        writer.Write(FirstStep);
        writer.Write(TimeSteps);
    }

    internal override void Validate()
    {
        Require.InRange(FirstStep, 0, 65_535, "Use 0 to keep the beginning.");
        Require.InRange(TimeSteps, 1, 65_536, "Use the number of steps to keep.");
    }

    internal override SignalShape OutputOf(SignalShape input)
    {
        SignalChecks.Size((long)TimeSteps * input.Channels);
        return input with { Steps = TimeSteps };
    }

    internal override SignalFunction CreateFunction(SignalShape input) => (in SignalRow row, SignalWriter output) =>
    {
        for (int i = 0; i < row.Values.Length; i++)
        {
            (int step, int channel) = Math.DivRem(row.SlotOf(i), input.Channels);
            if (step >= FirstStep && step - FirstStep < TimeSteps)
            {
                output.Add((step - FirstStep) * input.Channels + channel, row.Values[i]);
            }
        }
    };
}
