using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Snn.Trainers;

/// <summary>The rows of a source with their scores, computed for many rows at once.</summary>
/// <remarks>
/// A second cursor runs ahead over the feature column alone and fills a batch; the first one delivers every other column
/// of the source as it is. The schema is that of ML.NET's own scorer, whose row-wise cursor is used when no score is asked for.
/// </remarks>
internal sealed class BatchedScores : IDataView
{
    private readonly IHost _host;
    private readonly IDataView _source;
    private readonly IDataView _scored;
    private readonly NetworkScoring _model;
    private readonly string _featureColumn;

    public BatchedScores(IHost host, IDataView source, IDataView scored, NetworkScoring model, string featureColumn) =>
        (_host, _source, _scored, _model, _featureColumn) = (host, source, scored, model, featureColumn);

    /// <summary>The look-ahead must see the rows in the order of the first cursor.</summary>
    public bool CanShuffle => false;

    public DataViewSchema Schema => _scored.Schema;

    public long? GetRowCount() => _source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        _host.CheckValue(columnsNeeded, nameof(columnsNeeded));
        bool[] active = new bool[Schema.Count];
        foreach (DataViewSchema.Column column in columnsNeeded)
        {
            active[column.Index] = true;
        }

        if (!active.AsSpan(_source.Schema.Count).Contains(true))
        {
            return _scored.GetRowCursor(Schema.Where(column => active[column.Index]));
        }

        DataViewSchema.Column features = _source.Schema[_featureColumn];

        // Sets of one cursor read on this thread, in order: errors arrive as they are, not wrapped by a thread pool.
        DataViewRowCursor rows = _source.GetRowCursorSet(_source.Schema.Where(column => active[column.Index]), 1)[0];
        DataViewRowCursor ahead = _source.GetRowCursorSet([features], 1)[0];
        return new BatchedScoresCursor(_host, Schema, active, rows, ahead, features, _model);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];
}
