using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Snn;
using Microsoft.ML.Snn.Encoding.Rows;
using Microsoft.ML.Snn.Models;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Trainers;
using Microsoft.ML.Snn.Trainers.Layers;

[assembly: LoadableClass(SpikingLayerTransformer.Summary, typeof(SpikingLayerTransformer), typeof(TransformerLoader<SpikingLayerTransformer>), null,
    typeof(SignatureLoadModel), SpikingLayerTransformer.UserName, SpikingLayerTransformer.LoaderSignature)]
[assembly: LoadableClass(typeof(IRowMapper), typeof(TransformerLoader<SpikingLayerTransformer>), null,
    typeof(SignatureLoadRowMapper), SpikingLayerTransformer.UserName, SpikingLayerTransformer.LoaderSignature)]
[assembly: LoadableClass(SpikingLayerTransformer.Summary, typeof(IDataTransform), typeof(TransformerLoader<SpikingLayerTransformer>), null,
    typeof(SignatureLoadDataTransform), SpikingLayerTransformer.UserName, SpikingLayerTransformer.LoaderSignature)]

namespace Microsoft.ML.Snn;

/// <summary>Runs each row through spiking layers whose weights are fixed, and gives the spikes of the last one.</summary>
/// <remarks>
/// <para>The output column is a spike train, a sparse Vector&lt;Single, T, N&gt; of T steps by N neurons with the annotation
/// "SnnTimeStep", as the encoders of <see cref="SnnOperations"/> make it: slot step · N + neuron is 1 where the neuron spiked
/// at the end of the step. Inside one network such a spike arrives at the layer behind one step later.</para>
/// <para>NaN and infinity in the input are an <see cref="InvalidOperationException"/> when the row is read. Safe for any
/// number of threads.</para>
/// </remarks>
public sealed class SpikingLayerTransformer : OneToOneTransformerBase, ISavedTransformer<SpikingLayerTransformer>
{
    internal const string Summary = "Runs spike trains through spiking layers with fixed weights.";
    internal const string UserName = "Spiking Layer Transform";
    internal const string LoaderSignature = "SnnSpikingLayer";

    private readonly NetworkScoring _network;

    internal SpikingLayerTransformer(IHostEnvironment env, SnnModel layers, string outputColumnName, string inputColumnName)
        : base(Contracts.CheckRef(env, nameof(env)).Register(nameof(SpikingLayerTransformer)), (outputColumnName, inputColumnName)) =>
        _network = new NetworkScoring(layers);

    private SpikingLayerTransformer(IHost host, ModelLoadContext ctx) : base(host, TransformColumns.Load(host, ctx))
    {
        // *** Binary format ***
        // columns; a network whose output has no weights, in the format of models
        try
        {
            _network = new NetworkScoring(ModelFormat.Read(ctx.Reader.BaseStream));
        }
        catch (InvalidDataException broken)
        {
            throw host.ExceptDecode(broken.Message);
        }

        host.CheckDecode(
            Program.IsClassic && Program.Hidden.Count > 0 && Program.Integrator == Integrator.Grid && !_network.Input.IsSpikeTimes,
            "The network of the layer is damaged.");
    }

    /// <summary>Gets the number of neurons of the last layer: the channels of the output column.</summary>
    public int NumberOfNeurons => Program.Hidden[^1].Units;

    /// <summary>Gets the number of steps of a trial.</summary>
    public int TimeSteps => Program.Steps;

    /// <summary>Gets the length of a step in milliseconds.</summary>
    public double TimeStep => Program.TimeStep;

    /// <summary>Gets the columns: the output with its input.</summary>
    public IReadOnlyList<InputOutputColumnPair> Columns =>
        [.. ColumnPairs.Select(pair => new InputOutputColumnPair(pair.outputColumnName, pair.inputColumnName))];

    private NetworkProgram Program => _network.Model.Program;

    private SpikeColumn Output => new(Program.Steps, NumberOfNeurons, (float)Program.TimeStep);

    /// <summary>Returns a copy of the weights.</summary>
    /// <returns>One matrix per connection, in the order of the data flow.</returns>
    public IReadOnlyList<SnnConnectionWeights> GetWeights() =>
    [
        .. Program.Connections.SkipLast(1).Select(
            c => new SnnConnectionWeights(c.Name, c.Rows, c.Columns, (float[])_network.Model.Weights[c.Index].Clone())),
    ];

    static string ISavedTransformer<SpikingLayerTransformer>.ModelSignature => "SNNSPLAY";

    static string ISavedTransformer<SpikingLayerTransformer>.LoadName => LoaderSignature;

    static SpikingLayerTransformer ISavedTransformer<SpikingLayerTransformer>.Load(IHost host, ModelLoadContext ctx) => new(host, ctx);

    IRowMapper ISavedTransformer<SpikingLayerTransformer>.MapRows(DataViewSchema schema) => MakeRowMapper(schema);

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        TransformerLoader<SpikingLayerTransformer>.BeginSave(Host, ctx);
        SaveColumns(ctx);
        ModelFormat.Write(ctx.Writer.BaseStream, _network.Model);
    }

    private protected override void CheckInputColumn(DataViewSchema inputSchema, int col, int srcCol)
    {
        InputShape expected = _network.Input;
        DataViewSchema.Column column = inputSchema[srcCol];
        bool isVector = column.Type is VectorDataViewType { IsKnownSize: true } vector && vector.ItemType == NumberDataViewType.Single;
        InputShape? found = isVector ? InputShape.Of(column, expected.Steps, expected.TimeStep, Integrator.Grid) : null;
        if (found != expected)
        {
            throw Host.ExceptSchemaMismatch(nameof(inputSchema), "input", ColumnPairs[col].inputColumnName,
                expected.ToString(), found?.ToString() ?? column.Type.ToString());
        }
    }

    private protected override IRowMapper MakeRowMapper(DataViewSchema schema) => new Mapper(this, schema);

    private sealed class Mapper : OneToOneMapperBase
    {
        private readonly SpikingLayerTransformer _parent;

        public Mapper(SpikingLayerTransformer parent, DataViewSchema inputSchema)
            : base(parent.Host.Register(nameof(Mapper)), parent, inputSchema) => _parent = parent;

        protected override DataViewSchema.DetachedColumn[] GetOutputColumnsCore() =>
            [.. _parent.ColumnPairs.Select(pair => _parent.Output.Detached(pair.outputColumnName))];

        protected override Delegate MakeGetter(
            DataViewRow input, int iinfo, Func<int, bool> activeOutput, out Action? disposer)
        {
            DataViewSchema.Column source = input.Schema[ColMapNewToOld[iinfo]];
            ValueGetter<VBuffer<float>> getInput = input.GetGetter<VBuffer<float>>(source);
            int slots = checked(_parent.Output.Steps * _parent.Output.Channels);

            // One getter belongs to one cursor on one thread, and so does its state.
            var layers = new LayerRow(_parent._network, source.Name);
            disposer = layers.Dispose;
            SignalWriter writer = new();
            VBuffer<float> values = default;
            ValueGetter<VBuffer<float>> getter = (ref VBuffer<float> spikes) =>
            {
                getInput(ref values);
                writer.Clear();
                layers.Run(values, input.Position, writer);
                VBufferEditor<float> editor = VBufferEditor.Create(ref spikes, slots, writer.Count);
                writer.Values.CopyTo(editor.Values);
                if (writer.Count < slots)
                {
                    writer.Slots.CopyTo(editor.Indices);
                }

                spikes = editor.Commit();
            };
            return getter;
        }
    }
}
