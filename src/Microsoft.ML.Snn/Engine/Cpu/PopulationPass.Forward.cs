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
    }

    public override void Advance(int step)
    {
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
    private void AdvanceUsual(int step)
    {
        PopulationCoefficients c = Coefficients;
        ref readonly GroupCoefficients group = ref c.Groups[0];
        float* potential = V;
        float* current = Current(0);
        float* leak = c.Decay;
        float* decay = group.Decay;
        float* gain = group.IntoMembrane;
        float* thresholds = c.Threshold;
        float* resets = c.Reset;
        bool bySubtraction = Program.Neuron.ResetBySubtraction;
        for (int j = 0; j < _stride; j += TLane.Width)
        {
            TLane before = TLane.Load(potential + j);
            TLane v = TLane.Load(leak + j) * before;
            TLane arrived = TLane.Load(current + j);
            TLane left = arrived;
            PopulationEquations.Exponential(ref v, ref left, TLane.Load(decay + j), TLane.Load(gain + j));
            TLane.Store(left, current + j);

            TLane threshold = TLane.Load(thresholds + j);
            TLane reset = TLane.Load(resets + j);
            uint spikes = TLane.MaskGreaterOrEqual(v, threshold);
            TLane.Store(TLane.SelectGreaterOrEqual(v, threshold, bySubtraction ? v + (reset - threshold) : reset, v), potential + j);
            if (spikes != 0)
            {
                float* lanes = _spiking.Pointer;
                TLane.Store(before, lanes);
                TLane.Store(v, lanes + TLane.Width);
                TLane.Store(arrived, lanes + 2 * TLane.Width);
                TLane.Store(left, lanes + 3 * TLane.Width);
                TLane.Store(threshold, lanes + 4 * TLane.Width);
                Record(step + 1, j, spikes);
            }
        }
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
            threshold += TLane.Load(c.AdaptationStrength + j) * adaptation;
            TLane.Store(TLane.Load(c.AdaptationDecay + j) * adaptation, Adaptation + j);
        }

        uint spikes = TLane.MaskGreaterOrEqual(v, threshold);
        TLane reset = TLane.Load(c.Reset + j);
        TLane after = TLane.SelectGreaterOrEqual(
            v, threshold, Program.Neuron.ResetBySubtraction ? v + (reset - TLane.Load(c.Threshold + j)) : reset, v);
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
        PopulationCoefficients c = Coefficients;
        Tape.Reserve(TLane.Width);
        int at = Tape.Count;
        int refractory = Program.Neuron.RefractorySteps;
        float* lanes = _spiking.Pointer;
        for (; spikes != 0; spikes &= spikes - 1)
        {
            int lane = BitOperations.TrailingZeroCount(spikes);
            int neuron = j + lane;
            (float smooth, float threshold) = (lanes[TLane.Width + lane], lanes[4 * TLane.Width + lane]);
            (float arrived, float current) = (lanes[2 * TLane.Width + lane], lanes[3 * TLane.Width + lane]);
            float jump = c.HasDelta && smooth < threshold ? Delta[neuron] : 0;
            if (jump == 0)
            {
                float fraction = SpikeEquations.Crossing(lanes[lane], smooth, threshold);
                current = SpikeEquations.Between(arrived, current, fraction);
            }

            // What pushed the neuron over its threshold in one jump counts as a current over the step.
            float slope = current - c.Leak * threshold + jump * c.JumpCurrent(neuron);
            float releaseSlope = refractory > 0 ? 0 : current - c.Leak * V[neuron];
            if (KeepsPotential(jump))
            {
                releaseSlope -= current - c.Leak * (jump == 0 ? threshold : smooth);
            }

            if (_isAdaptive)
            {
                // The threshold falls while the potential rises.
                slope += (threshold - c.Threshold[neuron]) * c.AdaptationRate[neuron] * c.MembraneTime[neuron];
                Adaptation[neuron]++;
            }

            Tape.Time[at] = index;
            Tape.Neuron[at] = neuron;
            Tape.Slope[at] = slope;
            Tape.ReleaseSlope[at] = releaseSlope;
            Tape.Jump[at] = jump;
            Tape.Error[at] = 0;
            if (refractory > 0)
            {
                Held[neuron] = refractory;
                _lastSpike.Pointer[neuron] = at;
            }

            at++;
        }

        Tape.Count = at;
    }

    /// <summary>Whether the potential after a spike depends on that before it: after a reset by subtraction that does not start at a fixed value.</summary>
    private bool KeepsPotential(float jump) => Program.Neuron.ResetBySubtraction && (jump != 0 || _isAdaptive);
}
