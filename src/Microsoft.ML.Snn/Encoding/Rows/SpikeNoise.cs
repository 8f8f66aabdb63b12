using System;
using System.IO;
using Microsoft.ML.Snn.Encoding;
using Microsoft.ML.Snn.Encoding.Rows;

namespace Microsoft.ML.Snn;

/// <summary>Makes a noisy copy of a spike train: spikes are lost, moved in time, or moved together to other channels.</summary>
/// <remarks>
/// The noise follows from the seed and the spikes of the row, so that it is the same whenever the row is read: for
/// other noise in every epoch use the trainer's augmentations. A spike moved beyond the ends of the trial stays at its
/// first or last step; one shifted beyond the first or last channel is lost.
/// </remarks>
public sealed record SpikeNoise : SignalOperation
{
    internal SpikeNoise()
    {
    }

    /// <summary>Gets the probability that a spike is lost.</summary>
    /// <value>0 to 1. The default is 0.</value>
    public float DropProbability { get; init; }

    /// <summary>Gets the standard deviation of the time that each spike is moved by.</summary>
    /// <value>Milliseconds, 0 or more. The default is 0.</value>
    public float JitterTime { get; init; }

    /// <summary>Gets by how many channels all spikes of a row are shifted at most, up or down.</summary>
    /// <value>0 or more. The default is 0.</value>
    public int MaximumShift { get; init; }

    /// <summary>Gets the seed.</summary>
    public int Seed { get; init; }

    internal override bool ReadsSpikes => true;

    internal override bool WritesSpikes => true;

    internal static SpikeNoise Read(BinaryReader reader) => new()
    {
        DropProbability = reader.ReadSingle(),
        JitterTime = reader.ReadSingle(),
        MaximumShift = reader.ReadInt32(),
        Seed = reader.ReadInt32(),
    };

    internal override void Write(BinaryWriter writer)
    {
        writer.Write(DropProbability);
        writer.Write(JitterTime);
        writer.Write(MaximumShift);
        writer.Write(Seed);
    }

    internal override void Validate()
    {
        Require.InRange(DropProbability, 0, 1, "Typical values are 0.01 to 0.3.");
        Require.NotNegative(JitterTime, "Typical values are one or a few time steps.");
        Require.InRange(MaximumShift, 0, Array.MaxLength, "Typical values are a few hundredths of the number of channels.");
    }

    internal override SignalShape OutputOf(SignalShape input) => input;

    internal override SignalFunction CreateFunction(SignalShape input) => (in SignalRow row, SignalWriter output) =>
    {
        CounterRandom random = new(row.KeyOf(Seed));
        int shift = (int)Math.Ceiling(random.NextUniform() * (2L * MaximumShift + 1)) - 1 - MaximumShift;
        double jitter = JitterTime / input.TimeStep;
        for (int i = 0; i < row.Values.Length; i++)
        {
            if (row.Values[i] == 0)
            {
                // Stored or not, a zero is no spike, and draws nothing.
                continue;
            }

            (int step, int channel) = Math.DivRem(row.SlotOf(i), input.Channels);

            // Every spike draws the same numbers, so that changing one kind of noise leaves the others alone. A uniform one is never 0.
            bool isLost = random.NextUniform() <= DropProbability;
            double moved = Math.Round(step + jitter * random.NextNormal());
            long shifted = (long)channel + shift;
            if (!isLost && shifted >= 0 && shifted < input.Channels)
            {
                output.Add((int)Math.Clamp(moved, 0, input.Steps - 1) * input.Channels + (int)shifted, row.Values[i]);
            }
        }
    };
}
