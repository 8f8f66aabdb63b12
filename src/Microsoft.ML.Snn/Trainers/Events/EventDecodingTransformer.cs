using System;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Snn;
using Microsoft.ML.Snn.Encoding;
using Microsoft.ML.Snn.Trainers;
using Microsoft.ML.Snn.Trainers.Events;

[assembly: LoadableClass(EventDecodingTransformer.Summary, typeof(EventDecodingTransformer), typeof(TransformerLoader<EventDecodingTransformer>), null,
    typeof(SignatureLoadModel), EventDecodingTransformer.UserName, EventDecodingTransformer.LoaderSignature)]
[assembly: LoadableClass(typeof(IRowMapper), typeof(TransformerLoader<EventDecodingTransformer>), null,
    typeof(SignatureLoadRowMapper), EventDecodingTransformer.UserName, EventDecodingTransformer.LoaderSignature)]
[assembly: LoadableClass(EventDecodingTransformer.Summary, typeof(IDataTransform), typeof(TransformerLoader<EventDecodingTransformer>), null,
    typeof(SignatureLoadDataTransform), EventDecodingTransformer.UserName, EventDecodingTransformer.LoaderSignature)]

namespace Microsoft.ML.Snn;

/// <summary>Gives back the events of a spike train: the inverse of <see cref="EventEncodingTransformer"/>.</summary>
/// <remarks>
/// Output columns, vectors of one value per event: times, Double, ascending; channels, Int32, ascending within a step; and where
/// they are asked for polarities, Boolean, of a spike train whose second half of channels are those of polarity 1. An event is in the
/// middle of its step, so that times are right to within half a step, and encoding them again gives the same spike train.
/// A slot that holds no whole number of events is an <see cref="InvalidOperationException"/> when the row is read.
/// </remarks>
public sealed class EventDecodingTransformer : RowToRowTransformerBase, ISavedTransformer<EventDecodingTransformer>
{
    internal const string Summary = "Gives back the events of spike trains.";
    internal const string UserName = "Event Decoding Transform";
    internal const string LoaderSignature = "SnnEventDecoding";

    internal EventDecodingTransformer(IHostEnvironment env, string inputColumnName, EventColumns outputs, double timeUnit)
        : base(Contracts.CheckRef(env, nameof(env)).Register(nameof(EventDecodingTransformer)))
    {
        Require.Positive(timeUnit, "It is the number of milliseconds per unit of the times, for example 0.001 for microseconds.");
        (InputColumnName, Outputs, TimeUnit) = (inputColumnName, outputs, timeUnit);
    }

    private EventDecodingTransformer(IHost host, ModelLoadContext ctx) : base(host)
    {
        // *** Binary format ***
        // string: input column; EventColumns; double: milliseconds per unit
        InputColumnName = ctx.LoadNonEmptyString();
        Outputs = EventColumns.Load(ctx);
        TimeUnit = ctx.Reader.ReadDouble();
        host.CheckDecode(TimeUnit > 0 && double.IsFinite(TimeUnit), "The unit of the times is damaged.");
    }

    /// <summary>Gets the name of the spike train column.</summary>
    public string InputColumnName { get; }

    /// <summary>Gets the unit of the times in milliseconds.</summary>
    public double TimeUnit { get; }

    /// <summary>Gets the name of the column of times.</summary>
    public string TimesColumnName => Outputs.Times;

    /// <summary>Gets the name of the column of channels.</summary>
    public string ChannelsColumnName => Outputs.Channels;

    /// <summary>Gets the name of the column of polarities, or null.</summary>
    public string? PolaritiesColumnName => Outputs.Polarities;

    internal EventColumns Outputs { get; }

    static string ISavedTransformer<EventDecodingTransformer>.ModelSignature => "SNNEVDEC";

    static string ISavedTransformer<EventDecodingTransformer>.LoadName => LoaderSignature;

    static EventDecodingTransformer ISavedTransformer<EventDecodingTransformer>.Load(IHost host, ModelLoadContext ctx) => new(host, ctx);

