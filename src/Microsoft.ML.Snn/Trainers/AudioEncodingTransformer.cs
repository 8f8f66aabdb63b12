using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Snn;
using Microsoft.ML.Snn.Trainers;

[assembly: LoadableClass(AudioEncodingTransformer.Summary, typeof(AudioEncodingTransformer), typeof(TransformerLoader<AudioEncodingTransformer>), null,
    typeof(SignatureLoadModel), AudioEncodingTransformer.UserName, AudioEncodingTransformer.LoaderSignature)]
[assembly: LoadableClass(typeof(IRowMapper), typeof(TransformerLoader<AudioEncodingTransformer>), null,
    typeof(SignatureLoadRowMapper), AudioEncodingTransformer.UserName, AudioEncodingTransformer.LoaderSignature)]
[assembly: LoadableClass(AudioEncodingTransformer.Summary, typeof(IDataTransform), typeof(TransformerLoader<AudioEncodingTransformer>), null,
    typeof(SignatureLoadDataTransform), AudioEncodingTransformer.UserName, AudioEncodingTransformer.LoaderSignature)]

namespace Microsoft.ML.Snn;

/// <summary>Encodes sound as spike trains: a bank of filters, and spikes for the level of each band over time.</summary>
/// <remarks>
/// <para>
/// The input column is either a vector of Single with the samples, full scale at 1, whose annotation "SnnSampleRate"
/// (Single, in hertz) or the argument <c>sampleRate</c> says how fast they follow each other; or Text with the path of a WAV
/// file, which brings its own rate. The output column is a sparse Vector&lt;Single, T, N&gt;, time-major: slot =
/// step · N + channel, value 1 per spike, with the annotation "SnnTimeStep".
/// </para>
/// <para>
/// What is done is in <see cref="AudioEncoding"/>. A sample that is NaN or infinite and a WAV file that cannot be read are
/// errors when the row is read; where ML.NET reads on several threads, it wraps that error in one of its own.
/// </para>
/// </remarks>
public sealed class AudioEncodingTransformer : OneToOneTransformerBase, ISavedTransformer<AudioEncodingTransformer>
{
    internal const string Summary = "Encodes sound as spike trains.";
    internal const string UserName = "Audio Encoding Transform";
    internal const string LoaderSignature = "SnnAudioEncoding";

    internal AudioEncodingTransformer(
        IHostEnvironment env, AudioEncoding encoding, float? sampleRate,
        params (string outputColumnName, string inputColumnName)[] columns)
        : base(Contracts.CheckRef(env, nameof(env)).Register(nameof(AudioEncodingTransformer)), columns)
    {
        Encoding = encoding;
        SampleRate = sampleRate;
    }

    private AudioEncodingTransformer(IHost host, ModelLoadContext ctx) : base(host, TransformColumns.Load(host, ctx))
    {
        // *** Binary format ***
        // columns: TransformColumns; float: sample rate in Hz or 0 for none; encoding: SavedAudioEncoding
        float rate = ctx.Reader.ReadSingle();
        host.CheckDecode(rate >= 0 && float.IsFinite(rate), "The sample rate is damaged.");
        SampleRate = rate == 0 ? null : rate;
        Encoding = SavedAudioEncoding.Load(host, ctx);
    }

    /// <summary>Gets how sound becomes spikes.</summary>
    public AudioEncoding Encoding { get; }

    /// <summary>Gets the sample rate of columns of samples that do not bring theirs.</summary>
    /// <value>Hertz, above 0, or null.</value>
    public float? SampleRate { get; }

    /// <summary>Gets the columns: each output with the input that it encodes.</summary>
    public IReadOnlyList<InputOutputColumnPair> Columns =>
        [.. ColumnPairs.Select(pair => new InputOutputColumnPair(pair.outputColumnName, pair.inputColumnName))];

    static string ISavedTransformer<AudioEncodingTransformer>.ModelSignature => "SNNAUDIO";

