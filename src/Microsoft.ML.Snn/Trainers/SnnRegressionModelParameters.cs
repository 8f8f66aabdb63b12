using Microsoft.ML;
using Microsoft.ML.Runtime;
using Microsoft.ML.Snn;
using Microsoft.ML.Snn.Models;

[assembly: LoadableClass(typeof(SnnRegressionModelParameters), null, typeof(SignatureLoadModel), "Spiking network, regression", SnnRegressionModelParameters.LoaderSignature)]

namespace Microsoft.ML.Snn;

/// <summary>A spiking network trained to predict a number.</summary>
public sealed class SnnRegressionModelParameters : SnnModelParametersBase<float>
{
    internal const string LoaderSignature = "SnnRegressionModel";
    private const string ModelSignature = "SNNREGRM";

    internal SnnRegressionModelParameters(IHostEnvironment env, SnnModel model)
        : base(env, LoaderSignature, model)
    {
    }

    private SnnRegressionModelParameters(IHostEnvironment env, ModelLoadContext ctx)
        : base(env, LoaderSignature, ctx)
    {
    }

    internal static SnnRegressionModelParameters Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        Contracts.CheckValue(env, nameof(env));
        env.CheckValue(ctx, nameof(ctx));
        ctx.CheckAtModel(Version(ModelSignature, LoaderSignature));
        return new SnnRegressionModelParameters(env, ctx);
    }

    private protected override void SaveCore(ModelSaveContext ctx)
    {
        base.SaveCore(ctx);
        SaveNetwork(ctx, Version(ModelSignature, LoaderSignature));
    }
}
