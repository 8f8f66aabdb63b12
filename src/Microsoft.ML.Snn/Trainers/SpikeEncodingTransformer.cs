using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Snn.Encoding;
using Microsoft.ML.Snn.Trainers;

namespace Microsoft.ML.Snn;

/// <summary>What every encoder of features as spike trains has in common.</summary>
/// <remarks>
/// <para>
/// The input column is a vector of Single of a known size N, dense or sparse, with values from 0 to 1, or from -1 where they have
/// a sign. The output column is a sparse Vector&lt;Single, T, N&gt;, time-major: slot = step · N + channel, value 1 per spike, or -1 for a
/// spike of a negative value; a bias makes it N + 1 channels. Of F frames in a row, T steps each, it is Vector&lt;Single, F · T, N / F&gt;. Its annotation "SnnTimeStep" (Single) holds the length of a step in milliseconds.
/// </para>
/// <para>
/// An encoder is a function of its input: the same features give the same spikes in every cursor, on every thread and
/// in a prediction engine. A value that is NaN or outside its range is an <see cref="InvalidOperationException"/> when the
/// row is read, see <see cref="OutOfRange"/>; where ML.NET reads on several threads, it wraps that error in one of its own.
/// The row is named by its id, which is its number, from 0, in data that was just loaded.
/// </para>
/// </remarks>
public abstract class SpikeEncodingTransformer : OneToOneTransformerBase
{
    private readonly SpikeTiming _timing;

    private protected SpikeEncodingTransformer(
        IHost host, SpikeTiming timing, (string outputColumnName, string inputColumnName)[] columns)
        : base(host, columns) => _timing = timing;

    private protected SpikeEncodingTransformer(IHost host, ModelLoadContext ctx)
        : base(host, TransformColumns.Load(host, ctx)) => _timing = SpikeTiming.Load(host, ctx);

    /// <summary>Gets the number T of simulation steps of an example, or of a frame where a row has several.</summary>
    /// <value>1 to 65536.</value>
    public int TimeSteps => _timing.TimeSteps;

    /// <summary>Gets the length of one step.</summary>
    /// <value>Milliseconds, above 0.</value>
    public float TimeStep => _timing.TimeStep;

    /// <summary>Gets what happens to features below 0 or above 1.</summary>
    public OutOfRange OutOfRange => _timing.OutOfRange;

    /// <summary>Gets the columns: each output with the input that it encodes.</summary>
    public IReadOnlyList<InputOutputColumnPair> Columns =>
        [.. ColumnPairs.Select(pair => new InputOutputColumnPair(pair.outputColumnName, pair.inputColumnName))];

    /// <summary>Gets the number of channels after those of the features; they spike at step 0 of every example.</summary>
    private protected virtual int BiasChannels => 0;

    /// <summary>Gets how many frames a row holds, one after the other.</summary>
    private protected virtual int FramesPerRow => 1;

    /// <summary>Gets whether features go down to -1 instead of 0.</summary>
    private protected virtual bool HasSigns => false;

    private protected abstract ISpikeEncoder CreateEncoder();

    private protected void SaveCommon(ModelSaveContext ctx)
    {
        SaveColumns(ctx);
        _timing.Save(ctx);
    }

    private protected override void CheckInputColumn(DataViewSchema inputSchema, int col, int srcCol)
    {
        if (inputSchema[srcCol].Type is not VectorDataViewType { IsKnownSize: true } type
            || type.ItemType != NumberDataViewType.Single)
        {
            throw Host.ExceptSchemaMismatch(nameof(inputSchema), "input", ColumnPairs[col].inputColumnName,
                SpikeColumn.ExpectedInput, inputSchema[srcCol].Type.ToString());
        }

        if (type.Size % FramesPerRow != 0)
        {
            throw Host.ExceptParam(nameof(inputSchema),
                $"Column '{ColumnPairs[col].inputColumnName}' must hold {FramesPerRow} frames of one size, but has {type.Size} features. "
                + "Set frames to the number of frames that follow each other in a row.");
        }

        long channels = (long)type.Size + BiasChannels;
        if (TimeSteps * channels > Array.MaxLength)
        {
            throw Host.ExceptParam(nameof(inputSchema),
                $"The spike train must have at most {Array.MaxLength} slots, but {TimeSteps} steps of the {channels} features of "
                + $"'{ColumnPairs[col].inputColumnName}' make {TimeSteps * channels}. Use fewer time steps.");
        }
    }

    private protected override IRowMapper MakeRowMapper(DataViewSchema schema) => new Mapper(this, schema);

    private sealed class Mapper : OneToOneMapperBase
    {
        private readonly SpikeEncodingTransformer _parent;

        public Mapper(SpikeEncodingTransformer parent, DataViewSchema inputSchema)
            : base(parent.Host.Register(nameof(Mapper)), parent, inputSchema) => _parent = parent;

        protected override DataViewSchema.DetachedColumn[] GetOutputColumnsCore() =>
            [.. _parent.ColumnPairs.Select((pair, i) => OutputOf(i).Detached(pair.outputColumnName))];

        protected override Delegate MakeGetter(
            DataViewRow input, int iinfo, Func<int, bool> activeOutput, out Action? disposer)
        {
            disposer = null;
            DataViewSchema.Column source = input.Schema[ColMapNewToOld[iinfo]];
            ValueGetter<VBuffer<float>> getFeatures = input.GetGetter<VBuffer<float>>(source);
            ValueGetter<DataViewRowId> getId = input.GetIdGetter();
            FeatureRange range = new(source.Name, _parent.OutOfRange, _parent.HasSigns);
            ISpikeEncoder encoder = _parent.CreateEncoder();
            SpikeColumn output = OutputOf(iinfo);
            int biasFrom = output.Channels - _parent.BiasChannels;
            int slotCount = output.Steps * output.Channels;

            // One getter belongs to one cursor on one thread, and so does its scratch memory.
            SpikeRaster raster = new();
            VBuffer<float> features = default;
            DataViewRowId id = default;
            ValueGetter<VBuffer<float>> getter = (ref VBuffer<float> spikes) =>
            {
                getFeatures(ref features);

                // ML.NET reads ahead on several threads: the position is one within a thread, the id is the row's own.
                getId(ref id);
                ReadOnlySpan<int> channels = features.IsDense ? [] : features.GetIndices();
                raster.Reset(output.Steps, output.Channels);
                encoder.Encode(new FeatureRow(features.GetValues(), channels, new UInt128(id.High, id.Low), range), raster);
                for (int channel = biasFrom; channel < output.Channels; channel++)
                {
                    raster.Add(channel, step: 0);
                }

                SpikeVector.Write(raster, slotCount, ref spikes);
            };
            return getter;
        }

        private SpikeColumn OutputOf(int pair) => new(
            _parent.TimeSteps * _parent.FramesPerRow,
            InputSchema[ColMapNewToOld[pair]].Type.GetVectorSize() / _parent.FramesPerRow + _parent.BiasChannels, _parent.TimeStep);
    }
}
