using System.IO;
using Microsoft.ML.Snn.Encoding.Rows;

namespace Microsoft.ML.Snn;

/// <summary>Counts the spikes of each channel: a spike train becomes a vector of features.</summary>
public sealed record SpikeCountDecoding : SignalOperation
{
    internal SpikeCountDecoding()
    {
    }

    /// <summary>Gets whether the result is a rate in hertz, the count divided by the length of the trial, instead of a count.</summary>
    public bool AsRate { get; init; }

    internal override bool ReadsSpikes => true;

    internal override bool WritesSpikes => false;

    internal static SpikeCountDecoding Read(BinaryReader reader) => new() { AsRate = reader.ReadBoolean() };

    internal override void Write(BinaryWriter writer) => writer.Write(AsRate);

    internal override void Validate()
    {
    }

    internal override SignalShape OutputOf(SignalShape input) => new(1, input.Channels, 0);

    internal override SignalFunction CreateFunction(SignalShape input)
    {
        float[] counts = new float[input.Channels];
        float scale = AsRate ? 1000 / (input.Steps * input.TimeStep) : 1;
        return (in SignalRow row, SignalWriter output) =>
        {
            System.Array.Clear(counts);
            for (int i = 0; i < row.Values.Length; i++)
            {
                counts[row.SlotOf(i) % input.Channels] += row.Values[i];
            }

            for (int c = 0; c < counts.Length; c++)
            {
                output.Add(c, counts[c] * scale);
            }
        };
    }
}
