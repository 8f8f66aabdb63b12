using System;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Snn;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Models;
using Microsoft.ML.Snn.Trainers;

[assembly: LoadableClass(typeof(SnnBinaryModelParameters), null, typeof(SignatureLoadModel), "Spiking network, binary", SnnBinaryModelParameters.LoaderSignature)]

namespace Microsoft.ML.Snn;

/// <summary>A spiking network trained to say yes or no.</summary>
/// <remarks>
/// The score is the log-odds: training with sigmoid cross-entropy makes <c>1/(1 + exp(-score))</c> the probability of yes,
/// so that no separate calibrator is needed.
/// </remarks>
public sealed class SnnBinaryModelParameters : SnnModelParametersBase<float>, IValueMapperDist, IDistPredictorProducing<float, float>
{
    internal const string LoaderSignature = "SnnBinaryModel";
    private const string ModelSignature = "SNNBINRY";

    internal SnnBinaryModelParameters(IHostEnvironment env, SnnModel model)
        : base(env, LoaderSignature, model)
    {
    }

    private SnnBinaryModelParameters(IHostEnvironment env, ModelLoadContext ctx)
        : base(env, LoaderSignature, ctx)
    {
    }

    DataViewType IValueMapperDist.DistType => NumberDataViewType.Single;

    internal static SnnBinaryModelParameters Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        Contracts.CheckValue(env, nameof(env));
        env.CheckValue(ctx, nameof(ctx));
        ctx.CheckAtModel(Version(ModelSignature, LoaderSignature));
        return new SnnBinaryModelParameters(env, ctx);
    }

    ValueMapper<TSrc, TDst, TDist> IValueMapperDist.GetMapper<TSrc, TDst, TDist>()
    {
        var scorer = new RowScorer(Scoring);
        ValueMapper<VBuffer<float>, float, float> map = (in VBuffer<float> features, ref float score, ref float probability) =>
        {
            score = scorer.Score(features)[0];
            probability = SigmoidEquations.Probability(score);
        };
        return (Delegate)map as ValueMapper<TSrc, TDst, TDist>
            ?? throw Host.Except("Features must be a vector of Single, score and probability a Single.");
    }

    private protected override void SaveCore(ModelSaveContext ctx)
    {
        base.SaveCore(ctx);
        SaveNetwork(ctx, Version(ModelSignature, LoaderSignature));
    }
}
