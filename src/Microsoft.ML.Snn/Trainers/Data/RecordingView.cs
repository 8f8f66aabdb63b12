using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Data;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Snn.Trainers.Data;

/// <summary>Recordings as rows, each read when its row is: Label, FileName and a vector of Single.</summary>
/// <remarks>Nothing is kept of a file that was read, so that a data set may be larger than the memory.</remarks>
internal sealed class RecordingView : IDataView
{
    private readonly IHost _host;
    private readonly IReadOnlyList<Recording> _recordings;
    private readonly Func<RecordingReader> _createReader;

    /// <param name="env">The environment that cursors log to.</param>
    /// <param name="recordings">The rows.</param>
    /// <param name="classes">The name of each class.</param>
    /// <param name="content">The column that the readers fill.</param>
    /// <param name="createReader">Makes a reader for each cursor; it is used on one thread at a time.</param>
    public RecordingView(
        IHostEnvironment env, IReadOnlyList<Recording> recordings, IReadOnlyList<string> classes,
        DataViewSchema.DetachedColumn content, Func<RecordingReader> createReader)
    {
        _host = env.Register(nameof(RecordingView));
        _recordings = recordings;
        _createReader = createReader;

        var schema = new DataViewSchema.Builder();
        schema.AddColumn(DefaultColumnNames.Label, new KeyDataViewType(typeof(uint), classes.Count), KeyValues(classes));
        schema.AddColumn(FileNameColumn, TextDataViewType.Instance);
        schema.AddColumn(content.Name, content.Type, content.Annotations);
        Schema = schema.ToSchema();
    }

    /// <summary>The column with the path of the file.</summary>
    public const string FileNameColumn = "FileName";

    public DataViewSchema Schema { get; }

    public bool CanShuffle => true;

    public long? GetRowCount() => _recordings.Count;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
        new Cursor(this, columnsNeeded, rand);

    public DataViewRowCursor[] GetRowCursorSet(
        IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    private static DataViewSchema.Annotations KeyValues(IReadOnlyList<string> classes)
    {
        ReadOnlyMemory<char>[] names = [.. classes.Select(name => name.AsMemory())];
        ValueGetter<VBuffer<ReadOnlyMemory<char>>> getNames = (ref VBuffer<ReadOnlyMemory<char>> value) =>
            value = new VBuffer<ReadOnlyMemory<char>>(names.Length, names);
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.AddKeyValues(names.Length, TextDataViewType.Instance, getNames);
        return annotations.ToAnnotations();
    }

    private sealed class Cursor : RootCursorBase
    {
        private readonly RecordingView _view;
        private readonly bool[] _isActive;
        private readonly int[]? _order;

        public Cursor(RecordingView view, IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand)
            : base(view._host)
        {
            _view = view;
            Func<int, bool> isNeeded = RowCursorUtils.FromColumnsToPredicate(columnsNeeded, view.Schema);
            _isActive = [.. Enumerable.Range(0, view.Schema.Count).Select(isNeeded)];
            _order = rand is null ? null : Utils.GetRandomPermutation(rand, view._recordings.Count);
        }

        public override DataViewSchema Schema => _view.Schema;

        public override long Batch => 0;

        private int Row
        {
            get
            {
                Ch.Check(IsGood, RowCursorUtils.FetchValueStateError);
                return _order is null ? (int)Position : _order[(int)Position];
            }
        }

        private Recording Recording => _view._recordings[Row];

        public override bool IsColumnActive(DataViewSchema.Column column)
        {
            Ch.Check(column.Index < Schema.Count);
            return _isActive[column.Index];
        }

        public override ValueGetter<DataViewRowId> GetIdGetter() =>
            (ref DataViewRowId value) => value = new DataViewRowId((ulong)Row, 0);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            Ch.Check(IsColumnActive(column), "The requested column is not active.");
            Delegate getter = column.Index switch
            {
                0 => (ValueGetter<uint>)((ref uint value) => value = Recording.Label),
                1 => (ValueGetter<ReadOnlyMemory<char>>)((ref ReadOnlyMemory<char> value) => value = Recording.Name.AsMemory()),
                _ => ContentGetter(),
            };
            return getter as ValueGetter<TValue>
                ?? throw Ch.Except($"Column '{column.Name}' holds {column.Type.RawType}, but {typeof(TValue)} was asked for.");
        }

        protected override bool MoveNextCore() => Position + 1 < _view._recordings.Count;

        private ValueGetter<VBuffer<float>> ContentGetter()
        {
            RecordingReader read = _view._createReader();
            return (ref VBuffer<float> value) => read(Recording, ref value);
        }
    }
}
