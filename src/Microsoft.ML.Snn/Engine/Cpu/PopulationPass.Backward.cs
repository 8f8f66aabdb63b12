using System;
using System.Runtime.CompilerServices;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Cpu;

internal sealed unsafe partial class PopulationPass<TLane>
{
    private int _jumpCursor;
    private int _jumpEnd;
    private int _releaseCursor;

    public override void BeginBackward()
    {
        Clear();
        Array.Fill(_errorStep, -1);
        _jumpCursor = _jumpEnd = _releaseCursor = Tape.Count;
        Grazing = 0;
        _eprop?.BeginBackward();
    }

    public override void StepBack(int step)
    {
        if (_eprop != null)
        {
            // What made the spikes is approximated at every step, and what a spike leaves is not differentiated.
            _eprop.StepBack(step, V);
        }
        else if (Program.Neuron.IsSpiking)
        {
            Tape.MoveBack(step + 1);
            (_jumpCursor, _jumpEnd) = (Tape.First, Tape.End);
            if (IsAtRest && _jumpCursor == _jumpEnd)
            {
                return;
            }

            Wake();
            Release(step + 1);
            if (_isUsual && Push == null && _thresholdGradient == null)
            {
                JumpUsual();
            }
            else
            {
                Jump();
            }
        }

        if (_biasGradient != null || Trace != null)
        {
            AddStepGradients(step);
        }

        if (_isUsual)
        {
            StepBackUsual(step);
        }
        else
        {
            StepBackLanes();
        }

        for (int k = _jumpCursor; k < _jumpEnd && _isAdaptive; k++)
        {
            // The threshold of the step is that of its beginning.
            int neuron = Tape.Neuron[k];
            Adaptation[neuron] -= Tape.Slope[k] * Coefficients.AdaptationStrength[neuron];
        }

        if (step % Denormal.StepsBetweenFlushes == 0)
        {
            Flush();
            Array.Fill(_errorStep, -1);
        }
    }

    public override float* ArrivalErrors(int group, int step)
    {
        float* errors = _errors.Pointer + group * _stride;
        if (_errorStep[group] == step)
        {
            return errors;
        }

        _errorStep[group] = step;
        ref readonly GroupCoefficients c = ref Coefficients.Groups[group];
        float* own = Arrivals(group);
        float* next = c.Kind == SynapseKind.Alpha ? Current(group) : V;

        // A jump of the potential has no next stage: its RateIntoNext is 0.
        for (int j = 0; j < _stride; j += TLane.Width)
        {
            TLane.Store(
                PopulationEquations.ArrivalError(
                    TLane.Load(own + j), TLane.Load(c.Rate + j), TLane.Load(next + j), TLane.Load(c.RateIntoNext + j)),
                errors + j);
        }

        for (int k = _jumpCursor; k < _jumpEnd && c.Kind == SynapseKind.Delta; k++)
        {
            if (Tape.Jump[k] != 0)
            {
                // The spike comes with the arrivals that made it: what moves them moves it.
                errors[Tape.Neuron[k]] = Tape.Error[k];
            }
        }

        return errors;
    }

    /// <summary>What <see cref="StepBackLanes"/> does, for leaky neurons with one exponential current: nothing is asked per lane.</summary>
    private void StepBackUsual(int step)
    {
        _errorStep[0] = step;
        if (Coefficients.IsUniform)
        {
            StepBackUniform(V, Current(0), _errors.Pointer, Coefficients.Usual, _stride);
            return;
        }

        float* potential = V;
        float* current = Current(0);
        float* errors = _errors.Pointer;
        float* usual = Coefficients.Usual;
        for (int j = 0; j < _stride; j += TLane.Width)
        {
            StepBackUsual(
                potential + j, current + j, errors + j, TLane.Load(usual), TLane.Load(usual + TLane.Width),
                TLane.Load(usual + 2 * TLane.Width), TLane.Load(usual + 5 * TLane.Width), TLane.Load(usual + 6 * TLane.Width));
            usual += PopulationCoefficients.UsualArrays * TLane.Width;
        }
    }

    /// <summary>The same where all neurons have the same numbers, which stay in registers.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void StepBackUniform(float* potential, float* current, float* errors, float* usual, int stride)
    {
        TLane leak = TLane.Load(usual);
        TLane decay = TLane.Load(usual + TLane.Width);
        TLane gain = TLane.Load(usual + 2 * TLane.Width);
        TLane rate = TLane.Load(usual + 5 * TLane.Width);
        TLane rateIntoNext = TLane.Load(usual + 6 * TLane.Width);
        for (int j = 0; j < stride; j += TLane.Width)
        {
            StepBackUsual(potential + j, current + j, errors + j, leak, decay, gain, rate, rateIntoNext);
        }
    }

