namespace Microsoft.ML.Snn;

/// <content>Experiments: give them a table and a time.</content>
public sealed partial class SnnOperations
{
    /// <summary>Creates a search for the network that tells the classes of a label apart best.</summary>
    /// <param name="maxExperimentTimeInSeconds">How long to search, 1 or more.</param>
    /// <returns>The experiment; nothing runs before <c>Execute</c>.</returns>
    /// <exception cref="System.ArgumentOutOfRangeException">The time is 0.</exception>
    /// <example>
    /// <code>
    /// var experiment = mlContext.Snn().CreateMulticlassClassificationExperiment(maxExperimentTimeInSeconds: 60);
    /// var result = experiment.Execute(table, labelColumnName: "Species");
    /// ITransformer model = result.BestRun.Model;
    /// </code>
    /// </example>
    public MulticlassClassificationExperiment CreateMulticlassClassificationExperiment(uint maxExperimentTimeInSeconds) =>
        CreateMulticlassClassificationExperiment(new MulticlassExperimentSettings { MaxExperimentTimeInSeconds = maxExperimentTimeInSeconds });

    /// <summary>Creates a search for the network that tells the classes of a label apart best.</summary>
    /// <param name="settings">Time, metric, seed, rivals.</param>
    /// <returns>The experiment; nothing runs before <c>Execute</c>.</returns>
    /// <exception cref="System.ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public MulticlassClassificationExperiment CreateMulticlassClassificationExperiment(MulticlassExperimentSettings settings) =>
        new((MLContext)_env, settings);

    /// <summary>Creates a search for the network that says yes or no best.</summary>
    /// <param name="maxExperimentTimeInSeconds">How long to search, 1 or more.</param>
    /// <returns>The experiment; nothing runs before <c>Execute</c>.</returns>
    /// <exception cref="System.ArgumentOutOfRangeException">The time is 0.</exception>
    public BinaryClassificationExperiment CreateBinaryClassificationExperiment(uint maxExperimentTimeInSeconds) =>
        CreateBinaryClassificationExperiment(new BinaryExperimentSettings { MaxExperimentTimeInSeconds = maxExperimentTimeInSeconds });

    /// <summary>Creates a search for the network that says yes or no best.</summary>
    /// <param name="settings">Time, metric, seed, rivals.</param>
    /// <returns>The experiment; nothing runs before <c>Execute</c>.</returns>
    /// <exception cref="System.ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public BinaryClassificationExperiment CreateBinaryClassificationExperiment(BinaryExperimentSettings settings) =>
        new((MLContext)_env, settings);

    /// <summary>Creates a search for the network that predicts a number best.</summary>
    /// <param name="maxExperimentTimeInSeconds">How long to search, 1 or more.</param>
    /// <returns>The experiment; nothing runs before <c>Execute</c>.</returns>
    /// <exception cref="System.ArgumentOutOfRangeException">The time is 0.</exception>
    public RegressionExperiment CreateRegressionExperiment(uint maxExperimentTimeInSeconds) =>
        CreateRegressionExperiment(new RegressionExperimentSettings { MaxExperimentTimeInSeconds = maxExperimentTimeInSeconds });

    /// <summary>Creates a search for the network that predicts a number best.</summary>
    /// <param name="settings">Time, metric, seed, rivals.</param>
    /// <returns>The experiment; nothing runs before <c>Execute</c>.</returns>
    /// <exception cref="System.ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public RegressionExperiment CreateRegressionExperiment(RegressionExperimentSettings settings) =>
        new((MLContext)_env, settings);
}