    IRowMapper ISavedTransformer<EventDecodingTransformer>.MapRows(DataViewSchema schema) => MakeRowMapper(schema);

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        TransformerLoader<EventDecodingTransformer>.BeginSave(Host, ctx);
        ctx.SaveNonEmptyString(InputColumnName);
        Outputs.Save(ctx);
        ctx.Writer.Write(TimeUnit);
    }

    private protected override IRowMapper MakeRowMapper(DataViewSchema schema) => new Mapper(this, schema);

    private sealed class Mapper : MapperBase
    {
        private readonly EventDecodingTransformer _parent;
        private readonly DataViewSchema.Column _input;
        private readonly SpikeColumn _spikes;

        public Mapper(EventDecodingTransformer parent, DataViewSchema inputSchema)
            : base(parent.Host.Register(nameof(Mapper)), inputSchema, parent)
        {
            _parent = parent;
            _input = inputSchema.GetColumnOrNull(parent.InputColumnName)
                ?? throw Host.ExceptSchemaMismatch(nameof(inputSchema), "input", parent.InputColumnName);
            if (!SpikeColumn.TryGet(_input, out _spikes))
            {
                throw Host.ExceptSchemaMismatch(nameof(inputSchema), "input", _input.Name,
                    "spike train, as the encoders of mlContext.Snn() make it", _input.Type.ToString());
            }

            if (parent.PolaritiesColumnName is not null && _spikes.Channels % 2 != 0)
            {
                throw Host.ExceptParam(nameof(inputSchema),
                    $"Column '{_input.Name}' must have two channels per sensor channel for polarities, but has {_spikes.Channels} channels. "
                    + "Leave out the column of polarities.");
            }
        }

        protected override DataViewSchema.DetachedColumn[] GetOutputColumnsCore()
        {
            DataViewSchema.DetachedColumn times = new(_parent.TimesColumnName, new VectorDataViewType(NumberDataViewType.Double));
            DataViewSchema.DetachedColumn channels = new(_parent.ChannelsColumnName, new VectorDataViewType(NumberDataViewType.Int32));
            return _parent.PolaritiesColumnName is { } polarities
                ? [times, channels, new(polarities, new VectorDataViewType(BooleanDataViewType.Instance))]
                : [times, channels];
        }

        protected override Delegate MakeGetter(DataViewRow input, int iinfo, Func<int, bool> activeOutput, out Action? disposer)
        {
            disposer = null;
            TimeGrid grid = new(_spikes.TimeStep, _parent.TimeUnit);
            int channels = _spikes.Channels;
            int sensorChannels = _parent.PolaritiesColumnName is null ? channels : channels / 2;
            return iinfo switch
            {
                0 => Getter(input, slot => grid.MiddleOf(slot / channels)),
                1 => Getter(input, slot => slot % channels % sensorChannels),
                _ => Getter(input, slot => slot % channels >= sensorChannels),
            };
        }

        private protected override Func<int, bool> GetDependenciesCore(Func<int, bool> activeOutput) =>
            column => column == _input.Index && (activeOutput(0) || activeOutput(1) || activeOutput(2));

        private protected override void SaveModel(ModelSaveContext ctx) => _parent.SaveModel(ctx);

        /// <summary>Gives one value per event, by its slot.</summary>
        private ValueGetter<VBuffer<T>> Getter<T>(DataViewRow input, Func<int, T> valueOf)
        {
            ValueGetter<VBuffer<float>> getSpikes = input.GetGetter<VBuffer<float>>(_input);
            ValueGetter<DataViewRowId> getId = input.GetIdGetter();
            VBuffer<float> spikes = default;
            DataViewRowId id = default;
            return (ref VBuffer<T> result) =>
            {
                getSpikes(ref spikes);
                getId(ref id);
                VBufferEditor<T> editor = VBufferEditor.Create(ref result, CountOf(spikes, id));
                int n = 0;
                foreach ((int slot, float count) in spikes.Items())
                {
                    editor.Values.Slice(n, (int)count).Fill(valueOf(slot));
                    n += (int)count;
                }

                result = editor.Commit();
            };
        }

        private int CountOf(in VBuffer<float> spikes, DataViewRowId id)
        {
            double sum = 0;
            foreach ((int slot, float count) in spikes.Items())
            {
                // NaN is no whole number either.
                if (!(count >= 0 && count == MathF.Floor(count) && sum + count <= Array.MaxLength))
                {
                    throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture,
                        $"Column '{_input.Name}' must hold whole numbers of events, {Array.MaxLength} in a row at most, but slot {slot} of row "
                        + $"{new UInt128(id.High, id.Low)} was {count}. Decode spike trains, not currents."));
                }

                sum += count;
            }

            return (int)sum;
        }
    }
}
