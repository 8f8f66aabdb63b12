using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>The last phase of a batch: the slices of the gradient are summed, and every parameter is updated.</summary>
/// <remarks>
/// A job is a piece of one parameter. Where the gradient is not clipped, a job updates its piece while the sum is still
/// in the first-level cache. Clipping needs the norm of the whole gradient first: then all of it is summed, the squares
/// are added in the order of the jobs, and the jobs run a second time for the update.
/// </remarks>
internal sealed unsafe class GraphUpdate<TLane> : IDisposable
    where TLane : struct, ISimdLane<TLane>
{
    private const int PieceFloats = 4096;

    private readonly GraphNetwork<TLane> _network;
    private readonly NativeBuffer<float> _first;
    private readonly NativeBuffer<float> _second;
    private readonly NativeBuffer<float> _kept = new(0);
    private readonly bool[] _everTouched;
    private readonly Piece[] _pieces;
    private readonly double[] _squares;
    private readonly Rewirer?[] _rewirers;
    private readonly Action<int, int> _sumAndApply;
    private readonly Action<int, int> _sum;
    private readonly Action<int, int> _apply;

    private readonly PhaseTimes _phases;

    private LearningStep _step;
    private bool _keepsGradient;
    private float _scale;

    public GraphUpdate(GraphNetwork<TLane> network, int slices, PhaseTimes phases)
    {
        (_network, _phases) = (network, phases);
        Slices = new GradientSlices<TLane>(network.Parameters, slices);
        _first = new NativeBuffer<float>(Length);
        _second = new NativeBuffer<float>(Length);
        var pieces = new List<Piece>();
        GraphParameters layout = network.Parameters;
        for (int parameter = 0; parameter < layout.Count; parameter++)
        {
            int length = layout.PartLength(parameter);
            int parts = Math.Max(1, PieceFloats / Math.Max(1, length));
            for (int part = 0; part < layout.PartCount(parameter); part += parts)
            {
                pieces.Add(new Piece(parameter, part, Math.Min(parts, layout.PartCount(parameter) - part)));
            }
        }

        _rewirers = [.. network.Program.Connections.Select(c => c.Rewiring == null ? null : new Rewirer(c))];
        LoadSynapses();
        _pieces = [.. pieces];
        _squares = new double[_pieces.Length];
        _everTouched = new bool[_pieces.Length];
        (_sumAndApply, _sum, _apply) = (SumAndApply, TimedSum, TimedApply);
    }

    private long Length => _network.Parameters.Length;

    /// <summary>The gradients of the slices of the batch; all are empty before it.</summary>
    public GradientSlices<TLane> Slices { get; }

    /// <summary>Updates every parameter, and leaves the slices empty.</summary>
    /// <param name="team">Runs the jobs.</param>
    /// <param name="step">The numbers of the update.</param>
    /// <param name="keepsGradient">Whether the gradient stays for <see cref="GetGradient"/>.</param>
    /// <returns>The norm of the gradient, or 0 where it was not needed.</returns>
    public double Run(WorkerTeam team, in LearningStep step, bool keepsGradient)
    {
        (_step, _keepsGradient, _scale) = (step, keepsGradient, 1);
        _kept.Grow(keepsGradient ? Length : 0);
        if (!step.Clipping.IsActive)
        {
            team.Run(_pieces.Length, _sumAndApply);
            _network.Refresh();
            Rewire();
            return 0;
        }

        team.Run(_pieces.Length, _sum);
        double squares = 0;
        foreach (double square in _squares)
        {
            squares += square;
        }

        double norm = Math.Sqrt(squares);
        _scale = step.Clipping.Scale((float)norm);
        team.Run(_pieces.Length, _apply);
        _network.Refresh();
        Rewire();
        return norm;
    }

    /// <summary>Takes over the synapses that the network was given.</summary>
    public void LoadSynapses()
    {
        for (int c = 0; c < _rewirers.Length; c++)
        {
            SynapseTable? table = _network.Tables[c];
            _rewirers[c]?.Load(
                table!, new ReadOnlySpan<float>(_network.Values + _network.Parameters.OffsetOf(c), table?.WeightCount ?? 0));
        }
    }

    /// <summary>Gives how many synapses moved, and how many found no place, since the last call.</summary>
    public (long Rewired, long Failures) TakeRewirings()
    {
        long rewired = 0, failures = 0;
        foreach (Rewirer? rewirer in _rewirers)
        {
            (long moved, long failed) = rewirer?.TakeCounts() ?? default;
            (rewired, failures) = (rewired + moved, failures + failed);
        }

        return (rewired, failures);
    }

    public void GetGradient(NetworkWeights gradient)
    {
        // Empty if no batch was trained while the gradient was kept.
        if (_kept.Length == 0)
        {
            throw new InvalidOperationException("Set KeepGradient before the batch whose gradient is wanted.");
        }

        _network.Parameters.Save(_kept.Pointer, gradient);
    }

    /// <summary>Writes parameters and moments without their padding.</summary>
    public void SaveState(BinaryWriter writer)
    {
        _network.Parameters.ForEachRow(
            (row, length) => StateStream.Write(writer, new ReadOnlySpan<float>((float*)row, length)),
            _network.Values, _first.Pointer, _second.Pointer);
        foreach (Rewirer? rewirer in _rewirers)
        {
            rewirer?.SaveState(writer);
        }
    }

    /// <summary>Reads what <see cref="SaveState"/> wrote.</summary>
    public void LoadState(BinaryReader reader)
    {
        _network.Parameters.ForEachRow(
            (row, length) => StateStream.Read(reader, new Span<float>((float*)row, length)),
            _network.Values, _first.Pointer, _second.Pointer);
        for (int c = 0; c < _rewirers.Length; c++)
        {
            _network.Tables[c] = _rewirers[c]?.LoadState(reader) ?? _network.Tables[c];
        }

        // What the moments are 0 of is not known any more.
        Array.Fill(_everTouched, true);
        _network.Refresh();
    }

    public void Dispose()
    {
        Slices.Dispose();
        _first.Dispose();
        _second.Dispose();
        _kept.Dispose();
    }

    private void Rewire()
    {
        for (int c = 0; c < _rewirers.Length; c++)
        {
            long at = _network.Parameters.OffsetOf(c);
            _network.Tables[c] = _rewirers[c]?.Apply(_network.Values + at, _first.Pointer + at, _second.Pointer + at) ?? _network.Tables[c];
        }
    }

    private void SumAndApply(int worker, int job)
    {
        long start = Stopwatch.GetTimestamp();
        Sum(job);
        long summed = Stopwatch.GetTimestamp();
        Apply(job);
        AddTimes(worker, summed - start, Stopwatch.GetTimestamp() - summed);
    }

    private void TimedSum(int worker, int job)
    {
        long start = Stopwatch.GetTimestamp();
        Sum(job);
        AddTimes(worker, Stopwatch.GetTimestamp() - start, 0);
    }

    private void TimedApply(int worker, int job)
    {
        long start = Stopwatch.GetTimestamp();
        Apply(job);
        AddTimes(worker, 0, Stopwatch.GetTimestamp() - start);
    }

    private void AddTimes(int worker, long sum, long apply)
    {
        if (worker == 0)
        {
            _phases.AddUpdate(sum, apply);
        }
    }

    /// <summary>Brings the sum of the slices of one piece to its end.</summary>
    private void Sum(int job)
    {
        Piece piece = _pieces[job];
        bool isTouched = Slices.AddRest(piece.Parameter, piece.Part, piece.Parts);
        _everTouched[job] |= isTouched;
        long first = FirstOf(piece);
        int count = CountOf(piece);
        float* gradient = Slices.Total.Values + first;
        if (_keepsGradient)
        {
            new Span<float>(gradient, count).CopyTo(new Span<float>(_kept.Pointer + first, count));
        }

        // What is not learned has no part in the length of the step.
        _squares[job] = isTouched && _step.Clipping.IsActive && !IsFixed(piece) ? RowUpdate<TLane>.SumOfSquares(gradient, count) : 0;
    }

    private void Apply(int job)
    {
        Piece piece = _pieces[job];
        UpdateEquations update = _step.Updates[piece.Parameter];

        // Without gradient and moments the update would give back the same weights.
        if (!IsFixed(piece) && (_everTouched[job] || !update.LeavesAtRest))
        {
            long first = FirstOf(piece);
            RowUpdate<TLane>.Apply(
                update, _scale, _network.Values + first, Slices.Total.Values + first,
                _first.Pointer + first, _second.Pointer + first, CountOf(piece));
        }

        if (_everTouched[job])
        {
            Slices.Clear(piece.Parameter, piece.Part, piece.Parts);
        }
    }

    private bool IsFixed(Piece piece) => piece.Parameter < _network.Program.Connections.Count
        && _network.Program.Connections[piece.Parameter].FixedWeight != null;

    private long FirstOf(Piece piece) => _network.Parameters.FirstOf(piece.Parameter, piece.Part);

    private int CountOf(Piece piece) => _network.Parameters.LengthOf(piece.Parameter, piece.Part, piece.Parts);

    /// <summary>Some neighbouring parts of one parameter.</summary>
    private readonly record struct Piece(int Parameter, int Part, int Parts);
}
