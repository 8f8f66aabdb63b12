namespace Microsoft.ML.Snn.Engine;

/// <summary>What one batch showed, before its update.</summary>
/// <param name="Loss">Sum of the weighted losses of the examples.</param>
/// <param name="Correct">Number of right decisions of the first output, of those that <see cref="Equations.LossEquations.Decisions"/> counts.</param>
/// <param name="HiddenSpikes">Number of spikes of all hidden neurons.</param>
/// <param name="GrazingSpikes">Number of spikes whose slope was under the grazing limit.</param>
/// <param name="GradientNorm">Norm of the whole gradient before clipping; 0 where it was not needed.</param>
/// <param name="RewiredSynapses">Number of synapses that the update moved to another place.</param>
/// <param name="RewiringFailures">Number of synapses that it would have moved, but found no place for.</param>
/// <param name="FurtherLoss">What of the loss is not that of the first output, each counted fully; 0 where there is one output.</param>
internal readonly record struct BatchResult(
    double Loss, int Correct, long HiddenSpikes, long GrazingSpikes, double GradientNorm = 0,
    long RewiredSynapses = 0, long RewiringFailures = 0, double FurtherLoss = 0);
