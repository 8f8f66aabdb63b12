using System.Diagnostics.CodeAnalysis;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Snn.Trainers;

/// <summary>How ML.NET finds a transformer of this library in a saved model, and what stands in front of its bytes.</summary>
/// <typeparam name="T">The transformer. It names this class as its loader in three <see cref="LoadableClassAttribute"/>s.</typeparam>
internal static class TransformerLoader<T>
    where T : RowToRowTransformerBase, ISavedTransformer<T>
{
    private const uint FirstVersion = 0x00010001;

    private static VersionInfo Version => new(
        modelSignature: T.ModelSignature,
        verWrittenCur: FirstVersion + (uint)T.FormatVersion - 1,
        verReadableCur: FirstVersion + (uint)T.FormatVersion - 1,
        verWeCanReadBack: FirstVersion,
        loaderSignature: T.LoadName,
        loaderAssemblyName: typeof(T).Assembly.FullName);

    /// <summary>Writes what <see cref="Create(IHostEnvironment, ModelLoadContext)"/> will check; the settings follow.</summary>
    public static void BeginSave(IHost host, ModelSaveContext ctx)
    {
        host.CheckValue(ctx, nameof(ctx));
        ctx.CheckAtModel();
        ctx.SetVersionInfo(Version);
    }

    /// <summary>Which version of the format a model was written in, from 1.</summary>
    public static int VersionOf(ModelLoadContext ctx) => (int)(ctx.Header.ModelVerWritten - FirstVersion) + 1;

    // ML.NET finds these three by their name, arguments and return type.
    private static T Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        Contracts.CheckValue(env, nameof(env));
        IHost host = env.Register(typeof(T).Name);
        host.CheckValue(ctx, nameof(ctx));
        ctx.CheckAtModel(Version);
        return T.Load(host, ctx);
    }

    private static IDataTransform Create(IHostEnvironment env, ModelLoadContext ctx, IDataView input) =>
        (IDataTransform)Create(env, ctx).Transform(input);

    [SuppressMessage("Performance", "CA1859", Justification = "ML.NET finds the method by this return type.")]
    private static IRowMapper Create(IHostEnvironment env, ModelLoadContext ctx, DataViewSchema inputSchema) =>
        Create(env, ctx).MapRows(inputSchema);
}
