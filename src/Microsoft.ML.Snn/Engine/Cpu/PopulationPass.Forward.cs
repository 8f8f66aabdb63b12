using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Cpu;

internal sealed unsafe partial class PopulationPass<TLane>
{
    public override void BeginForward()
    {
        Clear();
        Tape.Clear();
        _eprop?.BeginForward();
    }

    public override void Advance(int step)
    {
        if (IsAtRest)
        {
            return;
        }

        bool spiking = Program.Neuron.IsSpiking;
        if (Trace != null)
        {
            KeepState(step);
        }

        if (_isUsual)
        {
            AdvanceUsual(step);
        }
        else
        {
            for (int j = 0; j < _stride; j += TLane.Width)
            {
                AdvanceLane(step, j, spiking);
            }
        }

        if (step % Denormal.StepsBetweenFlushes == 0)
        {
            Flush();
        }
    }

    /// <summary>What <see cref="AdvanceLane"/> does, for leaky neurons with one exponential current: nothing is asked per lane.</summary>
    /// <remarks>
    /// The new state goes to the other half of the memory, so that a spike finds the old one there; lanes with spikes are
    /// listed without a branch. A branch at every lane would be mispredicted about once per spike.
    /// </remarks>
    private void AdvanceUsual(int step)
    {
        float* before = V;
        float* arrived = Current(0);
        _potential = _otherPotential;
        _currents = _otherCurrents;
        _otherPotential = before;
        _otherCurrents = arrived;
        ulong* spikingLanes = _spikingLanes.Pointer;
        bool bySubtraction = Program.Neuron.ResetBySubtraction;
        int count = Coefficients.IsUniform
            ? StepUniform(before, arrived, _potential, _currents, Coefficients.Usual, spikingLanes, _stride, bySubtraction)
            : StepUsual(before, arrived, _potential, _currents, Coefficients.Usual, spikingLanes, _stride, bySubtraction);
        RecordUsual(step + 1, count, before, arrived);
    }

