using System;
using System.Linq;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Snn;
using Microsoft.ML.Snn.Encoding.Rows;
using Microsoft.ML.Snn.Trainers;
using Microsoft.ML.Snn.Trainers.Events;

[assembly: LoadableClass(EventEncodingTransformer.Summary, typeof(EventEncodingTransformer), typeof(TransformerLoader<EventEncodingTransformer>), null,
    typeof(SignatureLoadModel), EventEncodingTransformer.UserName, EventEncodingTransformer.LoaderSignature)]
[assembly: LoadableClass(typeof(IRowMapper), typeof(TransformerLoader<EventEncodingTransformer>), null,
    typeof(SignatureLoadRowMapper), EventEncodingTransformer.UserName, EventEncodingTransformer.LoaderSignature)]
[assembly: LoadableClass(EventEncodingTransformer.Summary, typeof(IDataTransform), typeof(TransformerLoader<EventEncodingTransformer>), null,
    typeof(SignatureLoadDataTransform), EventEncodingTransformer.UserName, EventEncodingTransformer.LoaderSignature)]

namespace Microsoft.ML.Snn;

/// <summary>Encodes raw events, held by columns of times, channels and perhaps polarities, as spike trains.</summary>
/// <remarks>
/// <para>
/// Input columns: vectors of numbers of any kind, of a known size or not, one value per event; polarities may be Booleans. The times of
/// a row ascend; equal ones are allowed. The output column is a sparse Vector&lt;Single, T, N&gt;, time-major: slot = step · N +
/// channel, which counts events, with the annotation "SnnTimeStep". What is done is in <see cref="EventEncoding"/>.
/// </para>
/// <para>
/// Columns of different lengths, times that do not ascend or are no numbers, and channels and polarities that do not exist are
/// an <see cref="InvalidOperationException"/> when the row is read; it names column, row and event.
/// </para>
/// </remarks>
public sealed class EventEncodingTransformer : RowToRowTransformerBase, ISavedTransformer<EventEncodingTransformer>
{
    internal const string Summary = "Encodes raw events as spike trains.";
    internal const string UserName = "Event Encoding Transform";
    internal const string LoaderSignature = "SnnEventEncoding";

    internal EventEncodingTransformer(IHostEnvironment env, EventEncoding encoding, string outputColumnName, EventColumns inputs)
        : base(Contracts.CheckRef(env, nameof(env)).Register(nameof(EventEncodingTransformer)))
    {
        encoding.Validate();
        (Encoding, OutputColumnName, Inputs) = (encoding, outputColumnName, inputs);
    }

    private EventEncodingTransformer(IHost host, ModelLoadContext ctx) : base(host)
    {
        // *** Binary format ***
        // string: output column; EventColumns; EventEncoding
        OutputColumnName = ctx.LoadNonEmptyString();
        Inputs = EventColumns.Load(ctx);
        Encoding = EventEncoding.Read(ctx.Reader);
        try
        {
            Encoding.Validate();
        }
        catch (ArgumentException refused)
        {
            throw host.ExceptDecode($"The settings of the encoder are damaged: {refused.Message}");
        }

        host.CheckDecode(Encoding.SeparatePolarities == Inputs.Polarities is not null, "The columns of the encoder are damaged.");
    }

    /// <summary>Gets how events become spikes.</summary>
    public EventEncoding Encoding { get; }

    /// <summary>Gets the name of the spike train column.</summary>
    public string OutputColumnName { get; }

    /// <summary>Gets the name of the column of times.</summary>
    public string TimesColumnName => Inputs.Times;

    /// <summary>Gets the name of the column of channels.</summary>
    public string ChannelsColumnName => Inputs.Channels;

    /// <summary>Gets the name of the column of polarities, or null.</summary>
    public string? PolaritiesColumnName => Inputs.Polarities;

    internal EventColumns Inputs { get; }

    static string ISavedTransformer<EventEncodingTransformer>.ModelSignature => "SNNEVENC";

    static string ISavedTransformer<EventEncodingTransformer>.LoadName => LoaderSignature;

    static EventEncodingTransformer ISavedTransformer<EventEncodingTransformer>.Load(IHost host, ModelLoadContext ctx) => new(host, ctx);

    IRowMapper ISavedTransformer<EventEncodingTransformer>.MapRows(DataViewSchema schema) => MakeRowMapper(schema);

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        TransformerLoader<EventEncodingTransformer>.BeginSave(Host, ctx);
        ctx.SaveNonEmptyString(OutputColumnName);
        Inputs.Save(ctx);
        Encoding.Write(ctx.Writer);
    }

    private protected override IRowMapper MakeRowMapper(DataViewSchema schema) => new Mapper(this, schema);

    private sealed class Mapper : MapperBase
    {
        private readonly EventEncodingTransformer _parent;
        private readonly int[] _inputs;

        public Mapper(EventEncodingTransformer parent, DataViewSchema inputSchema)
            : base(parent.Host.Register(nameof(Mapper)), inputSchema, parent)
        {
            _parent = parent;
            _inputs = parent.Inputs.Find(Host, inputSchema);
        }

        private EventEncoding Encoding => _parent.Encoding;

        protected override DataViewSchema.DetachedColumn[] GetOutputColumnsCore() =>
            [new SpikeColumn(Encoding.TimeSteps, Encoding.SpikeChannels, Encoding.TimeStep).Detached(_parent.OutputColumnName)];

        protected override Delegate MakeGetter(DataViewRow input, int iinfo, Func<int, bool> activeOutput, out Action? disposer)
        {
            disposer = null;
            NumberReader[] columns = [.. _inputs.Select(index => new NumberReader(input, index))];
            EventRow events = new(Encoding, _parent.Inputs.Times, _parent.Inputs.Channels, _parent.Inputs.Polarities);
            ValueGetter<DataViewRowId> getId = input.GetIdGetter();
            DataViewRowId id = default;

            // One getter belongs to one cursor on one thread, and so does its scratch memory.
            SignalWriter writer = new();
            int slots = Encoding.TimeSteps * Encoding.SpikeChannels;
            ValueGetter<VBuffer<float>> getter = (ref VBuffer<float> result) =>
            {
                getId(ref id);
                writer.Clear();
                events.Encode(
                    columns[0].Read(), columns[1].Read(), columns.Length > 2 ? columns[2].Read() : default, new UInt128(id.High, id.Low), writer);
                SpikeVector.Write(writer, slots, ref result);
            };
            return getter;
        }

        private protected override Func<int, bool> GetDependenciesCore(Func<int, bool> activeOutput) =>
            column => activeOutput(0) && _inputs.Contains(column);

        private protected override void SaveModel(ModelSaveContext ctx) => _parent.SaveModel(ctx);
    }
}
