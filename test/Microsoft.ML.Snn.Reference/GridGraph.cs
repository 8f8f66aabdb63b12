using System;
using System.Collections.Generic;
using System.Linq;

namespace Microsoft.ML.Snn.Reference;

/// <summary>A graph of populations on a time grid, as the engines run it, with the derivative of everything along one direction of its parameters.</summary>
/// <remarks>
/// <para>Step n = 0 .. N-1. First the potentials whose refractory period ends at index n are released; then the spikes of
/// index n arrive, each after its delay; then every neuron moves to n + 1. What comes by delta synapses is added to V
/// there. V at or above ϑ + b·A, with the A of the step's beginning, of a neuron that is not held is a spike of index n + 1.</para>
/// <para>There is no adjoint here: derivatives go forward with the values (<see cref="Moving"/>), and every event moves
/// in time with its cause. What jumps at an event, x⁺ = g(x⁻), then changes by g' dx⁻ + (g' f(x⁻) - f(x⁺))·dt with f
/// the equation of motion: so a spike resets, a release frees, an arrival adds. The time of a spike is where V meets its
/// threshold, dt = -(dV - dϑ)/(V' - ϑ'), with V' from the current on a straight line through the step. A spike that the
/// arrivals of delta synapses make in one jump comes when they come; to all else it counts as made by their current over
/// the step.</para>
/// <para>The jumps are the saltation matrices of hybrid systems.</para>
/// </remarks>
public sealed class GridGraph
{
    private readonly GridPopulation[] _populations;
    private readonly GridLink[] _links;
    private readonly ILookup<int, GridSynapse>[] _synapses;
    private readonly double _timeStep;
    private readonly int _steps;
    private readonly double _grazingLimit;
    private readonly double[][]? _push;

    private GridCell[][] _cells = [];
    private List<(GridLink Link, GridSynapse Synapse, double Value, double TimeRate)>[] _arrivals = [];
    private GridGraphTrace _trace = null!;

    /// <summary>Builds a graph.</summary>
    /// <param name="populations">The neurons.</param>
    /// <param name="links">The synapses.</param>
    /// <param name="settings">The length of a step, the number of steps, and the smallest τm·(V' - ϑ') that is divided by.</param>
    /// <param name="push">What regularisation takes from λV = -dL/dV/τm at each spike, shape [population][neuron]; null for nothing.</param>
    public GridGraph(
        IReadOnlyList<GridPopulation> populations, IReadOnlyList<GridLink> links, GridSettings settings, double[][]? push = null)
    {
        ArgumentNullException.ThrowIfNull(populations);
        ArgumentNullException.ThrowIfNull(links);
        ArgumentNullException.ThrowIfNull(settings);
        (_populations, _links, _push) = ([.. populations], [.. links], push);
        (_timeStep, _steps, _grazingLimit) = (settings.TimeStep, settings.StepCount, settings.GrazingLimit);
        _synapses = [.. links.Select(link => link.Synapses.ToLookup(s => s.From))];
    }

    /// <summary>Runs one trial.</summary>
    /// <param name="input">Channels are numbered as the links from the input number them.</param>
    public GridGraphTrace Run(GridInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        _cells = [.. _populations.Select(p => Enumerable.Range(0, p.Units)
            .Select(j => new GridCell(p, j, _timeStep) { TimeStep = _timeStep }).ToArray())];
        _arrivals = [.. Enumerable.Range(0, _steps).Select(_ => new List<(GridLink, GridSynapse, double, double)>())];
        double[][,] Grid() => [.. _populations.Select(p => new double[_steps + 1, p.IsSpiking ? 0 : p.Units])];
        _trace = new GridGraphTrace(
            [.. _populations.Select(_ => new List<(int, int)>())],
            [.. _populations.Select(p => new Moving[_steps + 1, p.IsSpiking ? 0 : p.Units])])
        {
            ArrivalRates = Grid(),
            Slopes = Grid(),
        };
        foreach (GridInputSpike spike in input.Spikes)
        {
            Send(-1, spike.Channel, spike.Step, spike.Value, 0);
        }

        for (int n = 0; n < _steps; n++)
        {
            Release(n);
            Arrive(n);
            Kick(input.Constant);
            for (int p = 0; p < _populations.Length; p++)
            {
                for (int j = 0; j < _populations[p].Units; j++)
                {
                    Step(p, j, n);
                }
            }
        }

        return _trace;
    }

    private void Send(int source, int from, int step, double value, double timeRate)
    {
        for (int l = 0; l < _links.Length; l++)
        {
            GridLink link = _links[l];
            foreach (GridSynapse synapse in link.Source == source ? _synapses[l][from] : [])
            {
                Moving delay = link.Delays[synapse.Delay];
                int arrival = step + (int)delay.Value;
                if (arrival < _steps)
                {
                    _arrivals[arrival].Add((link, synapse, value, timeRate + delay.Rate));
                }
            }
        }
    }

    private void Release(int n)
    {
        for (int p = 0; p < _populations.Length && n > 0; p++)
        {
            foreach (GridCell cell in _cells[p].Where(c => _populations[p].RefractorySteps > 0 && c.ReleaseStep == n))
            {
                cell.V = cell.V.Pushed(-cell.Slope * cell.SpikeTimeRate);
            }
        }
    }

