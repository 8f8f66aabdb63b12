using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Snn;
using Microsoft.ML.Snn.Encoding.Rows;
using Microsoft.ML.Snn.Trainers;

[assembly: LoadableClass(SignalTransformer.Summary, typeof(SignalTransformer), typeof(TransformerLoader<SignalTransformer>), null,
    typeof(SignatureLoadModel), SignalTransformer.UserName, SignalTransformer.LoaderSignature)]
[assembly: LoadableClass(typeof(IRowMapper), typeof(TransformerLoader<SignalTransformer>), null,
    typeof(SignatureLoadRowMapper), SignalTransformer.UserName, SignalTransformer.LoaderSignature)]
[assembly: LoadableClass(SignalTransformer.Summary, typeof(IDataTransform), typeof(TransformerLoader<SignalTransformer>), null,
    typeof(SignatureLoadDataTransform), SignalTransformer.UserName, SignalTransformer.LoaderSignature)]

namespace Microsoft.ML.Snn;

/// <summary>Encodes, decodes or changes spike trains, row by row, as its <see cref="Operation"/> says.</summary>
/// <remarks>
/// A spike train column is a Vector&lt;Single, T, N&gt; of T steps by N channels, time-major (slot = step · N + channel), whose
/// annotation "SnnTimeStep" (Single) holds the length of a step in milliseconds; a value is the number of spikes, or a
/// current. Any other vector of Single is a plain vector. NaN and values that the operation does not allow are an
/// <see cref="InvalidOperationException"/> when the row is read; it names column, row and slot.
/// </remarks>
public sealed class SignalTransformer : OneToOneTransformerBase, ISavedTransformer<SignalTransformer>
{
    internal const string Summary = "Encodes, decodes or changes spike trains.";
    internal const string UserName = "Spike Train Transform";
    internal const string LoaderSignature = "SnnSignal";

    internal SignalTransformer(
        IHostEnvironment env, SignalOperation operation, params (string outputColumnName, string inputColumnName)[] columns)
        : base(Contracts.CheckRef(env, nameof(env)).Register(nameof(SignalTransformer)), columns)
    {
        operation.Validate();
        Operation = operation;
    }

    private SignalTransformer(IHost host, ModelLoadContext ctx) : base(host, TransformColumns.Load(host, ctx))
    {
        // *** Binary format ***
        // columns; string: name of the operation; its settings
        try
        {
            Operation = SignalOperationFormat.Read(ctx.Reader);
        }
        catch (InvalidDataException damaged)
        {
            throw host.ExceptDecode(damaged.Message);
        }
    }

    /// <summary>Gets what is done to each row.</summary>
    public SignalOperation Operation { get; }

    /// <summary>Gets the columns: each output with its input.</summary>
    public IReadOnlyList<InputOutputColumnPair> Columns =>
        [.. ColumnPairs.Select(pair => new InputOutputColumnPair(pair.outputColumnName, pair.inputColumnName))];

    internal static string ExpectedInput(SignalOperation operation) =>
        operation.ReadsSpikes ? "spike train, as the encoders of mlContext.Snn() make it" : SpikeColumn.ExpectedInput;

    static string ISavedTransformer<SignalTransformer>.ModelSignature => "SNNSIGNL";

    static string ISavedTransformer<SignalTransformer>.LoadName => LoaderSignature;

    static SignalTransformer ISavedTransformer<SignalTransformer>.Load(IHost host, ModelLoadContext ctx) => new(host, ctx);

    IRowMapper ISavedTransformer<SignalTransformer>.MapRows(DataViewSchema schema) => MakeRowMapper(schema);

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        TransformerLoader<SignalTransformer>.BeginSave(Host, ctx);
        SaveColumns(ctx);
        SignalOperationFormat.Write(ctx.Writer, Operation);
    }

    private protected override void CheckInputColumn(DataViewSchema inputSchema, int col, int srcCol)
    {
        if (!TryShapeOf(inputSchema[srcCol], out SignalShape shape))
        {
            throw Host.ExceptSchemaMismatch(nameof(inputSchema), "input", ColumnPairs[col].inputColumnName,
                ExpectedInput(Operation), inputSchema[srcCol].Type.ToString());
        }

        try
        {
            Operation.OutputOf(shape);
        }
        catch (ArgumentException refused)
        {
            throw Host.ExceptParam(nameof(inputSchema), $"Column '{ColumnPairs[col].inputColumnName}': {refused.Message}");
        }
    }

    private protected override IRowMapper MakeRowMapper(DataViewSchema schema) => new Mapper(this, schema);

    private bool TryShapeOf(DataViewSchema.Column column, out SignalShape shape)
    {
        shape = default;
        if (SpikeColumn.TryGet(column, out SpikeColumn spikes))
        {
            shape = new SignalShape(spikes.Steps, spikes.Channels, spikes.TimeStep);
            return true;
        }

        if (Operation.ReadsSpikes
            || column.Type is not VectorDataViewType { IsKnownSize: true } type
            || type.ItemType != NumberDataViewType.Single)
        {
            return false;
        }

        int steps = type.Dimensions.Length > 1 ? type.Dimensions[0] : 1;
        shape = new SignalShape(steps, type.Size / steps, 0);
        return true;
    }

    private sealed class Mapper : OneToOneMapperBase
    {
        private readonly SignalTransformer _parent;

        public Mapper(SignalTransformer parent, DataViewSchema inputSchema)
            : base(parent.Host.Register(nameof(Mapper)), parent, inputSchema) => _parent = parent;

        protected override DataViewSchema.DetachedColumn[] GetOutputColumnsCore() =>
            [.. _parent.ColumnPairs.Select((pair, i) => Detached(pair.outputColumnName, _parent.Operation.OutputOf(InputOf(i))))];

        protected override Delegate MakeGetter(
            DataViewRow input, int iinfo, Func<int, bool> activeOutput, out Action? disposer)
        {
            disposer = null;
            DataViewSchema.Column source = input.Schema[ColMapNewToOld[iinfo]];
            ValueGetter<VBuffer<float>> getInput = input.GetGetter<VBuffer<float>>(source);
            ValueGetter<DataViewRowId> getId = input.GetIdGetter();
            SignalShape shape = InputOf(iinfo);
            SignalFunction function = _parent.Operation.CreateFunction(shape);
            int slots = (int)_parent.Operation.OutputOf(shape).Slots;

            // One getter belongs to one cursor on one thread, and so does its scratch memory.
            SignalWriter writer = new();
            VBuffer<float> values = default;
            DataViewRowId id = default;
            ValueGetter<VBuffer<float>> getter = (ref VBuffer<float> result) =>
            {
                getInput(ref values);
                getId(ref id);
                writer.Clear();
                function(
                    new SignalRow(values.GetValues(), values.IsDense ? [] : values.GetIndices(), source.Name, new UInt128(id.High, id.Low)),
                    writer);
                SpikeVector.Write(writer, slots, ref result);
            };
            return getter;
        }

        private static DataViewSchema.DetachedColumn Detached(string name, SignalShape shape) => shape.IsSpikeTrain
            ? new SpikeColumn(shape.Steps, shape.Channels, shape.TimeStep).Detached(name)
            : new DataViewSchema.DetachedColumn(name, shape.Steps == 1
                ? new VectorDataViewType(NumberDataViewType.Single, shape.Channels)
                : new VectorDataViewType(NumberDataViewType.Single, shape.Steps, shape.Channels));

        private SignalShape InputOf(int pair)
        {
            _parent.TryShapeOf(InputSchema[ColMapNewToOld[pair]], out SignalShape shape);
            return shape;
        }
    }
}
