using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Exact;

/// <summary>Runs the output layer through one trial, from arrival to arrival, to its readouts.</summary>
/// <remarks>Four outputs at a time in double precision, with their state in registers: a trial has many more arrivals than outputs.</remarks>
internal unsafe ref struct OutputForward
{
    public required ExactOutput Layer;

    /// <summary>Length of the trial in milliseconds.</summary>
    public required double Duration;

    public required int Outputs;

    /// <summary>Number of outputs, padded to whole lanes; also the distance between two rows of weights.</summary>
    public required int Stride;

    /// <summary>Weights from the layer before, shape [row, output].</summary>
    public required float* Input;

    public required EventTape Arrivals;

    /// <summary>Receives what lies between the arrivals.</summary>
    public required StretchTable Stretches;

    /// <summary>Receives the readouts, or the moments.</summary>
    public required ExactSlot Slot;

    public readonly void Run()
    {
        Stretches.Fill(Layer.Membrane, Arrivals, Duration);
        int width = Vector256<double>.Count;
        switch (Layer.Readout)
        {
            case ReadoutKind.FirstSpikeTime:
                FirstSpikes();
                break;

            case ReadoutKind.Maximum:
                for (int n = 0; n < Outputs; n += width)
                {
                    FindMoments(n, double.PositiveInfinity);
                }

                for (int n = 0; n < Outputs; n++)
                {
                    Slot.Readout[n] = Slot.Moments.Maximum[n];
                }

                break;

            case ReadoutKind.Final:
                for (int n = 0; n < Outputs; n += width)
                {
                    (Vector256<double> v, _, _) = Integrate(n);
                    for (int m = n; m < Math.Min(n + width, Outputs); m++)
                    {
                        Slot.Readout[m] = (float)v[m - n];
                        (Slot.Moments.Time[m], Slot.Moments.Arrival[m]) = (Duration, -1);
                    }
                }

                break;

            default:
                for (int n = 0; n < Outputs; n += width)
                {
                    (Vector256<double> v, Vector256<double> i, Vector256<double> arrived) = Integrate(n);
                    for (int m = n; m < Math.Min(n + width, Outputs); m++)
                    {
                        Slot.Readout[m] = (float)Layer.Integral.Readout(arrived[m - n], v[m - n], i[m - n]);
                    }
                }

                break;
        }
    }

    private readonly void FirstSpikes()
    {
        OutputMoments moments = Slot.Moments;
        for (int n = 0; n < Outputs; n += Vector256<double>.Count)
        {
            FindMoments(n, Layer.Threshold);
        }

        for (int n = 0; n < Outputs; n++)
        {
            moments.SpikeTime[n] = float.IsNaN(moments.Current[n])
                ? FirstSpikeEquations.SilentTime(Duration, Layer.Membrane.MembraneTime, moments.Maximum[n], Layer.Threshold)
                : moments.Time[n];
        }
    }

    /// <summary>Finds when each of four outputs first spikes, or when the potential of one that stays silent is at its largest.</summary>
    private readonly void FindMoments(int first, double threshold)
    {
        Vector256<double> zero = Vector256<double>.Zero;
        Vector256<double> level = Vector256.Create(threshold);
        var scan = new OutputScan
        {
            V = zero,
            I = zero,
            Maximum = zero,
            Arrival = -Vector256<double>.One,
            Moment = zero,
            Slope = zero,
            Silent = Vector256.LessThan(Vector256<double>.Indices, Vector256.Create((double)(Outputs - first))),
        };
        StretchRows stretches = Stretches.Rows;
        int count = Arrivals.Count;
        for (int k = 0; k < count; k++)
        {
            k = scan.Pass(k, Arrivals, stretches, Input + first, Stride, level);
            if (k < count)
            {
                Turn(k, first, level, stretches.OnAll(k), ref scan);
                if (!Any(scan.Silent))
                {
                    // After the last first spike nothing matters any more.
                    return;
                }
            }
        }

        OutputMoments moments = Slot.Moments;
        for (uint left = scan.Silent.ExtractMostSignificantBits(); left != 0; left &= left - 1)
        {
            int lane = BitOperations.TrailingZeroCount(left);
            int n = first + lane;
            int arrival = (int)scan.Arrival[lane];
            bool isEnded = arrival >= 0 && arrival < count;
            (moments.Maximum[n], moments.Time[n]) = ((float)scan.Maximum[lane], arrival < 0 ? scan.Moment[lane] : Arrivals.Time[arrival]);
            (moments.Arrival[n], moments.Slope[n]) = (isEnded ? arrival : -1, isEnded ? (float)scan.Slope[lane] : 0);
            moments.Current[n] = float.NaN;
            if (scan.Maximum[lane] <= 0 && Layer.Readout == ReadoutKind.FirstSpikeTime)
            {
                // Never above rest, which is where it started: what it ends with has a gradient, the start has none.
                (moments.Maximum[n], moments.Time[n]) = ((float)scan.V[lane], Duration);
            }
        }
    }

    /// <summary>Passes an arrival behind which an output may turn or spike.</summary>
    private readonly void Turn(int k, int first, Vector256<double> level, SegmentDecays decay, ref OutputScan scan)
    {
        (Vector256<double> v, Vector256<double> i) = (scan.V, scan.I + Weights(k, first));
        (Vector256<double> vEnd, Vector256<double> iEnd) = decay.Step(v, i);

        // Where V turns before the end its peak is the candidate, elsewhere the end.
        Vector256<double> turned = Vector256.GreaterThan(i, v) & Vector256.LessThan(iEnd, vEnd) & scan.Silent;
        Vector256<double> above = Vector256.GreaterThanOrEqual(vEnd, level) & scan.Silent;
        Vector256<double> within = turned & Layer.Membrane.PeakReaches<AnyPower>(v, i, scan.Maximum);
        if (Any(within | above))
        {
            Vector256<double> peak = Choice.Of(
                within, Vector256.MaxNative(Layer.Membrane.PeakLeaves(v, i), decay.Membrane), Vector256<double>.One);
            Vector256<double> vPeak = Layer.Membrane.Leaving(peak).Step(v, i).V;
            above |= Vector256.GreaterThanOrEqual(vPeak, level) & within;
            if (Any(above))
            {
                scan.Silent = Vector256.AndNot(scan.Silent, above);
                Spike(first, above, Arrivals.Time[k], v, i, level, decay.Membrane);
            }

            Vector256<double> highest = within & Vector256.GreaterThan(vPeak, scan.Maximum);
            scan.Maximum = Choice.Of(highest, vPeak, scan.Maximum);
            scan.Moment = Choice.Of(highest, Vector256.Create(Arrivals.Time[k]) + Layer.Membrane.TimeLeaving(peak), scan.Moment);
            scan.Arrival = Choice.Of(highest, -Vector256<double>.One, scan.Arrival);
        }

        Vector256<double> higher = Vector256.AndNot(Vector256.GreaterThan(vEnd, scan.Maximum), turned);
        scan.Maximum = Choice.Of(higher, vEnd, scan.Maximum);
        scan.Arrival = Choice.Of(higher, Vector256.Create(k + 1.0), scan.Arrival);
        scan.Slope = Choice.Of(higher, iEnd - vEnd, scan.Slope);
        (scan.V, scan.I) = (vEnd, iEnd);
    }

    private static bool Any(Vector256<double> mask) => mask.ExtractMostSignificantBits() != 0;

    /// <summary>Writes down the first spikes of some of four outputs.</summary>
    private readonly void Spike(
        int first, Vector256<double> which, double start, Vector256<double> v, Vector256<double> i, Vector256<double> level,
        Vector256<double> rest)
    {
        OutputMoments moments = Slot.Moments;

        // The others have no crossing, and a search for it would take long to end.
        int some = BitOperations.TrailingZeroCount(which.ExtractMostSignificantBits());
        v = Choice.Of(which, v, Vector256.Create(v[some]));
        i = Choice.Of(which, i, Vector256.Create(i[some]));
        Vector256<double> s = Layer.Membrane.Crossing(v, i, level, rest, out SegmentDecays decays);
        Vector256<double> current = i * decays.Synapse;
        for (uint left = which.ExtractMostSignificantBits(); left != 0; left &= left - 1)
        {
            int lane = BitOperations.TrailingZeroCount(left);
            moments.Time[first + lane] = start + s[lane];
            moments.Current[first + lane] = (float)current[lane];
            moments.Arrival[first + lane] = -1;
        }
    }

    /// <summary>V and I of four outputs at the end of the trial, and what arrived at each, weighted by time as the readout wants it.</summary>
    private readonly (Vector256<double> V, Vector256<double> I, Vector256<double> Arrived) Integrate(int first)
    {
        Vector256<double> v = Vector256<double>.Zero, i = v, arrived = v;
        StretchRows stretches = Stretches.Rows;
        for (int k = 0; k < Arrivals.Count; k++)
        {
            Vector256<double> weights = Weights(k, first);
            arrived += weights * Layer.Integral.Weight(Arrivals.Time[k]);
            (v, i) = stretches.OnAll(k).Step(v, i + weights);
        }

        return (v, i, arrived);
    }

    /// <summary>What arrival <paramref name="k"/> adds to the currents of four outputs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly Vector256<double> Weights(int k, int first)
    {
        Vector256<double> row = Fours.Load(Input + (nint)Arrivals.Neuron[k] * Stride + first);
        return Arrivals.HasValues ? row * Arrivals.Value[k] : row;
    }
}
