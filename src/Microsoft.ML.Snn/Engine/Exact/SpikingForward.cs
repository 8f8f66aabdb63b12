using System;
using System.Globalization;
using System.Numerics;
using System.Runtime.Intrinsics;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Exact;

/// <summary>Runs one spiking layer through one trial, from arrival to arrival.</summary>
/// <remarks>
/// Between two arrivals every neuron follows its own closed form. All of them are moved at once, with the same three numbers;
/// those that end the stretch above their threshold, and those that may have been above it in between, are followed four
/// at a time in double precision.
/// </remarks>
internal unsafe ref struct SpikingForward<TLane, TPower>
    where TLane : struct, ISimdLane<TLane>
    where TPower : struct, IKnownPower
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

    /// <summary>Receives what lies between the arrivals.</summary>
    public required StretchTable Stretches;

    public required ExactScratch Scratch;

    /// <summary>Receives the spikes.</summary>
    public required EventTape Tape;

    public readonly void Run()
    {
        Stretches.Fill(Layer.Membrane, Arrivals, Duration);
        Scratch.Clear(Stride);
        Tape.Count = 0;
        double* time = Arrivals.Time;
        int count = Arrivals.Count;
        for (int k = 0; k < count;)
        {
            int end = k + 1;
            while (end < count && time[end] == time[k])
            {
                end++;
            }

            Stretch(k, end);
            k = end;
        }
    }

    /// <summary>Adds the arrivals of one moment, then moves the layer to the next moment.</summary>
    private readonly void Stretch(int first, int end)
    {
        double start = Arrivals.Time[first];
        double length = Arrivals.Time[end] - start;
        new Span<int>(Stretches.FirstSpike + first, end - first).Fill(Tape.Count);
        Move(first, end, start, length, Stretches[end - 1]);
        int record = Tape.Count;
        for (int round = 0; Scratch.Turned.Count + Scratch.Sure.Count > 0; round++)
        {
            if (round > MaximumSpikes)
            {
                throw TooManySpikes(Scratch.Sure.Neuron[0], Scratch.Sure.Time[0]);
            }

            SortOut();
            record = Spike(record, isFirst: round == 0);
        }

        Scratch.Turn();
        Scratch.Sorter.Append(Tape, record - Tape.Count, start, length);
    }

    /// <summary>Moves all neurons as if none of them spiked, and lists those that may.</summary>
    public readonly void Move(int first, int end, double start, double length, SegmentDecay stretch)
    {
        SegmentLanes<TLane> decay = stretch.OnLanes<TLane>();
        TLane zero = TLane.Splat(0);
        TLane largestGain = TLane.Splat((float)Layer.Membrane.GainWithin(length, stretch.CurrentIntoMembrane));
        TLane threshold = TLane.Splat(Layer.Threshold);
        TLane cautious = TLane.Splat(Layer.Threshold * Caution);
        (CandidateList sure, CandidateList turned) = (Scratch.Sure, Scratch.Turned);
        int surely = 0, perhaps = 0;
        float* vNow = Scratch.V;
        float* iNow = Scratch.I;
        float* vNext = Scratch.NextV;
        float* iNext = Scratch.NextI;
        int* row = Arrivals.Neuron;
        float* value = Arrivals.HasValues ? Arrivals.Value : null;
        float* input = Input;
        nint stride = Stride;
        for (int j = 0; j < stride; j += TLane.Width)
        {
            TLane i = TLane.Load(iNow + j);
            for (int k = first; k < end; k++)
            {
                TLane weights = TLane.Load(input + row[k] * stride + j);
                i += value == null ? weights : TLane.Splat(value[k]) * weights;
            }

            TLane v = TLane.Load(vNow + j);
            (TLane before, TLane arrived) = (v, i);
            TLane bound = TLane.SelectGreaterOrEqual(v, zero, v, zero) + largestGain * i;
            decay.Step(ref v, ref i);
            TLane.Store(v, vNext + j);
            TLane.Store(i, iNext + j);

            // Whatever has not turned is at its largest at the end.
            uint above = TLane.MaskGreaterOrEqual(v, threshold);
            uint below = TLane.MaskGreaterOrEqual(bound, cautious) & ~(above | TLane.MaskGreaterOrEqual(i, v));
            surely = sure.Put(surely, above, j, before, arrived);
            if (below != 0)
            {
                perhaps = turned.Put(perhaps, below, j, before, arrived);
            }
        }

        sure.Begin(surely, start, stretch.Membrane);
        turned.Begin(perhaps, start, stretch.Membrane);
    }

    /// <summary>Moves those neurons to the sure ones whose potential is at the threshold when it turns.</summary>
    public readonly void SortOut()
    {
        CandidateList list = Scratch.Turned;
        int count = list.Count;
        if (count == 0)
        {
            return;
        }

        list.Pad();
        list.Count = 0;
        MembraneSegment membrane = Layer.Membrane;
        Vector256<double> level = Vector256.Create((double)Layer.Threshold);
        for (int n = 0; n < count; n += Vector256<double>.Count)
        {
            uint reaches = membrane.PeakReaches<TPower>(Fours.Load(list.V + n), Fours.Load(list.I + n), level).ExtractMostSignificantBits();
            for (reaches &= Among(n, count); reaches != 0; reaches &= reaches - 1)
            {
                list.CopyTo(Scratch.Sure, n + BitOperations.TrailingZeroCount(reaches));
            }
        }
    }

    /// <summary>Lets every sure neuron spike once, and lists again who may spike once more; returns where the next record goes.</summary>
    private readonly int Spike(int record, bool isFirst)
    {
        MembraneSegment membrane = Layer.Membrane;
        CandidateList list = Scratch.Sure;
        SpikeRecords records = Tape.Records;
        int count = list.Count;
        if (count == 0)
        {
            return record;
        }

        list.Pad();
        list.Count = 0;
        records.Reserve(record + count + Vector256<float>.Count);
        Search(list, count, isFirst, records.Time + record);
        Vector256<double> level = Vector256.Create((double)Layer.Threshold);
        Vector256<double> reset = Vector256.Create((double)Layer.Reset);
        Vector256<double> start = Vector256.MaxNative(reset, Vector256<double>.Zero);
        Vector256<double> ratio = Vector256.Create(membrane.AdjointRatio);
        float* nextV = Scratch.NextV;
        float* nextI = Scratch.NextI;
        for (int n = 0; n < count; n += Vector256<double>.Count)
        {
            SegmentDecays before = membrane.Leaving<TPower>(Vector256.Load(list.Leaves + n));
            SegmentDecays rest = membrane.Leaving<TPower>(Vector256.MinNative(Vector256.Load(list.Rest + n) / before.Membrane, Vector256<double>.One));
            Vector256<double> current = before.Synapse * Fours.Load(list.I + n);
            (Vector256<double> vEnd, Vector256<double> iEnd) = rest.Step(reset, current);
            int at = record + n;
            rest.Membrane.Store(list.Rest + n);
            Fours.Store(before.Membrane, records.BeforeMembrane + at);
            Fours.Store(before.Synapse, records.BeforeSynapse + at);
            Fours.Store(before.CurrentIntoMembrane * ratio, records.BeforeIntoSynapse + at);
            Fours.Store(rest.Membrane, records.AfterMembrane + at);
            Fours.Store(rest.Synapse, records.AfterSynapse + at);
            Fours.Store(rest.CurrentIntoMembrane * ratio, records.AfterIntoSynapse + at);
            Fours.Store(current, records.Current + at);
            Vector128.Load(list.Neuron + n).Store(records.Neuron + at);
            Vector128<int>.One.Store(records.IsLast + at);
            Fours.Store(vEnd, list.V + n);
            Fours.Store(iEnd, list.I + n);

            // Again only where it could reach the threshold once more: whatever has not turned is at its largest at the end.
            Vector256<double> bound = start + membrane.GainWithin(rest) * current;
            Vector256<double> turned = Vector256.LessThan(iEnd, vEnd) & Vector256.GreaterThan(current, level);
            Vector256<double> again = Vector256.GreaterThanOrEqual(bound, level) & (Vector256.GreaterThanOrEqual(vEnd, level) | turned);
            int end = Math.Min(n + Vector256<double>.Count, count);
            for (int m = n; m < end; m++)
            {
                int neuron = list.Neuron[m];
                (nextV[neuron], nextI[neuron]) = (list.V[m], list.I[m]);
                if (list.Last[m] >= 0)
                {
                    records.IsLast[list.Last[m]] = 0;
                }
            }

            uint bits = again.ExtractMostSignificantBits() & Among(n, count);
            for (; bits != 0; bits &= bits - 1)
            {
                // The list is filled anew behind the neurons that are read from it.
                int m = n + BitOperations.TrailingZeroCount(bits);
                CandidateList next = list.V[m] >= Layer.Threshold ? list : Scratch.Turned;
                next.Add(list.Neuron[m], Layer.Reset, records.Current[record + m], records.Time[record + m], list.Rest[m], record + m);
            }
        }

        return record + count;
    }

    /// <summary>Finds when each neuron of a list reaches its threshold, first as well as single precision knows.</summary>
    private readonly void Search(CandidateList list, int count, bool isFirst, double* times)
    {
        MembraneSegment membrane = Layer.Membrane;
        if (isFirst)
        {
            Vector256<float> about = Vector256.Create(Layer.Threshold);
            for (int n = 0; n < count; n += Vector256<float>.Count)
            {
                Vector256<float> rest = Vector256.Narrow(Vector256.Load(list.Rest + n), Vector256.Load(list.Rest + n + Vector256<double>.Count));
                membrane.Guess<TPower>(Vector256.Load(list.V + n), Vector256.Load(list.I + n), about, rest).Store(list.Guess + n);
            }
        }
        else
        {
            // Fewer from round to round, so that each waits for its own chain of instructions: a table has a shorter one.
            AgainTable again = Layer.Again;
            for (int n = 0; n < (count + Vector256<double>.Count - 1 & -Vector256<double>.Count); n++)
            {
                list.Guess[n] = again.Leaves(list.I[n]);
            }
        }

        // Most need one step in double precision. Fours do not wait for one another.
        Vector256<double> level = Vector256.Create((double)Layer.Threshold);
        for (int n = 0; n < count; n += Vector256<double>.Count)
        {
            membrane.CrossingLeaves<TPower>(
                Fours.Load(list.V + n), Fours.Load(list.I + n), level, Vector256.Load(list.Rest + n), Fours.Load(list.Guess + n)).Store(list.Leaves + n);
        }

        // A call before which all registers are saved: in a loop of its own.
        for (int n = 0; n < count; n += Vector256<double>.Count)
        {
            (Vector256.Load(list.Time + n) + membrane.TimeLeaving(Vector256.Load(list.Leaves + n))).Store(times + n);
        }
    }

    /// <summary>The bits of those of a group of four that are no padding.</summary>
    private static uint Among(int first, int count) => count - first >= Vector256<double>.Count ? 0xf : (1u << (count - first)) - 1;

    private readonly InvalidOperationException TooManySpikes(int neuron, double time) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"A neuron must spike at most {MaximumSpikes} times between two arrivals, but neuron {neuron} fed by connection '{Layer.Input.Name}' spikes more often after {time} ms. ")
        + "Lower the learning rate or the initial weights.");
}