    static string ISavedTransformer<AudioEncodingTransformer>.LoadName => LoaderSignature;

    static AudioEncodingTransformer ISavedTransformer<AudioEncodingTransformer>.Load(IHost host, ModelLoadContext ctx) => new(host, ctx);

    IRowMapper ISavedTransformer<AudioEncodingTransformer>.MapRows(DataViewSchema schema) => MakeRowMapper(schema);

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        TransformerLoader<AudioEncodingTransformer>.BeginSave(Host, ctx);
        SaveColumns(ctx);
        ctx.Writer.Write(SampleRate ?? 0);
        SavedAudioEncoding.Save(ctx, Encoding);
    }

    private protected override void CheckInputColumn(DataViewSchema inputSchema, int col, int srcCol)
    {
        DataViewSchema.Column column = inputSchema[srcCol];
        if (AudioColumn.IsPath(column.Type))
        {
            return;
        }

        if (!AudioColumn.IsSamples(column.Type))
        {
            throw Host.ExceptSchemaMismatch(
                nameof(inputSchema), "input", column.Name, AudioColumn.ExpectedInput, column.Type.ToString());
        }

        if ((AudioColumn.SampleRateOf(column) ?? SampleRate) is not { } rate)
        {
            throw Host.ExceptParam(nameof(inputSchema),
                $"Column '{column.Name}' must have the annotation {AudioColumn.SampleRateKind}, a Single, but has none. "
                + "Give EncodeAudio the sampleRate of the samples in hertz.");
        }

        if (AudioReader.RateProblem(Encoding, rate, $"Column '{column.Name}'") is { } problem)
        {
            throw Host.ExceptParam(nameof(inputSchema), problem);
        }
    }

    private protected override IRowMapper MakeRowMapper(DataViewSchema schema) => new Mapper(this, schema);

    private sealed class Mapper : OneToOneMapperBase
    {
        private readonly AudioEncodingTransformer _parent;

        public Mapper(AudioEncodingTransformer parent, DataViewSchema inputSchema)
            : base(parent.Host.Register(nameof(Mapper)), parent, inputSchema) => _parent = parent;

        protected override DataViewSchema.DetachedColumn[] GetOutputColumnsCore()
        {
            AudioEncoding encoding = _parent.Encoding;
            SpikeColumn output = new(encoding.TimeSteps, encoding.Channels, encoding.TimeStep);
            return [.. _parent.ColumnPairs.Select(pair => output.Detached(pair.outputColumnName))];
        }

        protected override Delegate MakeGetter(
            DataViewRow input, int iinfo, Func<int, bool> activeOutput, out Action? disposer)
        {
            disposer = null;
            DataViewSchema.Column source = input.Schema[ColMapNewToOld[iinfo]];
            AudioReader reader = new(_parent.Encoding, source.Name);
            if (AudioColumn.IsPath(source.Type))
            {
                ValueGetter<ReadOnlyMemory<char>> getPath = input.GetGetter<ReadOnlyMemory<char>>(source);
                ReadOnlyMemory<char> path = default;
                ValueGetter<VBuffer<float>> fromFile = (ref VBuffer<float> spikes) =>
                {
                    getPath(ref path);
                    reader.EncodeFile(path.ToString(), ref spikes);
                };
                return fromFile;
            }

            float rate = AudioColumn.SampleRateOf(source) ?? _parent.SampleRate!.Value;
            ValueGetter<VBuffer<float>> getSamples = input.GetGetter<VBuffer<float>>(source);
            ValueGetter<DataViewRowId> getId = input.GetIdGetter();
            VBuffer<float> samples = default;
            DataViewRowId id = default;
            ValueGetter<VBuffer<float>> fromSamples = (ref VBuffer<float> spikes) =>
            {
                getSamples(ref samples);
                getId(ref id);
                reader.EncodeSamples(samples, rate, new UInt128(id.High, id.Low), ref spikes);
            };
            return fromSamples;
        }
    }
}
