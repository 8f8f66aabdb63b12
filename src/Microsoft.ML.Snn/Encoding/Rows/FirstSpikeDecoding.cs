using System;
using System.IO;
using Microsoft.ML.Snn.Encoding.Rows;

namespace Microsoft.ML.Snn;

/// <summary>The time of the first spike of each channel, in milliseconds; a silent channel has the length of the trial.</summary>
public sealed record FirstSpikeDecoding : SignalOperation
{
    internal FirstSpikeDecoding()
    {
    }

    internal override bool ReadsSpikes => true;

    internal override bool WritesSpikes => false;

    internal static FirstSpikeDecoding Read(BinaryReader reader) => new();

    internal override void Write(BinaryWriter writer)
    {
    }

    internal override void Validate()
    {
    }

    internal override SignalShape OutputOf(SignalShape input) => new(1, input.Channels, 0);

    internal override SignalFunction CreateFunction(SignalShape input)
    {
        int[] first = new int[input.Channels];
        return (in SignalRow row, SignalWriter output) =>
        {
            Array.Fill(first, input.Steps);
            for (int i = 0; i < row.Values.Length; i++)
            {
                (int step, int channel) = Math.DivRem(row.SlotOf(i), input.Channels);
                if (row.Values[i] != 0)
                {
                    first[channel] = Math.Min(first[channel], step);
                }
            }

            for (int c = 0; c < first.Length; c++)
            {
                output.Add(c, first[c] * input.TimeStep);
            }
        };
    }
}
