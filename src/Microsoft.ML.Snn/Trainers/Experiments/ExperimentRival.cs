namespace Microsoft.ML.Snn;

/// <summary>A trainer that competes with spiking networks in an experiment.</summary>
/// <param name="Name">What the results call it.</param>
/// <param name="Trainer">Reads the features from "Features" and the label from the label column of the experiment.</param>
public sealed record ExperimentRival(string Name, IEstimator<ITransformer> Trainer);
