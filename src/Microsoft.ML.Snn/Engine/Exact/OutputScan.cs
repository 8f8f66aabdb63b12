using System.Runtime.Intrinsics;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Exact;

/// <summary>Four outputs on their way through a trial, in search of the one moment that each is read at.</summary>
/// <remarks>
/// Most arrivals decide nothing. They are passed in a loop without a call, so that the state stays in registers; whoever owns the
/// scan deals with the others.
/// </remarks>
internal unsafe struct OutputScan
{
    /// <summary>V before the arrival that comes next.</summary>
    public Vector256<double> V;

    /// <summary>I before it.</summary>
    public Vector256<double> I;

    /// <summary>The largest V so far.</summary>
    public Vector256<double> Maximum;

    /// <summary>The arrival at which it was the largest, the number of arrivals for the end of the trial, or -1 for a moment in between.</summary>
    public Vector256<double> Arrival;

    /// <summary>That moment in milliseconds; only where <see cref="Arrival"/> is -1.</summary>
    public Vector256<double> Moment;

    /// <summary>I - V there, before the arrival.</summary>
    public Vector256<double> Slope;

    /// <summary>All bits set for outputs that have not spiked.</summary>
    public Vector256<double> Silent;

    /// <summary>Passes arrivals until one has to be looked at, and returns which, or the number of arrivals.</summary>
    /// <remarks>To be looked at is a stretch in which an output spikes, or may have turned above its maximum.</remarks>
    /// <param name="k">The first arrival.</param>
    /// <param name="arrivals">All arrivals.</param>
    /// <param name="stretches">What lies between them.</param>
    /// <param name="input">Weights of the four from the first row.</param>
    /// <param name="stride">Floats from row to row.</param>
    /// <param name="level">The threshold.</param>
    public int Pass(int k, EventTape arrivals, StretchRows stretches, float* input, nint stride, Vector256<double> level)
    {
        (Vector256<double> v, Vector256<double> i) = (V, I);
        (Vector256<double> maximum, Vector256<double> arrival, Vector256<double> slope) = (Maximum, Arrival, Slope);
        Vector256<double> silent = Silent;
        Vector256<double> one = Vector256<double>.One;
        int* row = arrivals.Neuron;
        float* value = arrivals.HasValues ? arrivals.Value : null;
        int count = arrivals.Count;
        for (; k < count; k++)
        {
            Vector256<double> weights = Fours.Load(input + row[k] * stride);
            Vector256<double> arrived = i + (value == null ? weights : weights * value[k]);
            SegmentDecays decay = stretches.OnAll(k);
            (Vector256<double> vEnd, Vector256<double> iEnd) = decay.Step(v, arrived);

            // V is concave in what is left of the membrane: while it rises it stays below its tangent.
            Vector256<double> bound = decay.Membrane * v + (one - decay.Membrane) * arrived;
            Vector256<double> turned = Vector256.GreaterThan(arrived, v) & Vector256.LessThan(iEnd, vEnd);
            Vector256<double> matters = (turned & Vector256.GreaterThan(bound, maximum)) | Vector256.GreaterThanOrEqual(vEnd, level);
            if ((matters & silent).ExtractMostSignificantBits() != 0)
            {
                break;
            }

            Vector256<double> higher = Vector256.AndNot(Vector256.GreaterThan(vEnd, maximum), turned);
            maximum = Choice.Of(higher, vEnd, maximum);
            arrival = Choice.Of(higher, Vector256.Create(k + 1.0), arrival);
            slope = Choice.Of(higher, iEnd - vEnd, slope);
            (v, i) = (vEnd, iEnd);
        }

        (V, I, Maximum, Arrival, Slope) = (v, i, maximum, arrival, slope);
        return k;
    }
}