    /// <summary>Moves all lanes, and lists those with spikes as (first neuron, bits).</summary>
    /// <remarks>Apart from its caller, so that all addresses stay in registers.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int StepUsual(
        float* before, float* arrived, float* after, float* left, float* usual, ulong* spikingLanes, int stride, bool bySubtraction)
    {
        int count = 0;
        for (int j = 0; j < stride; j += TLane.Width)
        {
            uint spikes = StepUsual(
                before + j, arrived + j, after + j, left + j, TLane.Load(usual), TLane.Load(usual + TLane.Width),
                TLane.Load(usual + 2 * TLane.Width), TLane.Load(usual + 3 * TLane.Width), TLane.Load(usual + 4 * TLane.Width), bySubtraction);
            spikingLanes[count] = ((ulong)(uint)j << 32) | spikes;
            count += spikes != 0 ? 1 : 0;
            usual += PopulationCoefficients.UsualArrays * TLane.Width;
        }

        return count;
    }

    /// <summary>The same where all neurons have the same numbers, which stay in registers.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int StepUniform(
        float* before, float* arrived, float* after, float* left, float* usual, ulong* spikingLanes, int stride, bool bySubtraction)
    {
        TLane leak = TLane.Load(usual);
        TLane decay = TLane.Load(usual + TLane.Width);
        TLane gain = TLane.Load(usual + 2 * TLane.Width);
        TLane threshold = TLane.Load(usual + 3 * TLane.Width);
        TLane reset = TLane.Load(usual + 4 * TLane.Width);
        int count = 0;
        for (int j = 0; j < stride; j += TLane.Width)
        {
            uint spikes = StepUsual(
                before + j, arrived + j, after + j, left + j, leak, decay, gain, threshold, reset, bySubtraction);
            spikingLanes[count] = ((ulong)(uint)j << 32) | spikes;
            count += spikes != 0 ? 1 : 0;
        }

        return count;
    }

    /// <summary>Moves one lane, and gives a bit for each neuron that spikes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint StepUsual(
        float* before, float* arrived, float* after, float* left,
        TLane leak, TLane decay, TLane gain, TLane threshold, TLane reset, bool bySubtraction)
    {
        TLane v = leak * TLane.Load(before);
        TLane i = TLane.Load(arrived);
        PopulationEquations.Exponential(ref v, ref i, decay, gain);
        TLane.Store(i, left);
        TLane.Store(PopulationEquations.Reset(v, threshold, threshold, reset, bySubtraction), after);
        return TLane.MaskGreaterOrEqual(v, threshold);
    }

    /// <summary>Writes the spikes of the listed lanes to the tape: the numbers of a whole lane at once, without a branch per spike.</summary>
    private void RecordUsual(int index, int count, float* before, float* arrived)
    {
        GraphTape tape = Tape;
        tape.Reserve(count * TLane.Width);
        float* decay = Coefficients.Decay;
        float* intoMembrane = Coefficients.Groups[0].IntoMembrane;
        float* thresholds = Coefficients.Threshold;
        TLane leak = TLane.Splat(Coefficients.Leak);
        TLane time = TLane.Splat(BitConverter.Int32BitsToSingle(index));
        float* after = _potential;
        float* left = _currents;
        ulong* lanes = _spikingLanes.Pointer;
        int at = tape.Count;
        for (int n = 0; n < count; n++)
        {
            int first = (int)(lanes[n] >> 32);
            uint spikes = (uint)lanes[n];
            TLane v = TLane.Load(before + first);
            TLane i = TLane.Load(arrived + first);
            TLane threshold = TLane.Load(thresholds + first);
            TLane smooth = TLane.Load(decay + first) * v;
            smooth += TLane.Load(intoMembrane + first) * i;
            TLane current = PopulationSpike.CurrentAt(v, smooth, i, TLane.Load(left + first), threshold);
            TLane.Pack(PopulationSpike.SlopeAt(current, leak, threshold), spikes, tape.Slope + at);
            TLane.Pack(PopulationSpike.SlopeAt(current, leak, TLane.Load(after + first)), spikes, tape.ReleaseSlope + at);
            TLane.PackIndices(spikes, first, tape.Neuron + at);
            TLane.Store(time, (float*)(tape.Time + at));
            TLane.Store(TLane.Splat(0), tape.Error + at);
            at += BitOperations.PopCount(spikes);
        }

        tape.Count = at;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void AdvanceLane(int step, int j, bool spiking)
    {
        PopulationCoefficients c = Coefficients;
        TLane before = TLane.Load(V + j);
        TLane v = TLane.Load(c.Decay + j) * before;
        Integrate(j, ref v, out TLane arrived, out TLane left);
        TLane smooth = v;
        if (c.HasDelta)
        {
            v += TLane.Load(Delta + j);
        }

        if (!spiking)
        {
            TLane.Store(v, V + j);
            ClearDelta(j);
            return;
        }

        TLane threshold = TLane.Load(c.Threshold + j);
        if (_isAdaptive)
        {
            TLane adaptation = TLane.Load(Adaptation + j);
            threshold = PopulationEquations.AdaptThreshold(
                threshold, TLane.Load(c.AdaptationStrength + j), TLane.Load(c.AdaptationDecay + j), ref adaptation);
            TLane.Store(adaptation, Adaptation + j);
        }

        uint spikes = TLane.MaskGreaterOrEqual(v, threshold);
        TLane after = PopulationEquations.Reset(
            v, threshold, TLane.Load(c.Threshold + j), TLane.Load(c.Reset + j), Program.Neuron.ResetBySubtraction);
        _eprop?.Note(step, j, v, threshold, Program.Neuron.RefractorySteps > 0 ? TLane.Load(Held + j) : TLane.Splat(0));
        if (Program.Neuron.RefractorySteps > 0)
        {
            spikes &= ~Hold(j, before, ref after);
        }

        TLane.Store(after, V + j);
        if (spikes != 0)
        {
            float* lanes = _spiking.Pointer;
            TLane.Store(before, lanes);
            TLane.Store(smooth, lanes + TLane.Width);
            TLane.Store(arrived, lanes + 2 * TLane.Width);
            TLane.Store(left, lanes + 3 * TLane.Width);
            TLane.Store(threshold, lanes + 4 * TLane.Width);
            Record(step + 1, j, spikes);
        }

        ClearDelta(j);
    }

    /// <summary>Lets the currents act on the potential, and gives their sum before and after the step.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Integrate(int j, ref TLane v, out TLane arrived, out TLane left)
    {
        arrived = TLane.Splat(0);
        left = arrived;
        GroupCoefficients[] groups = Coefficients.Groups;
        for (int g = 0; g < groups.Length; g++)
        {
            ref readonly GroupCoefficients group = ref groups[g];
            if (group.Kind == SynapseKind.Delta)
            {
                continue;
            }

            float* current = Current(g) + j;
            TLane i = TLane.Load(current);
            arrived += i;
            if (group.Kind == SynapseKind.Exponential)
            {
                PopulationEquations.Exponential(ref v, ref i, TLane.Load(group.Decay + j), TLane.Load(group.IntoMembrane + j));
            }
            else
            {
                TLane first = TLane.Load(current + _stride);
                PopulationEquations.Alpha(
                    ref v, ref i, ref first, TLane.Load(group.Decay + j), TLane.Load(group.IntoMembrane + j),
                    TLane.Load(group.FirstIntoMembrane + j), TLane.Load(group.Gain + j));
                TLane.Store(first, current + _stride);
            }

            left += i;
            TLane.Store(i, current);
        }

        if (_hasBias)
        {
            TLane bias = TLane.Load(Coefficients.Bias + j);
            arrived += bias;
            left += bias;
            v += TLane.Load(Coefficients.Drive + j);
        }
    }

    private void ClearDelta(int j)
    {
        if (Coefficients.HasDelta)
        {
            TLane.Store(TLane.Splat(0), Delta + j);
        }
    }

    /// <summary>Keeps the potential of neurons in their refractory period, and notes the slope of those that leave it.</summary>
    /// <returns>A bit for each neuron that was held.</returns>
    private uint Hold(int j, TLane before, ref TLane after)
    {
        TLane one = TLane.Splat(1);
        TLane held = TLane.Load(Held + j);
        TLane remaining = TLane.SelectGreaterOrEqual(held, one, held - one, held);
        TLane.Store(remaining, Held + j);
        after = TLane.SelectGreaterOrEqual(held, one, before, after);

        uint wasHeld = TLane.MaskGreaterOrEqual(held, one);
        uint released = wasHeld & ~TLane.MaskGreaterOrEqual(remaining, one);
        for (; released != 0; released &= released - 1)
        {
            int neuron = j + BitOperations.TrailingZeroCount(released);
            Tape.ReleaseSlope[_lastSpike.Pointer[neuron]] += TotalCurrent(neuron) - Coefficients.Leak * V[neuron];
        }

        return wasHeld;
    }

    /// <summary>Writes the spikes of one lane to the tape.</summary>
    private void Record(int index, int j, uint spikes)
    {
        Tape.Reserve(TLane.Width);
        float* lanes = _spiking.Pointer;
        for (; spikes != 0; spikes &= spikes - 1)
        {
            int lane = BitOperations.TrailingZeroCount(spikes);
            Record(
                index, j + lane, lanes[lane], lanes[TLane.Width + lane], lanes[2 * TLane.Width + lane],
                lanes[3 * TLane.Width + lane], lanes[4 * TLane.Width + lane]);
        }
    }

    /// <summary>Writes one spike to the tape, which has room for it.</summary>
    /// <param name="index">Grid index of the spike.</param>
    /// <param name="neuron">Which neuron spiked; its new state is in place.</param>
    /// <param name="before">Potential at the beginning of the step.</param>
    /// <param name="smooth">Potential at its end, without what delta synapses add.</param>
    /// <param name="arrived">Sum of the currents at its beginning.</param>
    /// <param name="left">Sum of the currents at its end.</param>
    /// <param name="threshold">The threshold of the step.</param>
    private void Record(int index, int neuron, float before, float smooth, float arrived, float left, float threshold)
    {
        int refractory = Program.Neuron.RefractorySteps;
        PopulationSpike spike = PopulationSpike.At(
            in Coefficients.Cells[neuron], before, smooth, arrived, left, threshold, Coefficients.HasDelta ? Delta[neuron] : 0, V[neuron]);
        if (_isAdaptive)
        {
            Adaptation[neuron]++;
        }

        GraphTape tape = Tape;
        int at = tape.Count++;
        tape.Time[at] = index;
        tape.Neuron[at] = neuron;
        tape.Slope[at] = spike.Slope;
        tape.ReleaseSlope[at] = spike.ReleaseSlope;
        if (Coefficients.HasDelta)
        {
            // Else it is 0 for ever.
            tape.Jump[at] = spike.Jump;
        }

        tape.Error[at] = 0;
        if (refractory > 0)
        {
            Held[neuron] = refractory;
            _lastSpike.Pointer[neuron] = at;
        }
    }
}
