using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Snn;
using Microsoft.ML.Snn.Encoding;
using Microsoft.ML.Snn.Trainers;

[assembly: LoadableClass(LatencyEncodingTransformer.Summary, typeof(LatencyEncodingTransformer), typeof(TransformerLoader<LatencyEncodingTransformer>), null,
    typeof(SignatureLoadModel), LatencyEncodingTransformer.UserName, LatencyEncodingTransformer.LoaderSignature)]
[assembly: LoadableClass(typeof(IRowMapper), typeof(TransformerLoader<LatencyEncodingTransformer>), null,
    typeof(SignatureLoadRowMapper), LatencyEncodingTransformer.UserName, LatencyEncodingTransformer.LoaderSignature)]
[assembly: LoadableClass(LatencyEncodingTransformer.Summary, typeof(IDataTransform), typeof(TransformerLoader<LatencyEncodingTransformer>), null,
    typeof(SignatureLoadDataTransform), LatencyEncodingTransformer.UserName, LatencyEncodingTransformer.LoaderSignature)]

namespace Microsoft.ML.Snn;

/// <summary>Encodes each feature as at most one spike: the larger the feature, the earlier the spike.</summary>
/// <remarks><inheritdoc cref="SpikeEncodingTransformer" path="/remarks/node()"/></remarks>
public sealed class LatencyEncodingTransformer : SpikeEncodingTransformer, ISavedTransformer<LatencyEncodingTransformer>
{
    internal const string Summary = "Encodes the features of a vector as the times of spikes.";
    internal const string UserName = "Latency Encoding Transform";
    internal const string LoaderSignature = "SnnLatencyEncoding";

    internal LatencyEncodingTransformer(
        IHostEnvironment env, SpikeTiming timing, LatencyScale scale, float threshold, float latencyTime, bool bias,
        params (string outputColumnName, string inputColumnName)[] columns)
        : base(Contracts.CheckRef(env, nameof(env)).Register(nameof(LatencyEncodingTransformer)), timing, columns)
    {
        Scale = scale;
        Threshold = threshold;
        LatencyTime = latencyTime;
        Bias = bias;
    }

    private LatencyEncodingTransformer(IHost host, ModelLoadContext ctx) : base(host, ctx)
    {
        // *** Binary format ***
        // columns and timing: base class; byte: LatencyScale; float: threshold; float: latency time in ms;
        // byte: 1 with a bias channel, else 0
        byte scale = ctx.Reader.ReadByte();
        host.CheckDecode(scale <= (byte)LatencyScale.Logarithmic, "The latency scale is damaged.");
        Scale = (LatencyScale)scale;
        Threshold = ctx.Reader.ReadSingle();
        host.CheckDecode(Threshold is >= 0 and < 1, "The threshold is damaged.");
        host.CheckDecode(Scale == LatencyScale.Linear || Threshold > 0, "The threshold is damaged.");
        LatencyTime = ctx.Reader.ReadSingle();
        host.CheckDecode(LatencyTime > 0 && float.IsFinite(LatencyTime), "The latency time is damaged.");
        byte bias = ctx.Reader.ReadByte();
        host.CheckDecode(bias <= 1, "The bias flag is damaged.");
        Bias = bias == 1;
    }

    /// <summary>Gets how the value of a feature becomes the time of its spike.</summary>
    public LatencyScale Scale { get; }

    /// <summary>Gets the value at or below which a feature stays silent.</summary>
    /// <value>0 or more (above 0 for <see cref="LatencyScale.Logarithmic"/>), below 1.</value>
    public float Threshold { get; }

    /// <summary>Gets the time constant τ of the logarithmic scale; the linear one does not use it.</summary>
    /// <value>Milliseconds, above 0.</value>
    public float LatencyTime { get; }

    /// <summary>Gets whether the last channel is a bias that spikes at step 0 of every example.</summary>
    /// <value>With a bias the output has one channel more than the input has features.</value>
    public bool Bias { get; }

    private protected override int BiasChannels => Bias ? 1 : 0;

    private protected override ISpikeEncoder CreateEncoder() => Scale switch
    {
        LatencyScale.Linear => new LinearLatencyEncoder(TimeSteps, Threshold),
        _ => new LogarithmicLatencyEncoder(TimeSteps, Threshold, LatencyTime, TimeStep),
    };

    static string ISavedTransformer<LatencyEncodingTransformer>.ModelSignature => "SNNLATEN";

    static string ISavedTransformer<LatencyEncodingTransformer>.LoadName => LoaderSignature;

    static LatencyEncodingTransformer ISavedTransformer<LatencyEncodingTransformer>.Load(IHost host, ModelLoadContext ctx) => new(host, ctx);

    IRowMapper ISavedTransformer<LatencyEncodingTransformer>.MapRows(DataViewSchema schema) => MakeRowMapper(schema);

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        TransformerLoader<LatencyEncodingTransformer>.BeginSave(Host, ctx);
        SaveCommon(ctx);
        ctx.Writer.Write((byte)Scale);
        ctx.Writer.Write(Threshold);
        ctx.Writer.Write(LatencyTime);
        ctx.Writer.Write((byte)BiasChannels);
    }
}
