using System;
using System.IO;
using Microsoft.ML.Snn.Encoding.Rows;

namespace Microsoft.ML.Snn;

/// <summary>Encodes the changes of a time series: a spike whenever a value has moved by a threshold since the last one.</summary>
/// <remarks>
/// Send-on-delta: channel c of the series has the spike channels 2c (up) and 2c + 1 (down). A change of several
/// thresholds within a step is one event whose value is their number. A rest below one threshold is carried on, so that
/// the error never adds up. The first value is the reference and sends nothing, unless <see cref="StartsAtZero"/>.
/// Source: Miskowicz, Sensors 6:49 (2006); the same as a pixel of an event camera.
/// </remarks>
public sealed record DeltaEncoding : SignalOperation
{
    internal DeltaEncoding()
    {
    }

    /// <summary>Gets the change that sends a spike.</summary>
    /// <value>Above 0, in units of the series.</value>
    public required float Threshold { get; init; }

    /// <summary>Gets the number of values per time step.</summary>
    /// <value>1 or more; null: the second dimension of the column, or 1 where it has none.</value>
    public int? Channels { get; init; }

    /// <summary>Gets the length of a step.</summary>
    /// <value>Milliseconds, above 0. The default is 1.</value>
    public float TimeStep { get; init; } = 1;

    /// <summary>Gets whether the reference is 0 at first, so that the first value is encoded too, as a burst.</summary>
    /// <value>The default is false.</value>
    public bool StartsAtZero { get; init; }

    internal override bool ReadsSpikes => false;

    internal override bool WritesSpikes => true;

    internal static DeltaEncoding Read(BinaryReader reader)
    {
        float threshold = reader.ReadSingle();
        int channels = reader.ReadInt32();
        return new DeltaEncoding
        {
            Threshold = threshold,
            Channels = channels == 0 ? null : channels,
            TimeStep = reader.ReadSingle(),
            StartsAtZero = reader.ReadBoolean(),
        };
    }

    internal override void Write(BinaryWriter writer)
    {
        writer.Write(Threshold);
        writer.Write(Channels ?? 0);
        writer.Write(TimeStep);
        writer.Write(StartsAtZero);
    }

    internal override void Validate()
    {
        Require.Positive(Threshold, "Use the smallest change that matters, for example a tenth of the range.");
        Require.InRange(Channels ?? 1, 1, Array.MaxLength, "Use the number of values per time step.", nameof(Channels));
        Require.Positive(TimeStep, "It is the length of a step in milliseconds, for example 1.");
    }

    internal override SignalShape OutputOf(SignalShape input)
    {
        SignalShape series = SignalChecks.Series(input, Channels);
        return new SignalShape(series.Steps, SignalChecks.Size(2L * series.Channels * series.Steps) / series.Steps, TimeStep);
    }

    internal override SignalFunction CreateFunction(SignalShape input)
    {
        SignalShape series = SignalChecks.Series(input, Channels);
        float[] values = new float[series.Slots];
        double[] reference = new double[series.Channels];
        return (in SignalRow row, SignalWriter output) =>
        {
            row.CheckFinite();
            row.CopyTo(values);
            for (int c = 0; c < series.Channels; c++)
            {
                reference[c] = StartsAtZero ? 0 : values[c];
            }

            for (int slot = 0; slot < values.Length; slot++)
            {
                ref double last = ref reference[slot % series.Channels];

                // A change of exactly one threshold counts, also where rounding has taken a bit of it away.
                double moved = (values[slot] - last) / Threshold;
                double crossings = Math.Floor(Math.Abs(moved) * (1 + 1e-6));
                if (crossings >= 1)
                {
                    last += Math.Sign(moved) * crossings * Threshold;
                    output.Add(2 * slot + (moved > 0 ? 0 : 1), (float)crossings);
                }
            }
        };
    }
}
