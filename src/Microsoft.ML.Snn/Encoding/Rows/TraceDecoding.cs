using System;
using System.IO;
using Microsoft.ML.Snn.Encoding.Rows;

namespace Microsoft.ML.Snn;

/// <summary>Filters each channel with an exponential and takes samples: spike trains become features that keep some of the timing.</summary>
/// <remarks>
/// r ← r·exp(-Δt/τ) + spikes at each step; the n-th of N samples is r at the end of step ⌈n·T/N⌉, so that the last one
/// is that at the end of the trial. Output: a matrix of N samples by channels.
/// </remarks>
public sealed record TraceDecoding : SignalOperation
{
    internal TraceDecoding()
    {
    }

    /// <summary>Gets the time constant τ of the trace.</summary>
    /// <value>Milliseconds, above 0. The default is 20.</value>
    public float TraceTime { get; init; } = 20;

    /// <summary>Gets the number N of samples.</summary>
    /// <value>1 to the number of steps. The default is 1.</value>
    public int Samples { get; init; } = 1;

    internal override bool ReadsSpikes => true;

    internal override bool WritesSpikes => false;

    internal static TraceDecoding Read(BinaryReader reader) =>
        new() { TraceTime = reader.ReadSingle(), Samples = reader.ReadInt32() };

    internal override void Write(BinaryWriter writer)
    {
        writer.Write(TraceTime);
        writer.Write(Samples);
    }

    internal override void Validate()
    {
        Require.Positive(TraceTime, "It is a time constant in milliseconds, for example 20.");
        Require.InRange(Samples, 1, 65_536, "Use 1 for the trace at the end of the trial.");
    }

    internal override SignalShape OutputOf(SignalShape input) => Samples <= input.Steps
        ? new SignalShape(Samples, input.Channels, 0)
        : throw new ArgumentException(
            $"There must be at most one sample per step, but {Samples} samples were asked of {input.Steps} steps. Use fewer samples.");

    internal override SignalFunction CreateFunction(SignalShape input)
    {
        float[] trace = new float[input.Channels];
        float decay = MathF.Exp(-input.TimeStep / TraceTime);
        return (in SignalRow row, SignalWriter output) =>
        {
            Array.Clear(trace);
            int next = 0, sample = 0;
            for (int step = 0; step < input.Steps; step++)
            {
                foreach (ref float r in trace.AsSpan())
                {
                    r *= decay;
                }

                for (; next < row.Values.Length && row.SlotOf(next) / input.Channels == step; next++)
                {
                    trace[row.SlotOf(next) % input.Channels] += row.Values[next];
                }

                // Sample n is due when (step + 1)/T reaches (n + 1)/N.
                if ((long)(step + 1) * Samples >= (long)(sample + 1) * input.Steps)
                {
                    for (int c = 0; c < trace.Length; c++)
                    {
                        output.Add(sample * input.Channels + c, trace[c]);
                    }

                    sample++;
                }
            }
        };
    }
}
