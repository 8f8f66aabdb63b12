namespace Microsoft.ML.Snn.Networks;

/// <summary>What an output beside the first needs for a label of its own.</summary>
/// <param name="Name">The output.</param>
/// <param name="Units">Number of neurons.</param>
/// <param name="Loss">The loss where the description names none.</param>
internal sealed record OutputNeed(string Name, int Units, Loss Loss);
