using System;
using System.Collections.Generic;
using System.Linq;

namespace Microsoft.ML.Snn.Reference;

/// <summary>A graph of spiking populations without a time step: spikes are where the potential meets the threshold.</summary>
/// <remarks>
/// <para>It has no gradient of its own: central differences of it judge the gradients of others. It shares no code with
/// the library and none with <see cref="ReferenceNetwork"/>.</para>
/// <para>The potential is looked at in pieces of <see cref="Piece"/> milliseconds; a crossing inside a piece is found by
/// bisection.</para>
/// </remarks>
public sealed class ExactGraph
{
    private const double Piece = 0.05;

    private readonly ExactPopulation[] _populations;
    private readonly ExactConnection[] _connections;
    private readonly double _duration;
    private readonly List<(double Time, int Connection, int To, double Weight)> _pending = [];
    private readonly List<(double Time, int Neuron)>[] _spikes;
    private readonly ExactCell[][] _cells;
    private double _time;

    private ExactGraph(ExactPopulation[] populations, ExactConnection[] connections, double duration)
    {
        (_populations, _connections, _duration) = (populations, connections, duration);
        _spikes = [.. populations.Select(_ => new List<(double, int)>())];
        _cells = [.. populations.Select((p, index) => Enumerable.Range(0, p.Units).Select(_ => new ExactCell(
            p, connections.Where(c => c.Target == index))).ToArray())];
    }

    /// <summary>Runs one trial.</summary>
    /// <param name="populations">The neurons.</param>
    /// <param name="connections">Their synapses.</param>
    /// <param name="inputs">Spikes from outside.</param>
    /// <param name="duration">Length of the trial in milliseconds.</param>
    public static ExactGraphTrace Run(
        ExactPopulation[] populations, ExactConnection[] connections, IEnumerable<ReferenceInputSpike> inputs, double duration)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        var graph = new ExactGraph(populations, connections, duration);
        foreach (ReferenceInputSpike spike in inputs)
        {
            graph.Send(-1, spike.Channel, spike.Time, spike.Value);
        }

        graph.Run();
        return new ExactGraphTrace(
            [.. graph._spikes], [.. graph._cells.Select(cells => cells.Select(c => c.Integral / duration).ToArray())]);
    }

    private void Send(int source, int neuron, double time, double value)
    {
        for (int c = 0; c < _connections.Length; c++)
        {
            for (int j = 0; j < _connections[c].Weights.GetLength(1) && _connections[c].Source == source; j++)
            {
                _pending.Add((time + _connections[c].Delays[neuron, j], c, j, value * _connections[c].Weights[neuron, j]));
            }
        }
    }

    private void Run()
    {
        while (_time < _duration)
        {
            Arrive();
            double end = Math.Min(_time + Piece, _duration);
            end = _pending.Aggregate(end, (soonest, p) => Math.Min(soonest, p.Time));
            end = _cells.SelectMany(cells => cells).Where(c => c.HeldUntil > _time).Aggregate(end, (soonest, c) => Math.Min(soonest, c.HeldUntil));
            (int population, int neuron) = FirstCrossing(ref end);
            foreach (ExactCell cell in _cells.SelectMany(cells => cells))
            {
                cell.Move(end - _time, cell.HeldUntil > _time);
            }

            _time = end;
            if (population >= 0)
            {
                Spike(population, neuron);
            }
        }
    }

    /// <summary>Adds all that arrives now, and only then looks who is above the threshold: what comes at once acts at once.</summary>
    private void Arrive()
    {
        while (_pending.Any(p => p.Time <= _time))
        {
            (double Time, int Connection, int To, double Weight)[] now = [.. _pending.Where(p => p.Time <= _time)];
            _pending.RemoveAll(p => p.Time <= _time);
            foreach ((_, int connection, int to, double weight) in now)
            {
                ExactCell cell = _cells[_connections[connection].Target][to];
                cell.Add(_connections[connection], weight, cell.HeldUntil > _time);
            }

            foreach ((int p, int j) in Free().Where(c => _cells[c.Population][c.Neuron].Above >= 0).ToArray())
            {
                Spike(p, j);
            }
        }
    }

    private IEnumerable<(int Population, int Neuron)> Free() =>
        from p in Enumerable.Range(0, _cells.Length)
        where _populations[p].IsSpiking
        from j in Enumerable.Range(0, _cells[p].Length)
        where _cells[p][j].HeldUntil <= _time
        select (p, j);

    /// <summary>Who crosses the threshold first before <paramref name="end"/>, which becomes that time; -1 if nobody does.</summary>
    private (int Population, int Neuron) FirstCrossing(ref double end)
    {
        (int, int) first = (-1, -1);
        foreach ((int p, int j) in Free())
        {
            ExactCell cell = _cells[p][j];
            if (cell.AboveAfter(end - _time) < 0)
            {
                continue;
            }

            double low = 0, high = end - _time;
            for (int n = 0; n < 60; n++)
            {
                double middle = (low + high) / 2;
                (low, high) = cell.AboveAfter(middle) >= 0 ? (low, middle) : (middle, high);
            }

            end = _time + high;
            first = (p, j);
        }

        return first;
    }

    private void Spike(int population, int neuron)
    {
        _spikes[population].Add((_time, neuron));
        _cells[population][neuron].Spike(_time);
        Send(population, neuron, _time, 1);
    }
}
