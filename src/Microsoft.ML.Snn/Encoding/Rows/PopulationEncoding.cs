using System;
using System.IO;
using Microsoft.ML.Snn.Encoding.Rows;

namespace Microsoft.ML.Snn;

/// <summary>Encodes each feature by several neurons, each of which prefers another value: the nearer, the earlier it spikes.</summary>
/// <remarks>
/// <para>K Gaussian receptive fields per feature over the range from min to max, with centres
/// μ_k = min + (2k - 3)/2 · (max - min)/(K - 2), k = 1 to K, and the width σ = (max - min)/(β (K - 2)). The response
/// exp(-(x - μ)²/2σ²) from 1 to 0 becomes the step round((1 - response)(T - 1)); a response below the threshold stays
/// silent. Channel = feature · K + k - 1.</para>
/// <para>Source: Bohte, Kok and La Poutré, Neurocomputing 48:17 (2002), section 4.</para>
/// </remarks>
public sealed record PopulationEncoding : SignalOperation
{
    internal PopulationEncoding()
    {
    }

    /// <summary>Gets the number K of neurons per feature.</summary>
    /// <value>3 to 1024. The default is 8.</value>
    public int Units { get; init; } = 8;

    /// <summary>Gets the smallest value of the range that the fields cover.</summary>
    /// <value>The default is 0.</value>
    public float Minimum { get; init; }

    /// <summary>Gets the largest value of the range that the fields cover.</summary>
    /// <value>Above <see cref="Minimum"/>. The default is 1.</value>
    public float Maximum { get; init; } = 1;

    /// <summary>Gets β, the number of field widths between two centres.</summary>
    /// <value>Above 0. The default is 1.5: each value excites three or four neurons.</value>
    public float Sharpness { get; init; } = 1.5f;

    /// <summary>Gets the response below which a neuron stays silent.</summary>
    /// <value>At least 0, below 1. The default is 0.1.</value>
    public float Threshold { get; init; } = 0.1f;

    /// <summary>Gets the number T of steps of an example.</summary>
    /// <value>1 to 65536. The default is 20.</value>
    public int TimeSteps { get; init; } = 20;

    /// <summary>Gets the length of a step.</summary>
    /// <value>Milliseconds, above 0. The default is 1.</value>
    public float TimeStep { get; init; } = 1;

    /// <summary>Gets what happens to values outside the range.</summary>
    /// <value>The default is an error.</value>
    public OutOfRange OutOfRange { get; init; }

    internal override bool ReadsSpikes => false;

    internal override bool WritesSpikes => true;

    internal static PopulationEncoding Read(BinaryReader reader) => new()
    {
        Units = reader.ReadInt32(),
        Minimum = reader.ReadSingle(),
        Maximum = reader.ReadSingle(),
        Sharpness = reader.ReadSingle(),
        Threshold = reader.ReadSingle(),
        TimeSteps = reader.ReadInt32(),
        TimeStep = reader.ReadSingle(),
        OutOfRange = (OutOfRange)reader.ReadByte(),
    };

    internal override void Write(BinaryWriter writer)
    {
        writer.Write(Units);
        writer.Write(Minimum);
        writer.Write(Maximum);
        writer.Write(Sharpness);
        writer.Write(Threshold);
        writer.Write(TimeSteps);
        writer.Write(TimeStep);
        writer.Write((byte)OutOfRange);
    }

    internal override void Validate()
    {
        Require.InRange(Units, 3, 1024, "Use the number of neurons per feature, for example 8.");
        Require.Finite(Minimum, "Use the smallest value of the features, for example 0.");
        Require.Finite(Maximum, "Use the largest value of the features, for example 1.");
        Require.Positive(Maximum - Minimum, "The maximum must lie above the minimum.");
        Require.Positive(Sharpness, "Typical values are 1 to 2.");
        Require.Inside(Threshold, 0, 1, "Use 0.1 to silence neurons whose preferred value is far away.");
        SignalChecks.Time(TimeSteps, TimeStep);
        Require.Defined(OutOfRange, "Use OutOfRange.Error or OutOfRange.Clip.");
    }

    internal override SignalShape OutputOf(SignalShape input) =>
        new(TimeSteps, SignalChecks.Size(input.Slots * Units), TimeStep);

    internal override SignalFunction CreateFunction(SignalShape input)
    {
        int features = (int)input.Slots, channels = features * Units;
        float spacing = (Maximum - Minimum) / (Units - 2);
        float width = spacing / Sharpness;
        float[] values = new float[features];
        return (in SignalRow row, SignalWriter output) =>
        {
            Check(row);
            row.CopyTo(values);
            for (int feature = 0; feature < features; feature++)
            {
                float x = Math.Clamp(values[feature], Minimum, Maximum);
                for (int k = 0; k < Units; k++)
                {
                    float distance = (x - (Minimum + (k - 0.5f) * spacing)) / width;
                    float response = MathF.Exp(-0.5f * distance * distance);
                    if (response >= Threshold)
                    {
                        int step = (int)MathF.Round((1 - response) * (TimeSteps - 1));
                        output.Add(step * channels + feature * Units + k);
                    }
                }
            }
        };
    }

    private void Check(in SignalRow row)
    {
        for (int i = 0; i < row.Values.Length; i++)
        {
            float x = row.Values[i];
            if (float.IsNaN(x) || (OutOfRange == OutOfRange.Error && !(x >= Minimum && x <= Maximum)))
            {
                throw row.Error(i, FormattableString.Invariant($"hold values from {Minimum} to {Maximum}"),
                    float.IsNaN(x)
                        ? "Append mlContext.Transforms.ReplaceMissingValues before the encoder."
                        : "Append mlContext.Transforms.NormalizeMinMax before the encoder, or set outOfRange: OutOfRange.Clip.");
            }
        }
    }
}