    private void Arrive(int n)
    {
        foreach ((GridLink link, GridSynapse synapse, double value, double timeRate) in _arrivals[n])
        {
            GridCell cell = _cells[link.Target][synapse.To];
            cell.Arrive(link.Group, value * link.Weights[synapse.Weight], timeRate, n < cell.ReleaseStep);
            if (!_populations[link.Target].IsSpiking)
            {
                _trace.ArrivalRates[link.Target][n, synapse.To] += timeRate;
            }
        }
    }

    /// <summary>Features that are on all the time, without delay.</summary>
    private void Kick(double[] features)
    {
        for (int l = 0; l < _links.Length && features.Length > 0; l++)
        {
            foreach (GridSynapse synapse in _links[l].Source < 0 ? _links[l].Synapses : [])
            {
                GridCell cell = _cells[_links[l].Target][synapse.To];
                cell.Arrive(
                    _links[l].Group, features[synapse.From] * _links[l].Weights[synapse.Weight] * cell.Kick(_links[l].Group), 0,
                    isHeld: false);
            }
        }
    }

    private void Step(int p, int j, int n)
    {
        GridPopulation population = _populations[p];
        GridCell cell = _cells[p][j];
        bool isHeld = n < cell.ReleaseStep;
        (Moving before, Moving arrived) = (cell.V, cell.Current);
        cell.Step(isHeld);
        Moving smooth = cell.V;
        Moving threshold = cell.Threshold + population.AdaptationStrengths[j] * cell.Adaptation;
        cell.Adaptation *= Math.Exp(-_timeStep / population.AdaptationTimes[j]);
        if (!isHeld)
        {
            if (population.IsSpiking)
            {
                double scale = Math.Max(1, Math.Max(Math.Abs(before.Value), Math.Abs(arrived.Value)));
                Near(smooth.Value + cell.Jump.Value - threshold.Value, scale);
                Near(cell.Jump.Value == 0 ? 1 : smooth.Value - threshold.Value, scale);
            }

            Moving v = smooth + cell.Jump;
            if (population.IsSpiking && v.Value >= threshold.Value)
            {
                Spike(p, j, n + 1, (before, smooth, v), arrived, threshold);
            }
            else
            {
                // An arrival later by δ has leaked for δ less.
                cell.V = v.Pushed((cell.Leak / cell.MembraneTime).Value * cell.JumpTimeRate);
            }
        }

        (cell.Jump, cell.JumpTimeRate) = (0, 0);
        if (!population.IsSpiking)
        {
            _trace.Membranes[p][n + 1, j] = cell.V;
            _trace.Slopes[p][n + 1, j] = cell.Slope;
        }
    }

    private void Spike(int p, int j, int index, (Moving Before, Moving Smooth, Moving After) v, Moving arrived, Moving threshold)
    {
        GridPopulation population = _populations[p];
        GridCell cell = _cells[p][j];
        double leak = cell.Leak.Value, membraneTime = cell.MembraneTime.Value;
        double jump = v.Smooth.Value < threshold.Value ? cell.Jump.Value : 0;
        double current = cell.Current.Value;
        if (jump == 0)
        {
            v.After = v.After.Pushed((cell.Leak / cell.MembraneTime).Value * cell.JumpTimeRate);
            double fraction = Math.Max(0, (threshold.Value - v.Before.Value) / (v.Smooth.Value - v.Before.Value));
            current = arrived.Value + fraction * (current - arrived.Value);
        }

        double slope = current - leak * threshold.Value + jump * membraneTime / _timeStep;
        if (population.IsAdaptive)
        {
            slope += (threshold.Value - cell.Threshold.Value) / population.AdaptationTimes[j] * membraneTime;
        }

        Near(slope - _grazingLimit, Math.Max(1, Math.Abs(current)));
        _trace.Grazing += slope <= _grazingLimit ? 1 : 0;
        slope = Math.Max(slope, _grazingLimit) / membraneTime;
        double timeRate = (threshold.Rate - v.After.Rate) / slope + (jump == 0 ? 0 : cell.JumpTimeRate / jump);
        _trace.PushRate += _push == null ? 0 : membraneTime * _push[p][j] * v.After.Rate;

        double height = population.BySubtraction
            ? v.After.Value - (cell.Threshold.Value - population.Resets[j])
            : population.Resets[j];
        Moving reset = height;
        if (population.BySubtraction && (jump != 0 || population.IsAdaptive))
        {
            double rising = (current - leak * (jump == 0 ? threshold.Value : v.Smooth.Value)) / membraneTime;
            reset = reset.Pushed(v.After.Rate - cell.Threshold.Rate + rising * timeRate);
        }

        if (population.RefractorySteps == 0)
        {
            reset = reset.Pushed(-(current - leak * height) / membraneTime * timeRate);
        }

        cell.V = reset;
        cell.ReleaseStep = index + population.RefractorySteps;
        cell.SpikeTimeRate = timeRate;
        if (population.IsAdaptive)
        {
            cell.Adaptation = (cell.Adaptation + 1).Pushed(timeRate / population.AdaptationTimes[j]);
        }

        ((List<(int, int)>)_trace.Spikes[p]).Add((index, j));
        Send(p, j, index, 1, timeRate);
    }

    private void Near(double distance, double scale) => _trace.Margin = Math.Min(_trace.Margin, Math.Abs(distance) / scale);
}