    /// <summary>Goes back over the step, and notes what <see cref="ArrivalErrors"/> gives while all is in registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StepBackUsual(
        float* potential, float* current, float* errors, TLane leak, TLane decay, TLane gain, TLane rate, TLane rateIntoNext)
    {
        TLane pv = TLane.Load(potential);
        TLane pi = TLane.Load(current);
        PopulationEquations.ExponentialBack(pv, ref pi, decay, gain);
        pv = leak * pv;
        TLane.Store(pi, current);
        TLane.Store(pv, potential);
        TLane.Store(PopulationEquations.ArrivalError(pi, rate, pv, rateIntoNext), errors);
    }

    private void StepBackLanes()
    {
        GroupCoefficients[] groups = Coefficients.Groups;
        for (int j = 0; j < _stride; j += TLane.Width)
        {
            TLane pv = TLane.Load(V + j);
            if (Coefficients.HasDelta)
            {
                TLane.Store(pv, Delta + j);
            }

            for (int g = 0; g < groups.Length; g++)
            {
                StepBackGroup(in groups[g], pv, Current(g) + j, j);
            }

            TLane.Store(TLane.Load(Coefficients.Decay + j) * pv, V + j);
            if (_isAdaptive)
            {
                TLane.Store(TLane.Load(Coefficients.AdaptationDecay + j) * TLane.Load(Adaptation + j), Adaptation + j);
            }
        }
    }

    private void StepBackGroup(in GroupCoefficients group, TLane pv, float* current, int j)
    {
        if (group.Kind == SynapseKind.Delta)
        {
            return;
        }

        TLane pi = TLane.Load(current);
        if (group.Kind == SynapseKind.Exponential)
        {
            PopulationEquations.ExponentialBack(pv, ref pi, TLane.Load(group.Decay + j), TLane.Load(group.IntoMembrane + j));
        }
        else
        {
            TLane pj = TLane.Load(current + _stride);
            PopulationEquations.AlphaBack(
                pv, ref pi, ref pj, TLane.Load(group.Decay + j), TLane.Load(group.IntoMembrane + j),
                TLane.Load(group.FirstIntoMembrane + j), TLane.Load(group.Gain + j));
            TLane.Store(pj, current + _stride);
        }

        TLane.Store(pi, current);
    }

    /// <summary>Before its release a neuron's potential was held: what reached ∂L/∂V belongs to the spike.</summary>
    private void Release(int index)
    {
        int refractory = Program.Neuron.RefractorySteps;
        if (refractory == 0)
        {
            return;
        }

        // Spikes whose release lies beyond the trial were never released.
        while (_releaseCursor > 0 && Tape.Time[_releaseCursor - 1] + refractory > index)
        {
            _releaseCursor--;
        }

        for (; _releaseCursor > 0 && Tape.Time[_releaseCursor - 1] + refractory == index; _releaseCursor--)
        {
            int k = _releaseCursor - 1;
            int neuron = Tape.Neuron[k];
            Held[neuron] = V[neuron] * Tape.ReleaseSlope[k];
            ReleaseDerivative[neuron] = V[neuron];
            V[neuron] = 0;
        }
    }

    /// <summary>What <see cref="Jump"/> does where nothing is read again but the potential: the numbers of one spike fit into registers.</summary>
    private void JumpUsual()
    {
        int* neurons = Tape.Neuron;
        float* slopes = Tape.Slope, releaseSlopes = Tape.ReleaseSlope, errors = Tape.Error, v = V;
        SpikingCell* cells = Coefficients.Cells;
        float grazingLimit = GrazingLimit;
        int first = _jumpCursor;
        int grazing = 0;
        for (int k = _jumpEnd - 1; k >= first; k--)
        {
            int neuron = neurons[k];
            float slope = SpikeEquations.LimitedSlope(slopes[k], grazingLimit);
            grazing += slope == grazingLimit ? 1 : 0;
            float release = v[neuron];
            v[neuron] = new PopulationSpike(slope, releaseSlopes[k], jump: 0)
                .Back(in cells[neuron], errors[k], adaptation: 0, release, release * releaseSlopes[k]).ByPotential;
        }

        Grazing += grazing;
    }

    private void Jump()
    {
        bool refractory = Program.Neuron.RefractorySteps > 0;
        for (int k = _jumpEnd - 1; k >= _jumpCursor; k--)
        {
            int neuron = Tape.Neuron[k];
            float slope = SpikeEquations.LimitedSlope(Tape.Slope[k], GrazingLimit);
            Grazing += slope == GrazingLimit ? 1 : 0;
            float release = refractory ? ReleaseDerivative[neuron] : V[neuron];
            float push = refractory ? Held[neuron] : release * Tape.ReleaseSlope[k];
            SpikeJump jump = new PopulationSpike(slope, Tape.ReleaseSlope[k], Tape.Jump[k])
                .Back(in Coefficients.Cells[neuron], Tape.Error[k], Adaptation[neuron], release, push);
            if (refractory)
            {
                (Held[neuron], ReleaseDerivative[neuron]) = (0, 0);
            }

            Tape.Slope[k] = jump.ByCrossing;
            Tape.Error[k] = jump.ArrivalError;
            if (_thresholdGradient != null)
            {
                // The threshold counts as much as the potential, and against it.
                _thresholdGradient[neuron] -= jump.ByPotential;
            }

            V[neuron] = jump.ByPotential + (Push == null ? 0 : Coefficients.MembraneTime[neuron] * Push[neuron]);
        }
    }
}
