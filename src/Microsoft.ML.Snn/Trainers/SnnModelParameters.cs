using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Snn;
using Microsoft.ML.Snn.Models;

[assembly: LoadableClass(typeof(SnnModelParameters), null, typeof(SignatureLoadModel), "Spiking network", SnnModelParameters.LoaderSignature)]

namespace Microsoft.ML.Snn;

/// <summary>A spiking network trained for any task.</summary>
public sealed class SnnModelParameters : SnnModelParametersBase<VBuffer<float>>
{
    internal const string LoaderSignature = "SnnModel";
    private const string ModelSignature = "SNNMODEL";

    internal SnnModelParameters(IHostEnvironment env, SnnModel model)
        : base(env, LoaderSignature, model)
    {
    }

    private SnnModelParameters(IHostEnvironment env, ModelLoadContext ctx)
        : base(env, LoaderSignature, ctx)
    {
    }

    /// <summary>Gets the number of classes, or of outputs where there are none.</summary>
    public int NumberOfClasses => NumberOfOutputs;

    internal static SnnModelParameters Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        Contracts.CheckValue(env, nameof(env));
        env.CheckValue(ctx, nameof(ctx));
        ctx.CheckAtModel(Version(ModelSignature, LoaderSignature));
        return new SnnModelParameters(env, ctx);
    }

    private protected override void SaveCore(ModelSaveContext ctx)
    {
        base.SaveCore(ctx);
        SaveNetwork(ctx, Version(ModelSignature, LoaderSignature));
    }
}
