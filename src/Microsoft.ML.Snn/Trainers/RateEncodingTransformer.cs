using System.Diagnostics.CodeAnalysis;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Snn;
using Microsoft.ML.Snn.Encoding;
using Microsoft.ML.Snn.Trainers;

[assembly: LoadableClass(RateEncodingTransformer.Summary, typeof(RateEncodingTransformer), null,
    typeof(SignatureLoadModel), RateEncodingTransformer.UserName, RateEncodingTransformer.LoaderSignature)]
[assembly: LoadableClass(typeof(IRowMapper), typeof(RateEncodingTransformer), null,
    typeof(SignatureLoadRowMapper), RateEncodingTransformer.UserName, RateEncodingTransformer.LoaderSignature)]
[assembly: LoadableClass(RateEncodingTransformer.Summary, typeof(IDataTransform), typeof(RateEncodingTransformer), null,
    typeof(SignatureLoadDataTransform), RateEncodingTransformer.UserName, RateEncodingTransformer.LoaderSignature)]

namespace Microsoft.ML.Snn;

/// <summary>Encodes each feature as a spike train: the larger the feature, the more spikes.</summary>
/// <remarks><inheritdoc cref="SpikeEncodingTransformer" path="/remarks/node()"/></remarks>
public sealed class RateEncodingTransformer : SpikeEncodingTransformer
{
    internal const string Summary = "Encodes the features of a vector as the rates of spike trains.";
    internal const string UserName = "Rate Encoding Transform";
    internal const string LoaderSignature = "SnnRateEncoding";

    internal RateEncodingTransformer(
        IHostEnvironment env, SpikeTiming timing, RateEncoding kind, float maximumRate, int seed,
        params (string outputColumnName, string inputColumnName)[] columns)
        : base(Contracts.CheckRef(env, nameof(env)).Register(nameof(RateEncodingTransformer)), timing, columns)
    {
        Kind = kind;
        MaximumRate = maximumRate;
        Seed = seed;
    }

    private RateEncodingTransformer(IHost host, ModelLoadContext ctx) : base(host, ctx)
    {
        // *** Binary format ***
        // columns and timing: base class; byte: RateEncoding; float: maximum rate in Hz; int: seed
        byte kind = ctx.Reader.ReadByte();
        host.CheckDecode(kind <= (byte)RateEncoding.Regular, "The kind of rate encoding is damaged.");
        Kind = (RateEncoding)kind;
        MaximumRate = ctx.Reader.ReadSingle();
        host.CheckDecode(MaximumRate > 0 && float.IsFinite(MaximumRate), "The maximum rate is damaged.");
        host.CheckDecode(Kind == RateEncoding.Poisson || SpikesPerStep <= 1, "The maximum rate is damaged.");
        Seed = ctx.Reader.ReadInt32();
    }

    /// <summary>Gets how the spikes are placed in time.</summary>
    public RateEncoding Kind { get; }

    /// <summary>Gets the rate that a feature of 1 has.</summary>
    /// <value>Hertz, above 0; for <see cref="RateEncoding.Regular"/> at most one spike per step.</value>
    public float MaximumRate { get; }

    /// <summary>Gets the seed of <see cref="RateEncoding.Poisson"/>; the regular kind does not use it.</summary>
    public int Seed { get; }

    private float SpikesPerStep => SpikesPerStepOf(MaximumRate, TimeStep);

    // In single precision, so that 10000 Hz in steps of 0.1 ms are 1 and not a little more.
    internal static float SpikesPerStepOf(float rate, float timeStep) => rate * timeStep / 1000;

    private protected override ISpikeEncoder CreateEncoder() => Kind switch
    {
        RateEncoding.Poisson => new PoissonRateEncoder(TimeSteps, SpikesPerStep, Seed),
        _ => new RegularRateEncoder(TimeSteps, SpikesPerStep),
    };

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        SaveCommon(ctx, GetVersionInfo());
        ctx.Writer.Write((byte)Kind);
        ctx.Writer.Write(MaximumRate);
        ctx.Writer.Write(Seed);
    }

    private static VersionInfo GetVersionInfo() => new(
        modelSignature: "SNNRATEE",
        verWrittenCur: 0x00010001,
        verReadableCur: 0x00010001,
        verWeCanReadBack: 0x00010001,
        loaderSignature: LoaderSignature,
        loaderAssemblyName: typeof(RateEncodingTransformer).Assembly.FullName);

    private static RateEncodingTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        Contracts.CheckValue(env, nameof(env));
        IHost host = env.Register(nameof(RateEncodingTransformer));
        host.CheckValue(ctx, nameof(ctx));
        ctx.CheckAtModel(GetVersionInfo());
        return new RateEncodingTransformer(host, ctx);
    }

    [SuppressMessage("Performance", "CA1859", Justification = "ML.NET finds the method by this return type.")]
    private static IDataTransform Create(IHostEnvironment env, ModelLoadContext ctx, IDataView input) =>
        Create(env, ctx).MakeDataTransform(input);

    private static IRowMapper Create(IHostEnvironment env, ModelLoadContext ctx, DataViewSchema inputSchema) =>
        Create(env, ctx).MakeRowMapper(inputSchema);
}
