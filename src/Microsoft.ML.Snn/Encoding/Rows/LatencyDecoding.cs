using System;
using System.IO;
using Microsoft.ML.Snn.Encoding.Rows;

namespace Microsoft.ML.Snn;

/// <summary>Gives back the features that <see cref="LatencyEncodingTransformer"/> encoded, to within one step; silent channels become 0.</summary>
public sealed record LatencyDecoding : SignalOperation
{
    internal LatencyDecoding()
    {
    }

    /// <summary>Gets how a time becomes a value.</summary>
    public LatencyScale Scale { get; init; }

    /// <summary>Gets the ϑ of the logarithmic scale, x = ϑ/(1 - exp(-t/τ)).</summary>
    /// <value>Above 0, below 1. The default is 0.2.</value>
    public float Threshold { get; init; } = 0.2f;

    /// <summary>Gets the time constant τ of the logarithmic scale.</summary>
    /// <value>Milliseconds, above 0. The default is 20.</value>
    public float LatencyTime { get; init; } = 20;

    internal override bool ReadsSpikes => true;

    internal override bool WritesSpikes => false;

    internal static LatencyDecoding Read(BinaryReader reader) => new()
    {
        Scale = (LatencyScale)reader.ReadByte(),
        Threshold = reader.ReadSingle(),
        LatencyTime = reader.ReadSingle(),
    };

    internal override void Write(BinaryWriter writer)
    {
        writer.Write((byte)Scale);
        writer.Write(Threshold);
        writer.Write(LatencyTime);
    }

    internal override void Validate()
    {
        Require.Defined(Scale, "Use LatencyScale.Linear or LatencyScale.Logarithmic.");
        Require.InRange(Threshold, float.Epsilon, float.BitDecrement(1), "Use the threshold of the encoder.");
        Require.Positive(LatencyTime, "Use the time constant of the encoder.");
    }

    internal override SignalShape OutputOf(SignalShape input) => new(1, input.Channels, 0);

    internal override SignalFunction CreateFunction(SignalShape input)
    {
        bool[] seen = new bool[input.Channels];
        return (in SignalRow row, SignalWriter output) =>
        {
            Array.Clear(seen);
            for (int i = 0; i < row.Values.Length; i++)
            {
                (int step, int channel) = Math.DivRem(row.SlotOf(i), input.Channels);
                if (!seen[channel] && row.Values[i] != 0)
                {
                    seen[channel] = true;
                    output.Add(channel, ValueOf(step, input));
                }
            }
        };
    }

    private float ValueOf(int step, SignalShape input) => Scale == LatencyScale.Linear
        ? 1 - (float)step / Math.Max(1, input.Steps - 1)
        : MathF.Min(1, Threshold / (1 - MathF.Exp(-step * input.TimeStep / LatencyTime)));
}
