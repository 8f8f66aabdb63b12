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
        Vector256<double> v = zero, i = zero, maximum = zero, moment = zero, slope = zero;
        Vector256<double> arrival = -Vector256<double>.One;
        Vector256<double> silent = Vector256.LessThan(Vector256<double>.Indices, Vector256.Create((double)(Outputs - first)));
        double* time = Arrivals.Time;
        int count = Arrivals.Count;
        for (int k = 0; k < count; k++)
        {
            i += Weights(k, first);
            SegmentDecays decay = Stretches.OnAll(k);
            (Vector256<double> vEnd, Vector256<double> iEnd) = decay.Step(v, i);

            // Where V turns before the end its peak is the candidate, elsewhere the end.
            Vector256<double> turned = Vector256.GreaterThan(i, v) & Vector256.LessThan(iEnd, vEnd) & silent;
            Vector256<double> above = Vector256.GreaterThanOrEqual(vEnd, level) & silent;
            if (Any(turned | above))
            {
                Vector256<double> within = turned & Layer.Membrane.PeakReaches(v, i, maximum);
                if (Any(within | above))
                {
                    Vector256<double> peak = Vector256.ConditionalSelect(
                        within, Vector256.MaxNative(Layer.Membrane.PeakLeaves(v, i), decay.Membrane), Vector256<double>.One);
                    Vector256<double> vPeak = Layer.Membrane.Leaving(peak).Step(v, i).V;
                    above |= Vector256.GreaterThanOrEqual(vPeak, level) & within;
                    if (Any(above))
                    {
                        silent = Vector256.AndNot(silent, above);
                        Spike(first, above, time[k], v, i, level, decay.Membrane);
                        if (!Any(silent))
                        {
                            // After the last first spike nothing matters any more.
                            return;
                        }
                    }

                    Vector256<double> highest = within & Vector256.GreaterThan(vPeak, maximum);
                    maximum = Vector256.ConditionalSelect(highest, vPeak, maximum);
                    moment = Vector256.ConditionalSelect(highest, Vector256.Create(time[k]) + Layer.Membrane.TimeLeaving(peak), moment);
                    arrival = Vector256.ConditionalSelect(highest, -Vector256<double>.One, arrival);
                    slope = Vector256.AndNot(slope, highest);
                }
            }

            Vector256<double> higher = Vector256.AndNot(Vector256.GreaterThan(vEnd, maximum), turned);
            maximum = Vector256.ConditionalSelect(higher, vEnd, maximum);
            moment = Vector256.ConditionalSelect(higher, Vector256.Create(time[k + 1]), moment);
            arrival = Vector256.ConditionalSelect(higher, Vector256.Create(k + 1 < count ? k + 1.0 : -1), arrival);
            slope = Vector256.ConditionalSelect(higher, k + 1 < count ? iEnd - vEnd : zero, slope);
            (v, i) = (vEnd, iEnd);
        }

        OutputMoments moments = Slot.Moments;
        for (uint left = silent.ExtractMostSignificantBits(); left != 0; left &= left - 1)
        {
            int lane = BitOperations.TrailingZeroCount(left);
            int n = first + lane;
            (moments.Maximum[n], moments.Time[n]) = ((float)maximum[lane], moment[lane]);
            (moments.Arrival[n], moments.Slope[n]) = ((int)arrival[lane], (float)slope[lane]);
            moments.Current[n] = float.NaN;
            if (maximum[lane] <= 0 && Layer.Readout == ReadoutKind.FirstSpikeTime)
            {
                // Never above rest, which is where it started: what it ends with has a gradient, the start has none.
                (moments.Maximum[n], moments.Time[n]) = ((float)v[lane], Duration);
            }
        }
    }

    private static bool Any(Vector256<double> mask) => mask.ExtractMostSignificantBits() != 0;

    /// <summary>Writes down the first spikes of some of four outputs.</summary>
    private readonly void Spike(
        int first, Vector256<double> which, double start, Vector256<double> v, Vector256<double> i, Vector256<double> level,
        Vector256<double> rest)
    {
        OutputMoments moments = Slot.Moments;
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
        for (int k = 0; k < Arrivals.Count; k++)
        {
            Vector256<double> weights = Weights(k, first);
            arrived += weights * Layer.Integral.Weight(Arrivals.Time[k]);
            (v, i) = Stretches.OnAll(k).Step(v, i + weights);
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
