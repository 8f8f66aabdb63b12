using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Learning.Checks;

/// <summary>One neuron in double precision, whose spikes are found inside the steps: a trial that is smooth in every weight.</summary>
/// <remarks>
/// On a time grid the moment of a spike jumps from point to point as a weight changes, and central differences mean
/// nothing. Here a step ends where an input arrives or the threshold is crossed. The steps are small, so that what
/// Runge-Kutta leaves out is far below what the check looks for.
/// </remarks>
internal sealed class CellTrial<TNeuron, TSynapse>
    where TNeuron : unmanaged, INeuronEquations
    where TSynapse : unmanaged, ISynapseEquations
{
    private const int MaximumSpikes = 1000;

    private readonly CellEquations<TNeuron, TSynapse> _cell;
    private readonly List<CellPiece>? _pieces;
    private readonly List<CellEventKind> _events = [];
    private readonly double _refractoryPeriod;
    private double _heldUntil;
    private CellState<DoubleLane> _state;

    /// <summary>Runs a trial.</summary>
    /// <param name="cell">The equations.</param>
    /// <param name="initial">The state at the begin.</param>
    /// <param name="inputs">What arrives, in order of time.</param>
    /// <param name="duration">Length of the trial in milliseconds.</param>
    /// <param name="timeStep">The longest step in milliseconds.</param>
    /// <param name="keep">Whether to keep what <see cref="Gradient"/> needs.</param>
    /// <param name="refractoryPeriod">How long the neuron is held after a spike, in milliseconds.</param>
    /// <exception cref="InvalidOperationException">The equations cannot be integrated or are inconsistent.</exception>
    public CellTrial(
        CellEquations<TNeuron, TSynapse> cell, CellState<DoubleLane> initial, CellInput[] inputs, double duration, double timeStep, bool keep,
        double refractoryPeriod = 0)
    {
        (_cell, _state, Inputs, _refractoryPeriod) = (cell, initial, inputs, refractoryPeriod);
        _pieces = keep ? [] : null;
        int points = (int)Math.Ceiling(duration / timeStep);
        double now = 0;
        int next = 0;
        for (int point = 1; point <= points; point++)
        {
            double end = duration * point / points;
            for (; next < inputs.Length && inputs[next].Time < end; next++)
            {
                Advance(now, inputs[next].Time, CellEventKind.Arrival, next);
                _state = cell.Arrive(_state, new DoubleLane(inputs[next].Weight));
                now = inputs[next].Time;
            }

            Advance(now, end, CellEventKind.None, index: 0);
            now = end;
        }
    }

    public CellInput[] Inputs { get; }

    /// <summary>When the neuron spiked, in milliseconds.</summary>
    public List<double> Spikes { get; } = [];

    /// <summary>The state at the end of the trial.</summary>
    public CellState<DoubleLane> Final => _state;

    /// <summary>Whether two trials have the same events in the same order, so that one changes smoothly into the other.</summary>
    public bool HasEventsOf(CellTrial<TNeuron, TSynapse> other) => _events.SequenceEqual(other._events);

    /// <summary>L = Σ (weight of spike k)·(its time) + (weights of the state)·(final state).</summary>
    public double Loss(CellLoss loss)
    {
        double sum = Spikes.Select((time, k) => loss.OfSpike(k) * time).Sum();
        for (int slot = 0; slot < CellState<DoubleLane>.Slots; slot++)
        {
            sum += loss.OfState(slot) * _state[slot].Value;
        }

        return sum;
    }

    /// <summary>The gradient of <see cref="Loss"/> by the automatic adjoint.</summary>
    public CellGradient Gradient(CellLoss loss)
    {
        CellState<DoubleLane> adjoint = default;
        for (int slot = 0; slot < CellState<DoubleLane>.Slots; slot++)
        {
            adjoint = adjoint.With(slot, new DoubleLane(loss.OfState(slot)));
        }

        var weights = new double[Inputs.Length];
        var times = new double[Inputs.Length];
        DoubleLane release = default;
        for (int n = _pieces!.Count - 1; n >= 0; n--)
        {
            CellPiece piece = _pieces[n];
            if (piece.Kind == CellEventKind.Arrival)
            {
                var weight = new DoubleLane(Inputs[piece.Index].Weight);
                weights[piece.Index] = _cell.LossByWeight(adjoint).Value;
                CellState<DoubleLane> moving = piece.IsHeld ? new(default, adjoint.Synapse) : adjoint;
                times[piece.Index] = weight.Value * _cell.LossByArrivalTime(piece.End, weight, moving).Value;
            }
            else if (piece.Kind == CellEventKind.Release)
            {
                release = _cell.AlongMovement(piece.End, adjoint);
            }
            else if (piece.Kind == CellEventKind.Spike)
            {
                if (_refractoryPeriod == 0)
                {
                    release = _cell.AlongMovement(_cell.AfterReset(piece.End), adjoint);
                }

                adjoint = _cell.AdjointBeforeSpike(
                    piece.End, adjoint, release, new DoubleLane(loss.OfSpike(piece.Index)), _cell.Slope(piece.End), new DoubleLane(0));
            }

            var duration = new DoubleLane(piece.Duration);
            adjoint = piece.IsHeld
                ? _cell.HeldBack(piece.Start, adjoint, duration)
                : _cell.IntegrateBack(piece.Start, adjoint, duration);
        }

        double[] initial = [.. Enumerable.Range(0, CellState<DoubleLane>.Slots).Select(slot => adjoint[slot].Value)];
        return new CellGradient(weights, times, initial);
    }

    /// <summary>Moves to a moment, through all spikes before it, and notes the event there.</summary>
    private void Advance(double from, double to, CellEventKind kind, int index)
    {
        if (Hold(ref from, to, kind, index))
        {
            return;
        }

        CellState<DoubleLane> end = After(to - from);
        while (ThresholdOf(end) >= 0)
        {
            double crossing = FindCrossing(to - from);
            Note(crossing, After(crossing), CellEventKind.Spike, Spikes.Count);
            from += crossing;
            Spike(from);
            if (Hold(ref from, to, kind, index))
            {
                return;
            }

            end = After(to - from);
        }

        Note(to - from, end, kind, index);
    }

    /// <summary>Goes through what is left of a refractory period before a moment; true if it lasts beyond.</summary>
    private bool Hold(ref double from, double to, CellEventKind kind, int index)
    {
        if (from >= _heldUntil)
        {
            return false;
        }

        bool lasts = _heldUntil > to;
        double until = lasts ? to : _heldUntil;
        CellState<DoubleLane> end = _cell.Held(_state, new DoubleLane(until - from));
        Note(until - from, end, lasts ? kind : CellEventKind.Release, lasts ? index : Spikes.Count, isHeld: true);
        from = until;
        return lasts;
    }

    private void Note(double duration, CellState<DoubleLane> end, CellEventKind kind, int index, bool isHeld = false)
    {
        _pieces?.Add(new CellPiece(_state, duration, end, kind, index, isHeld));
        _state = end;
        if (kind != CellEventKind.None)
        {
            _events.Add(kind);
        }
    }

    private void Spike(double time)
    {
        double slope = _cell.Slope(_state).Value;
        if (!(slope > 0))
        {
            throw Inconsistent(
                time, $"Threshold must rise through 0 at a spike, but its derivative along the movement of the state is {slope:G6}",
                "Make it a smooth function of the state, such as the potential minus a constant");
        }

        _state = new(_cell.Neuron.Reset(_state.Neuron), _state.Synapse);
        double threshold = ThresholdOf(_state);
        if (!(threshold < 0))
        {
            throw Inconsistent(
                time, $"Reset must take the neuron below its threshold, but Threshold is {threshold:G6} after it",
                "Else the neuron would spike again at once, without end");
        }

        Spikes.Add(time);
        _heldUntil = time + _refractoryPeriod;
        if (Spikes.Count > MaximumSpikes)
        {
            throw Inconsistent(
                time, $"The neuron must spike at most {MaximumSpikes} times in a trial, but spiked more often",
                "Is Reset far enough below the threshold?");
        }
    }

    private CellState<DoubleLane> After(double duration) => _cell.Integrate(_state, new DoubleLane(duration));

    /// <summary>Bisects for the moment where the threshold is reached; the state at it is on the threshold or just above.</summary>
    private double FindCrossing(double duration)
    {
        double low = 0, high = duration;
        for (double middle = 0.5 * high; middle > low && middle < high; middle = 0.5 * (low + high))
        {
            (low, high) = ThresholdOf(After(middle)) >= 0 ? (low, middle) : (middle, high);
        }

        return high;
    }

    private double ThresholdOf(CellState<DoubleLane> state)
    {
        double threshold = _cell.Neuron.Threshold(state.Neuron).Value;

        // Infinity times 0 is not a number: one test sees every variable.
        NeuronState<DoubleLane> x = state.Neuron;
        double unusable = 0 * (x.First.Value + x.Second.Value + x.Third.Value + x.Fourth.Value
            + state.Synapse.First.Value + state.Synapse.Second.Value);
        return double.IsFinite(threshold + unusable)
            ? threshold
            : throw Inconsistent(
                double.NaN, "State and Threshold must be finite numbers, but became infinite or not a number",
                "Look for a division by 0, a root of a negative number, or a potential that runs away faster than a small step can follow");
    }

    private InvalidOperationException Inconsistent(double time, FormattableString found, string wayOut) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"{found.ToString(CultureInfo.InvariantCulture)}{(double.IsNaN(time) ? "" : string.Create(CultureInfo.InvariantCulture, $" at {time:G6} ms"))}, in {typeof(TNeuron).Name} after {Spikes.Count} spikes. {wayOut}."));

    private InvalidOperationException Inconsistent(double time, string found, string wayOut) =>
        Inconsistent(time, (FormattableString)$"{found}", wayOut);
}
