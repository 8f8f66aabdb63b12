using System;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Trainers;

/// <summary>Cursor of <see cref="BatchedScores"/>.</summary>
internal sealed class BatchedScoresCursor : RootCursorBase
{
    private const int BatchSize = 256;

    private readonly bool[] _active;
    private readonly DataViewRowCursor _rows;
    private readonly DataViewRowCursor _ahead;
    private readonly ValueGetter<VBuffer<float>> _getFeatures;
    private readonly SpikeTrainsBuilder _builder;
    private readonly NetworkScorer _scorer;
    private readonly float[] _scores;
    private readonly NetworkScoring _network;

    private VBuffer<float> _features;
    private int _batchLength;
    private int _next;

    public BatchedScoresCursor(
        IHost host, DataViewSchema schema, bool[] active, DataViewRowCursor rows, DataViewRowCursor ahead,
        DataViewSchema.Column features, NetworkScoring network)
        : base(host)
    {
        (Schema, _active, _rows, _ahead) = (schema, active, rows, ahead);
        _getFeatures = ahead.GetGetter<VBuffer<float>>(features);
        _builder = FeatureReader.CreateBuilder(network.Input, features.Name, network.Model.Program.StepsAfterLastSpike);
        _scorer = network.CreateScorer(Environment.ProcessorCount);
        _network = network;
        _scores = new float[BatchSize * network.Width];
    }

    public override DataViewSchema Schema { get; }

    public override long Batch => 0;

    private ReadOnlySpan<float> Scores => _scores.AsSpan((_next - 1) * _network.Width, _network.Width);

    public override bool IsColumnActive(DataViewSchema.Column column) => _active[column.Index];

    public override ValueGetter<DataViewRowId> GetIdGetter() => _rows.GetIdGetter();

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        Ch.CheckParam(column.Index < _active.Length && _active[column.Index], nameof(column), "The column was not asked for.");
        if (column.Index < _rows.Schema.Count)
        {
            return _rows.GetGetter<TValue>(_rows.Schema[column.Index]);
        }

        Delegate getter = ScoreGetters.For(column.Name, _network, () => Scores);
        return getter as ValueGetter<TValue>
            ?? throw Ch.Except($"Column '{column.Name}' has values of type {column.Type.RawType}, not {typeof(TValue)}.");
    }

    protected override bool MoveNextCore()
    {
        if (!_rows.MoveNext())
        {
            return false;
        }

        if (_next == _batchLength)
        {
            ScoreBatch();
        }

        _next++;
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _rows.Dispose();
            _ahead.Dispose();
            _scorer.Dispose();
        }

        base.Dispose(disposing);
    }

    private void ScoreBatch()
    {
        while (_builder.Count < BatchSize && _ahead.MoveNext())
        {
            _getFeatures(ref _features);
            FeatureReader.Add(_builder, _features);
        }

        SpikeTrains trains = _builder.ToSpikeTrains();
        Ch.Check(trains.Count > 0, "The source gave fewer rows when it was read a second time.");
        _scorer.Score(trains, _scores.AsSpan(0, trains.Count * _network.Width));
        _network.ToLabelUnits(_scores);
        (_batchLength, _next) = (trains.Count, 0);
    }
}
