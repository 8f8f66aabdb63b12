using System;
using System.Numerics;
using System.Runtime.CompilerServices;
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

    public required ExactScratch Scratch;

    /// <summary>Receives the readouts, or the moments.</summary>
    public required ExactSlot Slot;

    public readonly void Run()
    {
        switch (Layer.Readout)
        {
            case ReadoutKind.FirstSpikeTime:
                FirstSpikes();
                break;

            case ReadoutKind.Maximum:
                for (int n = 0; n < Outputs; n++)
                {
                    FindMaximum(n);
                    Slot.Readout[n] = Slot.Moments.Maximum[n];
                }

                break;

            case ReadoutKind.Final:
                for (int n = 0; n < Outputs; n++)
                {
                    Slot.Readout[n] = (float)Integrate(n).V;
                    (Slot.Moments.Time[n], Slot.Moments.Arrival[n]) = (Duration, -1);
                }

                break;

            default:
                for (int n = 0; n < Outputs; n++)
                {
                    (double v, double i, double arrived) = Integrate(n);
                    Slot.Readout[n] = (float)Layer.Integral.Readout(arrived, v, i);
                }

                break;
        }
    }

    private readonly void FirstSpikes()
    {
        OutputMoments moments = Slot.Moments;
        new Span<double>(moments.Time, Outputs).Fill(double.NaN);
        Unsafe.InitBlock(Scratch.V, 0, (uint)(Stride * sizeof(float)));
        Unsafe.InitBlock(Scratch.I, 0, (uint)(Stride * sizeof(float)));
        int silent = Outputs;

        // After the last first spike nothing matters any more.
        for (int k = 0; k < Arrivals.Count && silent > 0; k++)
        {
            double start = Arrivals.Time[k];
            double next = k + 1 < Arrivals.Count ? Arrivals.Time[k + 1] : Duration;
            silent -= Stretch(k, start, next - start);
        }

        for (int n = 0; n < Outputs; n++)
        {
            moments.SpikeTime[n] = moments.Time[n];
            if (double.IsNaN(moments.Time[n]))
            {
                FindMaximum(n);
                if (moments.Maximum[n] <= 0)
                {
                    // Never above rest, which is where it started: what it ends with has a gradient, the start has none.
                    (moments.Maximum[n], moments.Time[n], moments.Arrival[n]) = (Scratch.V[n], Duration, -1);
                }

                moments.Current[n] = float.NaN;
                moments.SpikeTime[n] = FirstSpikeEquations.SilentTime(
                    Duration, Layer.Membrane.MembraneTime, moments.Maximum[n], Layer.Threshold);
            }
        }
    }

    /// <summary>Moves the outputs from one arrival to the next; returns how many spiked for the first time.</summary>
    private readonly int Stretch(int arrival, double start, double length)
    {
        MembraneSegment membrane = Layer.Membrane;
        SegmentDecay decay = membrane.Over(length);
        double gain = length < membrane.LargestGainTime ? decay.CurrentIntoMembrane : membrane.LargestGain;
        TLane zero = TLane.Splat(0);
        TLane largestGain = TLane.Splat((float)gain);
        TLane threshold = TLane.Splat(Layer.Threshold * Caution);
        TLane value = TLane.Splat(Arrivals.HasValues ? Arrivals.Value[arrival] : 1);
        float* row = Input + (nint)Arrivals.Neuron[arrival] * Stride;
        int found = 0;
        for (int j = 0; j < Stride; j += TLane.Width)
        {
            TLane v = TLane.Load(Scratch.V + j);
            TLane i = TLane.Load(Scratch.I + j) + value * TLane.Load(row + j);
            TLane bound = TLane.SelectGreaterOrEqual(v, zero, v, zero) + largestGain * i;
            uint candidates = TLane.MaskGreaterOrEqual(bound, threshold);
            if (candidates != 0)
            {
                TLane.Store(v, Scratch.Lanes);
                TLane.Store(i, Scratch.Lanes + TLane.Width);
            }

            decay.Step(ref v, ref i);
            TLane.Store(v, Scratch.V + j);
            TLane.Store(i, Scratch.I + j);
            for (; candidates != 0; candidates &= candidates - 1)
            {
                found += Spikes(j, BitOperations.TrailingZeroCount(candidates), start, length, decay) ? 1 : 0;
            }
        }

        return found;
    }

    private readonly bool Spikes(int j, int lane, double start, double length, SegmentDecay decay)
    {
        OutputMoments moments = Slot.Moments;
        if (!double.IsNaN(moments.Time[j + lane]))
        {
            return false;
        }

        double i = Scratch.Lanes[TLane.Width + lane];
        double crossing = Layer.Membrane.Crossing(Scratch.Lanes[lane], i, Layer.Threshold, length, decay);
        if (!(crossing <= length))
        {
            return false;
        }

        moments.Time[j + lane] = start + crossing;
        moments.Current[j + lane] = (float)(i * Math.Exp(-crossing / Layer.Membrane.SynapseTime));
        moments.Arrival[j + lane] = -1;
        return true;
    }

    private readonly void FindMaximum(int output)
    {
        OutputMoments moments = Slot.Moments;
        (moments.Time[output], moments.Maximum[output], moments.Slope[output], moments.Arrival[output]) = (0, 0, 0, -1);
        (double v, double i) = (0, 0);
        for (int k = 0; k < Arrivals.Count; k++)
        {
            double start = Arrivals.Time[k];
            bool isLast = k + 1 == Arrivals.Count;
            double length = (isLast ? Duration : Arrivals.Time[k + 1]) - start;
            i += Input[(nint)Arrivals.Neuron[k] * Stride + output] * (Arrivals.HasValues ? Arrivals.Value[k] : 1);
            (double vEnd, double iEnd) = Layer.Membrane.Over(length).Step(v, i);
            double peak = i > v && iEnd < vEnd ? Layer.Membrane.PeakTime(v, i) : double.PositiveInfinity;
            if (peak < length)
            {
                Offer(output, Layer.Membrane.Over(peak).Step(v, i).V, start + peak, -1, 0);
            }
            else
            {
                Offer(output, vEnd, start + length, isLast ? -1 : k + 1, isLast ? 0 : (float)(iEnd - vEnd));
            }

            (v, i) = (vEnd, iEnd);
        }
    }

    private readonly void Offer(int output, double value, double time, int arrival, float slope)
    {
        OutputMoments moments = Slot.Moments;
        if (value > moments.Maximum[output])
        {
            (moments.Maximum[output], moments.Time[output], moments.Arrival[output], moments.Slope[output]) =
                ((float)value, time, arrival, slope);
        }
    }

    /// <summary>V and I of an output at the end of the trial, and what arrived at it, weighted by time as the readout wants it.</summary>
    private readonly (double V, double I, double Arrived) Integrate(int output)
    {
        (double v, double i, double arrived, double now) = (0, 0, 0, 0);
        for (int k = 0; k < Arrivals.Count; k++)
        {
            double weight = Input[(nint)Arrivals.Neuron[k] * Stride + output] * (Arrivals.HasValues ? Arrivals.Value[k] : 1);
            (v, i) = Layer.Membrane.Over(Arrivals.Time[k] - now).Step(v, i);
            now = Arrivals.Time[k];
            i += weight;
            arrived += weight * Layer.Integral.Weight(now);
        }

        (v, i) = Layer.Membrane.Over(Duration - now).Step(v, i);
        return (v, i, arrived);
    }
}
