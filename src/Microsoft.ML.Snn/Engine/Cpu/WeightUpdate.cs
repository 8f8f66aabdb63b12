using System;
using System.Diagnostics;
using System.IO;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>The last phase of a batch: every weight row gathers its gradient and is updated.</summary>
/// <remarks>
/// A job is a few neighbouring rows. Where the gradient is not clipped, a job updates its rows while their gradient is
/// still in the first-level cache. Clipping needs the norm of the whole gradient first: then all of it is gathered and
/// kept, the squares are added in the order of the jobs, and the jobs run a second time for the update.
/// </remarks>
internal sealed unsafe class WeightUpdate<TLane> : IDisposable
    where TLane : struct, ISimdLane<TLane>
{
    private readonly CpuWeights _weights;
    private readonly LayerScratch[] _scratch;
    private readonly PhaseTimes _phases;
    private readonly ConnectionLearning[] _learning;
    private readonly double[] _squares;
    private readonly Action<int, int> _gatherAndApply;
    private readonly Action<int, int> _gather;
    private readonly Action<int, int> _apply;

    private LearningStep _step;
    private float _scale;
    private bool _keepsGradient;

    public WeightUpdate(NetworkProgram program, CpuWeights weights, LayerScratch[] scratch, PhaseTimes phases)
    {
        (_weights, _scratch, _phases) = (weights, scratch, phases);
        ConnectionProgram[] matrices = CpuWeights.MatricesOf(program);
        _learning = new ConnectionLearning[matrices.Length];
        foreach (ConnectionProgram connection in matrices)
        {
            _learning[connection.Index] = new ConnectionLearning(connection, _weights.Stride(connection));
        }

        _squares = new double[JobsOf(_learning.Length)];
        (_gatherAndApply, _gather, _apply) = (GatherAndApply, Gather, Apply);
    }

    public ConnectionLearning[] Learning => _learning;

    /// <summary>What the gradient of the last batch was multiplied by: 1 unless it was clipped.</summary>
    public float Scale => _scale;

    /// <summary>Updates every weight with the gradient of the batch whose events are sorted.</summary>
    /// <param name="team">Runs the jobs.</param>
    /// <param name="step">The numbers of the update.</param>
    /// <param name="keepsGradient">Whether the gradient stays for <see cref="GetGradient"/>.</param>
    /// <returns>The norm of the gradient, or 0 where it was not needed.</returns>
    public double Run(WorkerTeam team, in LearningStep step, bool keepsGradient)
    {
        _step = step;
        _keepsGradient = keepsGradient || step.Clipping.IsActive;
        foreach (ConnectionLearning learning in _learning)
        {
            learning.KeptGradient.Grow(_keepsGradient ? (long)learning.Connection.Rows * learning.Stride : 0);
        }

        if (!step.Clipping.IsActive)
        {
            _scale = 1;
            team.Run(_squares.Length, _gatherAndApply);
            return 0;
        }

        team.Run(_squares.Length, _gather);
        double squares = 0;
        foreach (double square in _squares)
        {
            squares += square;
        }

        double norm = Math.Sqrt(squares);
        _scale = step.Clipping.Scale((float)norm);
        team.Run(_squares.Length, _apply);
        return norm;
    }

    public void GetGradient(NetworkWeights gradient)
    {
        foreach (ConnectionLearning learning in _learning)
        {
            // Empty if no batch was trained while the gradient was kept.
            if (learning.KeptGradient.Length == 0)
            {
                throw new InvalidOperationException("Set KeepGradient before the batch whose gradient is wanted.");
            }

            ConnectionProgram c = learning.Connection;
            for (int row = 0; row < c.Rows; row++)
            {
                Row(learning, learning.KeptGradient.Pointer, row)
                    .CopyTo(gradient[c.Index].AsSpan(row * c.Columns, c.Columns));
            }
        }
    }

    /// <summary>Writes weights and moments without their padding.</summary>
    public void SaveState(BinaryWriter writer) =>
        ForEachRow(values => StateStream.Write<float>(writer, values));

    /// <summary>Reads what <see cref="SaveState"/> wrote.</summary>
    public void LoadState(BinaryReader reader) =>
        ForEachRow(values => StateStream.Read(reader, values));

    public void Dispose() => Array.ForEach(_learning, learning => learning.Dispose());

    private delegate void RowAction(Span<float> values);

    private static Span<float> Row(ConnectionLearning learning, float* values, int row) =>
        new(values + (long)row * learning.Stride, learning.Connection.Columns);

    private void ForEachRow(RowAction act)
    {
        foreach (ConnectionLearning learning in _learning)
        {
            foreach (int kind in (ReadOnlySpan<int>)[0, 1, 2])
            {
                float* values = kind == 0 ? _weights[learning.Connection]
                    : kind == 1 ? learning.Mean.Pointer : learning.Square.Pointer;
                for (int row = 0; row < learning.Connection.Rows; row++)
                {
                    act(Row(learning, values, row));
                }
            }
        }
    }

    private int JobsOf(int connections)
    {
        int jobs = 0;
        for (int c = 0; c < connections; c++)
        {
            jobs += (_learning[c].Connection.Rows + LayerScratch.GradientRows - 1) / LayerScratch.GradientRows;
        }

        return jobs;
    }

    /// <summary>Which rows of which connection belong to a job.</summary>
    private ConnectionLearning RowsOf(int job, out int first, out int end)
    {
        int connection = 0;
        while (job >= JobsOf(connection + 1))
        {
            connection++;
        }

        ConnectionLearning learning = _learning[connection];
        first = (job - JobsOf(connection)) * LayerScratch.GradientRows;
        end = Math.Min(first + LayerScratch.GradientRows, learning.Connection.Rows);
        return learning;
    }

    private void GatherAndApply(int worker, int job)
    {
        ConnectionLearning learning = RowsOf(job, out int first, out int end);
        long start = Stopwatch.GetTimestamp();
        float* gradient = GatherRows(worker, learning, first, end);
        long gathered = Stopwatch.GetTimestamp();
        ApplyRows(learning, first, end, gradient);
        if (worker == 0)
        {
            _phases.AddUpdate(gathered - start, Stopwatch.GetTimestamp() - gathered);
        }
    }

    private void Gather(int worker, int job)
    {
        ConnectionLearning learning = RowsOf(job, out int first, out int end);
        long start = Stopwatch.GetTimestamp();
        float* gradient = GatherRows(worker, learning, first, end);
        _squares[job] = 0;
        for (int row = first; row < end; row++)
        {
            _squares[job] += RowUpdate<TLane>.SumOfSquares(gradient + (row - first) * learning.Stride, learning.Stride);
        }

        if (worker == 0)
        {
            _phases.AddUpdate(Stopwatch.GetTimestamp() - start, 0);
        }
    }

    private void Apply(int worker, int job)
    {
        ConnectionLearning learning = RowsOf(job, out int first, out int end);
        long start = Stopwatch.GetTimestamp();
        ApplyRows(learning, first, end, learning.KeptGradient.Pointer + (long)first * learning.Stride);
        if (worker == 0)
        {
            _phases.AddUpdate(0, Stopwatch.GetTimestamp() - start);
        }
    }

    private float* GatherRows(int worker, ConnectionLearning learning, int first, int end)
    {
        float* gradient = _keepsGradient
            ? learning.KeptGradient.Pointer + (long)first * learning.Stride
            : _scratch[worker].Gradient;
        if (learning.Computed != null)
        {
            long at = (long)first * learning.Stride;
            long bytes = (long)(end - first) * learning.Stride * sizeof(float);
            Buffer.MemoryCopy(learning.Computed + at, gradient, bytes, bytes);
            return gradient;
        }

        if (learning.Slices != null)
        {
            RowUpdate<TLane>.TakeSlices(
                learning.Slices + (long)first * learning.Stride, learning.SliceDistance, learning.SliceCount, learning.Scale, gradient,
                (end - first) * learning.Stride);
            return gradient;
        }

        for (int row = first; row < end; row++)
        {
            RowUpdate<TLane>.Gather(
                learning.Index, row, learning.Trace, learning.Stride, learning.Scale, gradient + (row - first) * learning.Stride);
        }

        return gradient;
    }

    private void ApplyRows(ConnectionLearning learning, int first, int end, float* gradient)
    {
        long at = (long)first * learning.Stride;
        RowUpdate<TLane>.Apply(
            _step.Updates[learning.Connection.Index], _scale, _weights[learning.Connection] + at, gradient,
            learning.Mean.Pointer + at, learning.Square.Pointer + at, (end - first) * learning.Stride);
    }
}
