namespace Microsoft.ML.Snn.Reference;

/// <summary>One spike of a hidden neuron on the grid.</summary>
/// <param name="Step">Grid index n + 1 for a spike found at the end of step n; it arrives there. N reaches nobody.</param>
/// <param name="Neuron">Index of the neuron in its layer.</param>
/// <param name="Current">The current kept for the backward pass, see <see cref="SpikeCurrent"/>.</param>
/// <param name="Held">The membrane value after the reset.</param>
/// <param name="ReleaseStep">Grid index r from which the membrane moves again: Step + R.</param>
/// <param name="ReleaseCurrent">
/// The current at r before its arrivals; <paramref name="Current"/> where R is 0; NaN where r is above N.
/// </param>
public readonly record struct GridSpike(
    int Step, int Neuron, double Current, double Held, int ReleaseStep, double ReleaseCurrent);
