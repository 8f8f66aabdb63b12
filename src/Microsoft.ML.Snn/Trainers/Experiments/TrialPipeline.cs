using Microsoft.ML.Data;

namespace Microsoft.ML.Snn.Trainers.Experiments;

/// <summary>Makes the encoder that a trial asks for.</summary>
internal static class TrialPipeline
{
    private const string Complement = "Complement of the features";

    /// <summary>With few features a silent one says nothing: its complement then speaks.</summary>
    private const int MostFeaturesToComplement = 64;

    /// <summary>Appends the encoder to prepared features from 0 to 1.</summary>
    public static IEstimator<ITransformer> AppendEncoder(
        this IEstimator<ITransformer> prepared, MLContext context, SnnTrialSettings settings, int features)
    {
        const string Features = FeaturePreparation.Features;
        switch (settings.Encoding)
        {
            case SnnInputEncoding.Population:
                return prepared.Append(context.Snn().EncodePopulation(
                    Features, timeSteps: settings.TimeSteps, outOfRange: OutOfRange.Clip));
            case SnnInputEncoding.Latency:
                if (features <= MostFeaturesToComplement)
                {
                    prepared = prepared.Append(context.Transforms.Expression(Complement, "x => 1 - x", Features))
                        .Append(context.Transforms.Concatenate(Features, Features, Complement));
                }

                return prepared.Append(context.Snn().EncodeLatency(
                    Features, timeSteps: settings.TimeSteps, outOfRange: OutOfRange.Clip, bias: true));
            default:
                return prepared;
        }
    }

    /// <summary>Number of slots of the prepared features.</summary>
    public static int FeatureCount(this DataViewSchema schema) => schema[FeaturePreparation.Features].Type.GetVectorSize();
}
