using System;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Exact;

/// <summary>Runs one spiking layer through one trial, from arrival to arrival.</summary>
/// <remarks>
/// Between two arrivals every neuron follows its own closed form. All of them are moved at once, with the same four numbers;
/// a cheap bound on the potential picks those that may spike before the next arrival, and they are followed one by one.
/// </remarks>
internal unsafe ref struct SpikingForward<TLane>
    where TLane : struct, ISimdLane<TLane>
{
    /// <summary>More spikes of one neuron between two arrivals than any sensible network has.</summary>
    private const int MaximumSpikes = 1_000_000;

    // The lanes are floats: a neuron is looked at already where it comes this close to its threshold.
    private const float Caution = 1 - 1e-5f;

    public required ExactLayer Layer;

    /// <summary>Length of the trial in milliseconds.</summary>
    public required double Duration;

    /// <summary>Number of neurons, padded to whole lanes; also the distance between two rows of weights.</summary>
    public required int Stride;

    /// <summary>Weights from the layer before, shape [row, neuron].</summary>
    public required float* Input;

    public required EventTape Arrivals;

    public required ExactScratch Scratch;

    /// <summary>Receives the spikes.</summary>
    public required EventTape Tape;

    public readonly void Run()
    {
        Unsafe.InitBlock(Scratch.V, 0, (uint)(Stride * sizeof(float)));
        Unsafe.InitBlock(Scratch.I, 0, (uint)(Stride * sizeof(float)));
        Tape.Count = 0;
        double* time = Arrivals.Time;
        int count = Arrivals.Count;
        for (int k = 0; k < count;)
        {
            double start = time[k];
            int end = k + 1;
            while (end < count && time[end] == start)
            {
                end++;
            }

            Stretch(k, end, start, (end < count ? time[end] : Duration) - start);
            k = end;
        }
    }

    /// <summary>Adds the arrivals of one moment, then moves the layer to the next moment.</summary>
    private readonly void Stretch(int first, int end, double start, double length)
    {
        MembraneSegment membrane = Layer.Membrane;
        SegmentDecay decay = membrane.Over(length);
        double gain = length < membrane.LargestGainTime ? decay.CurrentIntoMembrane : membrane.LargestGain;
        TLane zero = TLane.Splat(0);
        TLane largestGain = TLane.Splat((float)gain);
        TLane threshold = TLane.Splat(Layer.Threshold * Caution);
        int spikes = Tape.Count;
        for (int j = 0; j < Stride; j += TLane.Width)
        {
            TLane i = TLane.Load(Scratch.I + j);
            for (int k = first; k < end; k++)
            {
                TLane row = TLane.Load(Input + (nint)Arrivals.Neuron[k] * Stride + j);
                i += Arrivals.HasValues ? TLane.Splat(Arrivals.Value[k]) * row : row;
            }

            TLane v = TLane.Load(Scratch.V + j);
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
                Follow(j, BitOperations.TrailingZeroCount(candidates), start, length, decay);
            }
        }

        Scratch.Sorter.Sort(Tape, spikes);
    }

    /// <summary>Follows one neuron through a stretch, from spike to spike.</summary>
    private readonly void Follow(int j, int lane, double start, double length, SegmentDecay decay)
    {
        double v = Scratch.Lanes[lane];
        double i = Scratch.Lanes[TLane.Width + lane];
        double time = start;
        double left = length;
        double crossing = Layer.Membrane.Crossing(v, i, Layer.Threshold, left, decay);
        if (!(crossing <= left))
        {
            return;
        }

        int spikes = 0;
        do
        {
            (v, i) = (Layer.Reset, i * Math.Exp(-crossing / Layer.Membrane.SynapseTime));
            time += crossing;
            left = Math.Max(0, left - crossing);
            Tape.Add(time, j + lane, (float)i);
            if (++spikes > MaximumSpikes)
            {
                throw TooManySpikes(j + lane, start);
            }

            decay = Layer.Membrane.Over(left);
            crossing = Layer.Membrane.Crossing(v, i, Layer.Threshold, left, decay);
        }
        while (crossing <= left);

        (v, i) = decay.Step(v, i);
        (Scratch.V[j + lane], Scratch.I[j + lane]) = ((float)v, (float)i);
    }

    private readonly InvalidOperationException TooManySpikes(int neuron, double time) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"A neuron must spike at most {MaximumSpikes} times between two arrivals, but neuron {neuron} fed by connection '{Layer.Input.Name}' spikes more often after {time} ms. ")
        + "Lower the learning rate or the initial weights.");
}
