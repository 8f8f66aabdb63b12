using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using Microsoft.ML.Data;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Snn.Trainers.Data;

/// <summary>Images and their labels as rows, kept as bytes: a quarter of what floats take.</summary>
/// <remarks>
/// Label: Single. Features: Vector&lt;Single, pixels&gt;, byte / 255, sparse where that is smaller. The data never changes,
/// so that any number of cursors may read it at once.
/// </remarks>
internal sealed class LabelledImages : IDataView
{
    private static readonly float[] s_scaled = [.. Enumerable.Range(0, 256).Select(value => value / 255f)];

    private readonly IHost _host;
    private readonly byte[] _pixels;
    private readonly byte[] _labels;
    private readonly int _pixelsPerImage;

    /// <param name="env">The environment that cursors log to.</param>
    /// <param name="pixels">Shape [image, pixel].</param>
    /// <param name="labels">Shape [image].</param>
    public LabelledImages(IHostEnvironment env, byte[] pixels, byte[] labels)
    {
        _host = env.Register(nameof(LabelledImages));
        _pixels = pixels;
        _labels = labels;
        _pixelsPerImage = pixels.Length / labels.Length;

        var schema = new DataViewSchema.Builder();
        schema.AddColumn(DefaultColumnNames.Label, NumberDataViewType.Single);
        schema.AddColumn(DefaultColumnNames.Features, new VectorDataViewType(NumberDataViewType.Single, _pixelsPerImage));
        Schema = schema.ToSchema();
    }

    public DataViewSchema Schema { get; }

    public bool CanShuffle => true;

    public long? GetRowCount() => _labels.Length;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
        new Cursor(this, columnsNeeded, rand);

    public DataViewRowCursor[] GetRowCursorSet(
        IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    private void CopyFeatures(int image, ref VBuffer<float> features)
    {
        ReadOnlySpan<byte> pixels = _pixels.AsSpan(image * _pixelsPerImage, _pixelsPerImage);
        int count = pixels.Length - pixels.Count((byte)0);

        // A stored pixel takes 8 bytes in a sparse vector and 4 in a dense one.
        bool isSparse = count < pixels.Length / 2;
        VBufferEditor<float> editor = VBufferEditor.Create(ref features, pixels.Length, isSparse ? count : pixels.Length);
        if (isSparse)
        {
            ScaleSparse(pixels, editor.Values, editor.Indices);
        }
        else
        {
            for (int i = 0; i < pixels.Length; i++)
            {
                editor.Values[i] = s_scaled[pixels[i]];
            }
        }

        features = editor.Commit();
    }

    private static void ScaleSparse(ReadOnlySpan<byte> pixels, Span<float> values, Span<int> indices)
    {
        // Most of a digit is background: eight empty pixels are passed over at once.
        int stored = 0;
        for (int i = 0; i < pixels.Length;)
        {
            if (pixels.Length - i >= sizeof(ulong) && MemoryMarshal.Read<ulong>(pixels[i..]) == 0)
            {
                i += sizeof(ulong);
                continue;
            }

            for (int end = Math.Min(i + sizeof(ulong), pixels.Length); i < end; i++)
            {
                if (pixels[i] != 0)
                {
                    values[stored] = s_scaled[pixels[i]];
                    indices[stored++] = i;
                }
            }
        }
    }

    private sealed class Cursor : RootCursorBase
    {
        private readonly LabelledImages _images;
        private readonly bool[] _isActive;
        private readonly int[]? _order;

        public Cursor(LabelledImages images, IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand)
            : base(images._host)
        {
            _images = images;
            Func<int, bool> isNeeded = RowCursorUtils.FromColumnsToPredicate(columnsNeeded, images.Schema);
            _isActive = [.. Enumerable.Range(0, images.Schema.Count).Select(isNeeded)];
            _order = rand is null ? null : Utils.GetRandomPermutation(rand, images._labels.Length);
        }

        public override DataViewSchema Schema => _images.Schema;

        public override long Batch => 0;

        private int Image
        {
            get
            {
                Ch.Check(IsGood, RowCursorUtils.FetchValueStateError);
                return _order is null ? (int)Position : _order[(int)Position];
            }
        }

        public override bool IsColumnActive(DataViewSchema.Column column)
        {
            Ch.Check(column.Index < Schema.Count);
            return _isActive[column.Index];
        }

        public override ValueGetter<DataViewRowId> GetIdGetter() =>
            (ref DataViewRowId value) => value = new DataViewRowId((ulong)Image, 0);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            Ch.Check(IsColumnActive(column), "The requested column is not active.");
            ValueGetter<float> getLabel = (ref float value) => value = _images._labels[Image];
            ValueGetter<VBuffer<float>> getFeatures = (ref VBuffer<float> value) => _images.CopyFeatures(Image, ref value);
            Delegate getter = column.Index == 0 ? getLabel : getFeatures;
            return getter as ValueGetter<TValue>
                ?? throw Ch.Except($"Column '{column.Name}' holds {column.Type.RawType}, but {typeof(TValue)} was asked for.");
        }

        protected override bool MoveNextCore() => Position + 1 < _images._labels.Length;
    }
}
