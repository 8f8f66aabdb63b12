using System;
using System.Globalization;
using System.IO;
using Microsoft.ML.Snn.Encoding.Rows;

namespace Microsoft.ML.Snn;

/// <summary>Copies of every channel of a spike train, each later than the one before: what came earlier arrives together with what comes now.</summary>
/// <remarks>
/// <para>Copy k of channel c is channel k · N + c, with the spikes of c moved by k delays, k from 0. The spike train becomes
/// longer by (copies - 1) delays, so that no spike is lost; <see cref="SnnOperations.CropSpikes"/> cuts it off again.</para>
/// <para>Source: Nowotny, Turner and Knight, Neuromorph. Comput. Eng. 5:014001 (2025): ten copies, 30 ms apart, on spoken digits.</para>
/// </remarks>
public sealed record DelayLine : SignalOperation
{
    internal DelayLine()
    {
    }

    /// <summary>Gets the number of copies of each channel, the one without delay included.</summary>
    /// <value>2 to 1024.</value>
    public required int Copies { get; init; }

    /// <summary>Gets how much later each copy is than the one before; rounded to whole steps.</summary>
    /// <value>Milliseconds, above 0 and at least half a step.</value>
    public required float Delay { get; init; }

    internal override bool ReadsSpikes => true;

    internal override bool WritesSpikes => true;

    internal static DelayLine Read(BinaryReader reader) => new() { Copies = reader.ReadInt32(), Delay = reader.ReadSingle() };

    internal override void Write(BinaryWriter writer)
    {
        writer.Write(Copies);
        writer.Write(Delay);
    }

    internal override void Validate()
    {
        Require.InRange(Copies, 2, 1024, "Typical values are 2 to 10; one copy would be the spike train itself.");
        Require.Positive(Delay, "Typical values are 5 to 50 ms.");
    }

    internal override SignalShape OutputOf(SignalShape input)
    {
        double delay = Math.Round(Delay / input.TimeStep);
        double steps = input.Steps + (Copies - 1) * delay;
        if (delay < 1 || steps > 65_536)
        {
            throw new ArgumentOutOfRangeException(nameof(input), string.Create(
                CultureInfo.InvariantCulture,
                $"A delay line must move spikes by at least one step and stay below 65536 steps, but {Copies} copies, {Delay} ms apart, of a {input} do not. ")
                + "Use another delay or other copies.");
        }

        SignalChecks.Size((long)steps * Copies * input.Channels);
        return input with { Steps = (int)steps, Channels = Copies * input.Channels };
    }

    internal override SignalFunction CreateFunction(SignalShape input)
    {
        int delay = (int)Math.Round(Delay / input.TimeStep);
        int channels = Copies * input.Channels;
        return (in SignalRow row, SignalWriter output) =>
        {
            for (int i = 0; i < row.Values.Length; i++)
            {
                (int step, int channel) = Math.DivRem(row.SlotOf(i), input.Channels);
                for (int copy = 0; copy < Copies; copy++)
                {
                    output.Add((step + copy * delay) * channels + copy * input.Channels + channel, row.Values[i]);
                }
            }
        };
    }
}
