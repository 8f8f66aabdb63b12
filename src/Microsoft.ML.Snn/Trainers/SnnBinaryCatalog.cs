using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Snn;

namespace Microsoft.ML;

/// <summary>Puts the spiking trainer beside ML.NET's own.</summary>
public static class SnnBinaryCatalog
{
    /// <summary>Trains a spiking network to say yes or no.</summary>
    /// <param name="catalog">The catalog of trainers.</param>
    /// <param name="labelColumnName">The label, a Boolean.</param>
    /// <param name="featureColumnName">The features: a spike train column, or any vector of Single of a known size.</param>
    /// <param name="exampleWeightColumnName">The weight of each row in the loss, a Single, or null where all are 1.</param>
    /// <param name="numberOfHiddenNeurons">Number of hidden neurons, 1 to 1 048 576.</param>
    /// <param name="numberOfEpochs">How often every row is used, 1 to 1 000 000; null for 20, or as many more as it takes to come to 2000 updates.</param>
    /// <param name="learningRate">Learning rate of Adam, above 0.</param>
    /// <returns>The trainer, to append to a pipeline.</returns>
    /// <exception cref="System.ArgumentOutOfRangeException">A number is outside the range given above.</exception>
    public static SnnBinaryTrainer Snn(
        this BinaryClassificationCatalog.BinaryClassificationTrainers catalog,
        string labelColumnName = DefaultColumnNames.Label,
        string featureColumnName = DefaultColumnNames.Features,
        string? exampleWeightColumnName = null,
        int numberOfHiddenNeurons = SnnTrainer.Defaults.NumberOfHiddenNeurons,
        int? numberOfEpochs = null,
        double learningRate = SnnTrainer.Defaults.LearningRate) =>
        Snn(catalog, new SnnTrainer.Options
        {
            LabelColumnName = labelColumnName,
            FeatureColumnName = featureColumnName,
            ExampleWeightColumnName = exampleWeightColumnName,
            NumberOfHiddenNeurons = numberOfHiddenNeurons,
            NumberOfEpochs = numberOfEpochs,
            Optimizer = new Adam(learningRate),
        });

    /// <summary>Trains a spiking network to say yes or no.</summary>
    /// <param name="catalog">The catalog of trainers.</param>
    /// <param name="options">The settings.</param>
    /// <returns>The trainer, to append to a pipeline.</returns>
    /// <exception cref="System.ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public static SnnBinaryTrainer Snn(this BinaryClassificationCatalog.BinaryClassificationTrainers catalog, SnnTrainer.Options options)
    {
        Contracts.CheckValue(catalog, nameof(catalog));
        Contracts.CheckValue(options, nameof(options));
        return new SnnBinaryTrainer(CatalogUtils.GetEnvironment(catalog), options);
    }
}
