using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Snn;

public sealed partial class SnnOperations
{
    /// <summary>Trains a spiking network; the type of the label column says for which task.</summary>
    /// <param name="labelColumnName">The label: a key, as <c>MapValueToKey</c> makes it, for classes; a Boolean, a Single or a vector for the other tasks of <see cref="SnnTask"/>.</param>
    /// <param name="featureColumnName">
    /// The features: a spike train column, as <see cref="EncodeLatency"/> makes it, or any vector of Single of a known size, which
    /// is presented as a constant current.
    /// </param>
    /// <param name="exampleWeightColumnName">The weight of each row in the loss, a Single, or null where all are 1.</param>
    /// <param name="numberOfHiddenNeurons">Number of hidden neurons, 1 to 1 048 576.</param>
    /// <param name="numberOfEpochs">How often every row is used, 1 to 1 000 000; null for 20, or as many more as it takes to come to 2000 updates.</param>
    /// <param name="learningRate">Learning rate of Adam, above 0.</param>
    /// <returns>The trainer, to append to a pipeline.</returns>
    /// <exception cref="System.ArgumentOutOfRangeException">A number is outside the range given above.</exception>
    public SnnTrainer Train(
        string labelColumnName = DefaultColumnNames.Label,
        string featureColumnName = DefaultColumnNames.Features,
        string? exampleWeightColumnName = null,
        int numberOfHiddenNeurons = SnnTrainer.Defaults.NumberOfHiddenNeurons,
        int? numberOfEpochs = null,
        double learningRate = SnnTrainer.Defaults.LearningRate) =>
        Train(new SnnTrainer.Options
        {
            LabelColumnName = labelColumnName,
            FeatureColumnName = featureColumnName,
            ExampleWeightColumnName = exampleWeightColumnName,
            NumberOfHiddenNeurons = numberOfHiddenNeurons,
            NumberOfEpochs = numberOfEpochs,
            Optimizer = new Adam(learningRate),
        });

    /// <summary>Trains a spiking network; the type of the label column says for which task.</summary>
    /// <param name="options">The settings.</param>
    /// <returns>The trainer, to append to a pipeline.</returns>
    /// <exception cref="System.ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public SnnTrainer Train(SnnTrainer.Options options)
    {
        Contracts.CheckValue(options, nameof(options));
        return new SnnTrainer(_env, options);
    }
}
