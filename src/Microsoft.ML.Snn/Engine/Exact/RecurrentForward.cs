using System;
using System.Globalization;
using System.Runtime.Intrinsics;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Exact;

/// <summary>Runs one recurrent layer through one trial, from moment to moment: arrivals from outside, and spikes of its own.</summary>
/// <remarks>
/// <para>A spike reaches all neurons of the layer, so that nobody can be followed past the next one. From each moment all neurons are
/// moved on as if none of them spiked; among those that may have, the earliest crossing is the next moment. To look as far as the
/// next arrival would list many neurons that the next spikes move again: how far it looks follows how many it found before.</para>
/// <para>A spike arrives at its own layer at once. V is continuous, a current jumps: so what arrives at the time of a crossing can
/// not prevent it. All that cross at one time spike, in order of the neurons, and then their spikes arrive; and for the same reason
/// there are no spikes that follow from others without time between them.</para>
/// </remarks>
internal unsafe ref struct RecurrentForward<TLane, TPower>
    where TLane : struct, ISimdLane<TLane>
    where TPower : struct, IKnownPower
{
    /// <summary>More spikes of a layer between two arrivals from outside than any sensible network has.</summary>
    public const int MaximumSpikes = 1_000_000;

    // A search takes four at a time; to list fewer would find none too often.
    private const int ManyListed = 8;
    private const double WantedListed = 4;

    // How much further it looks where nobody crosses; how far at first, and at least, in membrane times.
    private const double Further = 4;
    private const double FirstLook = 1.0 / 16;
    private const double LeastLook = 1e-6;

    // Whoever is below its threshold by more than this at the earliest crossing so far does not cross before it.
    private const double Caution = 1 - 1e-9;

    /// <summary>The same layer without its recurrent weights.</summary>
    public required SpikingForward<TLane, TPower> Free;

    /// <summary>Weights from the layer to itself, shape [row, neuron].</summary>
    public required float* Recurrent;

    /// <summary>Receives what happens when.</summary>
    public required MomentTable Moments;

    public readonly void Run()
    {
        EventTape arrivals = Free.Arrivals;
        arrivals.Close(Free.Duration);
        Free.Scratch.Clear(Free.Stride);
        Free.Tape.Count = 0;
        Moments.Clear();
        SegmentDecay since = Free.Layer.Membrane.Over(0);
        double look = FirstLook * Free.Layer.Membrane.MembraneTime;
        int count = arrivals.Count;
        for (int k = 0; k < count;)
        {
            int end = k + 1;
            while (end < count && arrivals.Time[end] == arrivals.Time[k])
            {
                end++;
            }

            since = Stretch(k, end, since, ref look);
            k = end;
        }
    }

    /// <summary>Adds the arrivals of one moment, then moves the layer from spike to spike to the next arrival; returns what lies before that one.</summary>
    private readonly SegmentDecay Stretch(int first, int end, SegmentDecay since, ref double look)
    {
        EventTape arrivals = Free.Arrivals;
        EventTape tape = Free.Tape;
        Arrive(Free.Input, arrivals.Neuron + first, arrivals.HasValues ? arrivals.Value + first : null, end - first);
        Moments.Add(since, end, tape.Count);
        int before = tape.Count;
        double now = arrivals.Time[first];
        double horizon = arrivals.Time[end];
        while (true)
        {
            // From the times: a layer that keeps itself going leaves nothing of such an exponential that could be divided.
            bool isWhole = look >= horizon - now;
            double length = isWhole ? horizon - now : look;
            SegmentDecay ahead = Free.Layer.Membrane.Over(length);
            Free.Move(0, 0, now, length, ahead);
            int listed = Free.Scratch.Sure.Count + Free.Scratch.Turned.Count;
            double leaves = Earliest(ahead.Membrane);
            if (leaves < 0 && isWhole)
            {
                Free.Scratch.Turn();
                return ahead;
            }

            if (leaves < 0)
            {
                look *= Further;
                continue;
            }

            int spike = tape.Count;
            double last = now;
            (since, now) = Spike(leaves, now, horizon);
            if (listed > ManyListed)
            {
                look = Math.Max(Math.Max(length * WantedListed / listed, now - last), LeastLook * Free.Layer.Membrane.MembraneTime);
            }

            if (tape.Count - before > MaximumSpikes)
            {
                throw TooManySpikes(tape.Neuron[spike], now);
            }

            Arrive(Recurrent, tape.Neuron + spike, null, tape.Count - spike);
            Moments.Add(since, end, tape.Count);
        }
    }

    private readonly void Arrive(float* weights, int* rows, float* values, int count) =>
        RowLoops<TLane>.AddRows(new EventSpan(rows, values, count), weights, Free.Scratch.I, Free.Stride);

    /// <summary>Finds the earliest crossing of all neurons on the lists; what is left of the membrane then, or -1 where nobody crosses.</summary>
    /// <remarks>Writes the same for every neuron that may be the earliest into its <see cref="CandidateList.Leaves"/>, and -1 for the others.</remarks>
    private readonly double Earliest(double rest)
    {
        if (Free.Scratch.Turned.Count + Free.Scratch.Sure.Count == 0)
        {
            return -1;
        }

        Free.SortOut();
        CandidateList list = Free.Scratch.Sure;
        int count = list.Count;
        if (count == 0)
        {
            return -1;
        }

        list.Pad();
        MembraneSegment membrane = Free.Layer.Membrane;
        Vector256<double> one = Vector256<double>.One;
        Vector256<double> level = Vector256.Create((double)Free.Layer.Threshold);
        Vector256<double> end = Vector256.Create(rest);
        (Vector256<float> about, Vector256<float> restAbout) = (Vector256.Create(Free.Layer.Threshold), Vector256.Create((float)rest));
        double best = -1;
        SegmentDecays toBest = default;
        for (int n = 0; n < count; n += Vector256<double>.Count)
        {
            (Vector256<double> v, Vector256<double> i) = (Fours.Load(list.V + n), Fours.Load(list.I + n));
            Vector256<double> found = -one;
            if (best < 0 || MayCrossBefore(toBest, v, i, level))
            {
                // Always within the whole stretch: neurons in the same state then have the same bits, wherever they are on the list.
                Vector256<float> guess = membrane.Guess<TPower>(Vector256.Load(list.V + n), Vector256.Load(list.I + n), about, restAbout);
                Vector256<double> leaves = membrane.CrossingLeaves<TPower>(v, i, level, end, Vector256.WidenLower(guess));

                // Rounding may have left a neuron at its threshold whose crossing is a last digit away.
                found = Vector256.ConditionalSelect(Vector256.GreaterThanOrEqual(v, level), one, leaves);
                double earliest = best;
                for (int m = n; m < Math.Min(n + Vector256<double>.Count, count); m++)
                {
                    earliest = Math.Max(earliest, found[m - n]);
                }

                if (earliest > best)
                {
                    best = earliest;
                    toBest = membrane.Leaving<TPower>(Vector256.Create(best));
                }
            }

            found.Store(list.Leaves + n);
        }

        return best;
    }

    /// <summary>Whether one of four neurons may be at its threshold by the time of the earliest crossing so far.</summary>
    /// <remarks>Whoever is below it there and has not turned still has its crossing ahead.</remarks>
    private static bool MayCrossBefore(in SegmentDecays toBest, Vector256<double> v, Vector256<double> i, Vector256<double> level)
    {
        (Vector256<double> vThen, Vector256<double> iThen) = toBest.Step(v, i);
        Vector256<double> may = Vector256.GreaterThanOrEqual(vThen, level * Caution) | Vector256.LessThan(iThen, vThen);
        return may.ExtractMostSignificantBits() != 0;
    }

    /// <summary>Moves all neurons to the earliest crossing and resets those that spike then; returns what lay before it and when it is.</summary>
    private readonly (SegmentDecay Since, double Time) Spike(double leaves, double now, double horizon)
    {
        MembraneSegment membrane = Free.Layer.Membrane;
        SegmentDecays decays = membrane.Leaving<TPower>(Vector256.Create(leaves));
        double into = decays.CurrentIntoMembrane[0];
        var since = new SegmentDecay(leaves, decays.Synapse[0], into, membrane.AdjointRatio * into);
        double time = Math.Min(now + membrane.TimeLeaving(Vector256.Create(leaves))[0], horizon);
        SegmentLanes<TLane> lanes = since.OnLanes<TLane>();
        float* v = Free.Scratch.V;
        float* i = Free.Scratch.I;
        for (int j = 0; j < Free.Stride; j += TLane.Width)
        {
            (TLane potential, TLane current) = (TLane.Load(v + j), TLane.Load(i + j));
            lanes.Step(ref potential, ref current);
            TLane.Store(Denormal.Flush(potential), v + j);
            TLane.Store(Denormal.Flush(current), i + j);
        }

        EventTape tape = Free.Tape;
        CandidateList list = Free.Scratch.Sure;
        int first = tape.Count;
        tape.Reserve(first + list.Count);
        Moments.ReserveSpikes(first + list.Count);
        for (int n = 0; n < list.Count; n++)
        {
            if (list.Leaves[n] != leaves)
            {
                continue;
            }

            // Those that turn are listed behind the others.
            int at = tape.Count++;
            for (; at > first && tape.Neuron[at - 1] > list.Neuron[n]; at--)
            {
                tape.Neuron[at] = tape.Neuron[at - 1];
            }

            tape.Neuron[at] = list.Neuron[n];
            tape.Time[tape.Count - 1] = time;
            v[list.Neuron[n]] = Free.Layer.Reset;
        }

        for (int k = first; k < tape.Count; k++)
        {
            Moments.Current[k] = i[tape.Neuron[k]];
        }

        return (since, time);
    }

    private readonly InvalidOperationException TooManySpikes(int neuron, double time) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"A recurrent layer must spike at most {MaximumSpikes} times between two arrivals, but the one fed by connection '{Free.Layer.Input.Name}' spikes more often: neuron {neuron} at {time} ms. ")
        + "Its neurons excite each other without end: lower the learning rate or the initial recurrent weights.");
}
