using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Snn;
using Microsoft.ML.Snn.Encoding;
using Microsoft.ML.Snn.Trainers;

[assembly: LoadableClass(RateEncodingTransformer.Summary, typeof(RateEncodingTransformer), typeof(TransformerLoader<RateEncodingTransformer>), null,
    typeof(SignatureLoadModel), RateEncodingTransformer.UserName, RateEncodingTransformer.LoaderSignature)]
[assembly: LoadableClass(typeof(IRowMapper), typeof(TransformerLoader<RateEncodingTransformer>), null,
    typeof(SignatureLoadRowMapper), RateEncodingTransformer.UserName, RateEncodingTransformer.LoaderSignature)]
[assembly: LoadableClass(RateEncodingTransformer.Summary, typeof(IDataTransform), typeof(TransformerLoader<RateEncodingTransformer>), null,
    typeof(SignatureLoadDataTransform), RateEncodingTransformer.UserName, RateEncodingTransformer.LoaderSignature)]

namespace Microsoft.ML.Snn;

/// <summary>Encodes each feature as a spike train: the larger the feature, the more spikes.</summary>
/// <remarks><inheritdoc cref="SpikeEncodingTransformer" path="/remarks/node()"/></remarks>
public sealed class RateEncodingTransformer : SpikeEncodingTransformer, ISavedTransformer<RateEncodingTransformer>
{
    internal const string Summary = "Encodes the features of a vector as the rates of spike trains.";
    internal const string UserName = "Rate Encoding Transform";
    internal const string LoaderSignature = "SnnRateEncoding";

    // Version 1 of the format had neither signs nor frames.
    private const int FramesVersion = 2;

    internal RateEncodingTransformer(
        IHostEnvironment env, SpikeTiming timing, RateEncoding kind, float maximumRate, int seed, bool signed, int frames,
        params (string outputColumnName, string inputColumnName)[] columns)
        : base(Contracts.CheckRef(env, nameof(env)).Register(nameof(RateEncodingTransformer)), timing, columns)
    {
        Kind = kind;
        MaximumRate = maximumRate;
        Seed = seed;
        Signed = signed;
        Frames = frames;
    }

    private RateEncodingTransformer(IHost host, ModelLoadContext ctx) : base(host, ctx)
    {
        // *** Binary format ***
        // columns and timing: base class; byte: RateEncoding; float: maximum rate in Hz; int: seed; from version 2: bool: signed; int: frames
        byte kind = ctx.Reader.ReadByte();
        host.CheckDecode(kind <= (byte)RateEncoding.Regular, "The kind of rate encoding is damaged.");
        Kind = (RateEncoding)kind;
        MaximumRate = ctx.Reader.ReadSingle();
        host.CheckDecode(MaximumRate > 0 && float.IsFinite(MaximumRate), "The maximum rate is damaged.");
        host.CheckDecode(Kind == RateEncoding.Poisson || SpikesPerStep <= 1, "The maximum rate is damaged.");
        Seed = ctx.Reader.ReadInt32();
        if (TransformerLoader<RateEncodingTransformer>.VersionOf(ctx) < FramesVersion)
        {
            return;
        }

        byte signed = ctx.Reader.ReadByte();
        host.CheckDecode(signed <= 1, "The flag of signed features is damaged.");
        Signed = signed == 1;
        Frames = ctx.Reader.ReadInt32();
        host.CheckDecode(Frames is > 0 and <= SpikeTiming.MaximumTimeSteps, "The number of frames is damaged.");
    }

    /// <summary>Gets how the spikes are placed in time.</summary>
    public RateEncoding Kind { get; }

    /// <summary>Gets the rate that a feature of 1 has.</summary>
    /// <value>Hertz, above 0; for <see cref="RateEncoding.Regular"/> at most one spike per step.</value>
    public float MaximumRate { get; }

    /// <summary>Gets the seed of <see cref="RateEncoding.Poisson"/>; the regular kind does not use it.</summary>
    public int Seed { get; }

    /// <summary>Gets whether features may be negative, down to -1; their spikes have the value -1.</summary>
    public bool Signed { get; }

    /// <summary>Gets the number of frames of a row; each is shown for <see cref="SpikeEncodingTransformer.TimeSteps"/> steps.</summary>
    /// <value>1 to 65536.</value>
    public int Frames { get; } = 1;

    private protected override int FramesPerRow => Frames;

    private protected override bool HasSigns => Signed;

    private float SpikesPerStep => SpikesPerStepOf(MaximumRate, TimeStep);

    // In single precision, so that 10000 Hz in steps of 0.1 ms are 1 and not a little more.
    internal static float SpikesPerStepOf(float rate, float timeStep) => rate * timeStep / 1000;

    private protected override ISpikeEncoder CreateEncoder() => Kind switch
    {
        RateEncoding.Poisson => new PoissonRateEncoder(TimeSteps, SpikesPerStep, Seed, Frames),
        _ => new RegularRateEncoder(TimeSteps, SpikesPerStep, Frames),
    };

    static string ISavedTransformer<RateEncodingTransformer>.ModelSignature => "SNNRATEE";

    static string ISavedTransformer<RateEncodingTransformer>.LoadName => LoaderSignature;

    static int ISavedTransformer<RateEncodingTransformer>.FormatVersion => FramesVersion;

    static RateEncodingTransformer ISavedTransformer<RateEncodingTransformer>.Load(IHost host, ModelLoadContext ctx) => new(host, ctx);

    IRowMapper ISavedTransformer<RateEncodingTransformer>.MapRows(DataViewSchema schema) => MakeRowMapper(schema);

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        TransformerLoader<RateEncodingTransformer>.BeginSave(Host, ctx);
        SaveCommon(ctx);
        ctx.Writer.Write((byte)Kind);
        ctx.Writer.Write(MaximumRate);
        ctx.Writer.Write(Seed);
        ctx.Writer.Write(Signed);
        ctx.Writer.Write(Frames);
    }
}
