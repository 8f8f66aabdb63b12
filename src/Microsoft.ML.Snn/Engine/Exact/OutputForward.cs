using System;
using System.Numerics;
using System.Runtime.Intrinsics;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Exact;

/// <summary>Runs the output layer through one trial, from arrival to arrival, to its readouts.</summary>
internal unsafe ref struct OutputForward<TLane>
    where TLane : struct, ISimdLane<TLane>
{
    // The lanes are floats: an output is looked at already where it comes this close to its threshold.
    private const float Caution = 1 - 1e-5f;

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

    public required ExactScratch Scratch;

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
                    FindMaxima(n);
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
        new Span<double>(moments.Time, Outputs).Fill(double.NaN);
        new Span<float>(Scratch.Thresholds, Stride).Fill(Layer.Threshold);
        Scratch.Clear(Stride);
        int silent = Outputs;

        // After the last first spike nothing matters any more.
        for (int k = 0; k < Arrivals.Count && silent > 0; k++)
        {
            silent -= Stretch(k);
        }

        for (int n = 0; n < Outputs && silent > 0; n += Vector256<double>.Count)
        {
            FindMaxima(n);
        }

        for (int n = 0; n < Outputs; n++)
        {
            moments.SpikeTime[n] = moments.Time[n];
            if (float.IsNaN(moments.Current[n]))
            {
                if (moments.Maximum[n] <= 0)
                {
                    // Never above rest, which is where it started: what it ends with has a gradient, the start has none.
                    (moments.Maximum[n], moments.Time[n], moments.Arrival[n]) = (Scratch.V[n], Duration, -1);
                }

                moments.SpikeTime[n] = FirstSpikeEquations.SilentTime(
                    Duration, Layer.Membrane.MembraneTime, moments.Maximum[n], Layer.Threshold);
            }
        }
    }

    /// <summary>Moves the outputs from one arrival to the next; returns how many spiked for the first time.</summary>
    private readonly int Stretch(int arrival)
    {
        double start = Arrivals.Time[arrival];
        double length = Arrivals.Time[arrival + 1] - start;
        SegmentDecay decay = Stretches[arrival];
        TLane zero = TLane.Splat(0);
        TLane caution = TLane.Splat(Caution);
        TLane largestGain = TLane.Splat((float)Layer.Membrane.GainWithin(length, decay.CurrentIntoMembrane));
        TLane value = TLane.Splat(Arrivals.HasValues ? Arrivals.Value[arrival] : 1);
        float* row = Input + (nint)Arrivals.Neuron[arrival] * Stride;
        int found = 0;
        for (int j = 0; j < Stride; j += TLane.Width)
        {
            TLane threshold = TLane.Load(Scratch.Thresholds + j);
            TLane before = TLane.Load(Scratch.V + j);
            TLane arrived = TLane.Load(Scratch.I + j) + value * TLane.Load(row + j);
            (TLane v, TLane i) = (before, arrived);
            TLane bound = TLane.SelectGreaterOrEqual(v, zero, v, zero) + largestGain * i;
            decay.Step(ref v, ref i);
            TLane.Store(v, Scratch.V + j);
            TLane.Store(i, Scratch.I + j);
            uint candidates = TLane.MaskGreaterOrEqual(v, threshold)
                | (TLane.MaskGreaterOrEqual(bound, caution * threshold) & ~TLane.MaskGreaterOrEqual(i, v));
            if (candidates != 0)
            {
                TLane.Store(before, Scratch.Lanes);
                TLane.Store(arrived, Scratch.Lanes + TLane.Width);
                for (; candidates != 0; candidates &= candidates - 1)
                {
                    found += Spikes(j, BitOperations.TrailingZeroCount(candidates), start, length) ? 1 : 0;
                }
            }
        }

        return found;
    }

    private readonly bool Spikes(int j, int lane, double start, double length)
    {
        OutputMoments moments = Slot.Moments;
        double i = Scratch.Lanes[TLane.Width + lane];
        double crossing = Layer.Membrane.Crossing(Scratch.Lanes[lane], i, Layer.Threshold, length);
        if (!(crossing <= length))
        {
            return false;
        }

        moments.Time[j + lane] = start + crossing;
        moments.Current[j + lane] = (float)(i * Layer.Membrane.Over(crossing).Synapse);
        moments.Arrival[j + lane] = -1;
        Scratch.Thresholds[j + lane] = float.PositiveInfinity;
        return true;
    }

    /// <summary>Finds when the potential of each of four outputs is at its largest; those that have spiked stay as they are.</summary>
    private readonly void FindMaxima(int first)
    {
        Vector256<double> v = Vector256<double>.Zero, i = v, maximum = v, time = v, slope = v;
        Vector256<double> arrival = -Vector256<double>.One;
        int count = Arrivals.Count;
        for (int k = 0; k < count; k++)
        {
            i += Weights(k, first);
            SegmentDecays decay = Splat(Stretches[k]);
            (Vector256<double> vEnd, Vector256<double> iEnd) = decay.Step(v, i);

            // Where V turns before the end its peak is the candidate, elsewhere the end.
            Vector256<double> turned = Vector256.GreaterThan(i, v) & Vector256.LessThan(iEnd, vEnd);
            Vector256<double> higher = Vector256.AndNot(Vector256.GreaterThan(vEnd, maximum), turned);
            maximum = Vector256.ConditionalSelect(higher, vEnd, maximum);
            time = Vector256.ConditionalSelect(higher, Vector256.Create(Arrivals.Time[k + 1]), time);
            arrival = Vector256.ConditionalSelect(higher, Vector256.Create(k + 1 < count ? k + 1.0 : -1), arrival);
            slope = Vector256.ConditionalSelect(higher, k + 1 < count ? iEnd - vEnd : Vector256<double>.Zero, slope);
            Vector256<double> bound = Vector256.MaxNative(v, Vector256<double>.Zero) + i * Layer.Membrane.GainWithin(Arrivals.Time[k + 1] - Arrivals.Time[k], Stretches[k].CurrentIntoMembrane);
            turned &= Vector256.GreaterThan(bound, maximum);
            if (turned.ExtractMostSignificantBits() != 0)
            {
                Vector256<double> length = Vector256.Create(Arrivals.Time[k + 1] - Arrivals.Time[k]);
                Vector256<double> peak = Vector256.MinNative(Layer.Membrane.PeakTime(v, i), length);
                (Vector256<double> vPeak, _) = Layer.Membrane.Over(peak).Step(v, i);
                Vector256<double> highest = turned & Vector256.GreaterThan(vPeak, maximum);
                maximum = Vector256.ConditionalSelect(highest, vPeak, maximum);
                time = Vector256.ConditionalSelect(highest, Vector256.Create(Arrivals.Time[k]) + peak, time);
                arrival = Vector256.ConditionalSelect(highest, -Vector256<double>.One, arrival);
                slope = Vector256.AndNot(slope, highest);
            }

            (v, i) = (vEnd, iEnd);
        }

        OutputMoments moments = Slot.Moments;
        for (int n = first; n < Math.Min(first + Vector256<double>.Count, Outputs); n++)
        {
            int lane = n - first;
            if (Layer.Readout != ReadoutKind.FirstSpikeTime || double.IsNaN(moments.Time[n]))
            {
                (moments.Maximum[n], moments.Time[n]) = ((float)maximum[lane], time[lane]);
                (moments.Arrival[n], moments.Slope[n]) = ((int)arrival[lane], (float)slope[lane]);
                moments.Current[n] = float.NaN;
            }
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
            (v, i) = Splat(Stretches[k]).Step(v, i + weights);
        }

        return (v, i, arrived);
    }

    /// <summary>What arrival <paramref name="k"/> adds to the currents of four outputs.</summary>
    private readonly Vector256<double> Weights(int k, int first)
    {
        float* row = Input + (nint)Arrivals.Neuron[k] * Stride + first;
        (Vector128<double> low, Vector128<double> high) = Vector128.Widen(Vector128.Load(row));
        return Vector256.Create(low, high) * (Arrivals.HasValues ? Arrivals.Value[k] : 1);
    }

    private static SegmentDecays Splat(SegmentDecay decay) => new(
        Vector256.Create(decay.Membrane), Vector256.Create(decay.Synapse), Vector256.Create(decay.CurrentIntoMembrane));
}
