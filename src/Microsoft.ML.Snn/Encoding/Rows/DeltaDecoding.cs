using System.IO;
using Microsoft.ML.Snn.Encoding.Rows;

namespace Microsoft.ML.Snn;

/// <summary>Gives back the time series that <see cref="DeltaEncoding"/> encoded, to within one threshold.</summary>
/// <remarks>The series begins at 0: without <see cref="DeltaEncoding.StartsAtZero"/> its first value is not in the spikes.</remarks>
public sealed record DeltaDecoding : SignalOperation
{
    internal DeltaDecoding()
    {
    }

    /// <summary>Gets the change that each spike stands for.</summary>
    /// <value>Above 0; that of the encoder.</value>
    public required float Threshold { get; init; }

    internal override bool ReadsSpikes => true;

    internal override bool WritesSpikes => false;

    internal static DeltaDecoding Read(BinaryReader reader) => new() { Threshold = reader.ReadSingle() };

    internal override void Write(BinaryWriter writer) => writer.Write(Threshold);

    internal override void Validate() => Require.Positive(Threshold, "Use the threshold of the encoder.");

    internal override SignalShape OutputOf(SignalShape input) => input.Channels % 2 == 0
        ? new SignalShape(input.Steps, input.Channels / 2, 0)
        : throw new System.ArgumentException(
            $"The spike train must have an up and a down channel per value, but has {input.Channels} channels. Use one that EncodeDelta made.");

    internal override SignalFunction CreateFunction(SignalShape input)
    {
        int channels = input.Channels / 2;
        double[] level = new double[channels];
        float[] events = new float[input.Slots];
        return (in SignalRow row, SignalWriter output) =>
        {
            System.Array.Clear(level);
            row.CopyTo(events);
            for (int slot = 0; slot < input.Steps * channels; slot++)
            {
                ref double value = ref level[slot % channels];
                value += Threshold * ((double)events[2 * slot] - events[2 * slot + 1]);
                output.Add(slot, (float)value);
            }
        };
    }
}
