using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>What e-prop keeps of a neuron's forward pass.</summary>
internal static class EPropForward
{
    /// <summary>Rates begin at their target, so that a short trial is not taken for silence.</summary>
    public static void Begin(in GraphForwardParameters trial, int slot, int neuron)
    {
        if (trial.EProp.HasRates != 0)
        {
            trial.EProp.Rate[(long)slot * trial.Graph.Neurons + neuron] = RuleOf(trial, neuron).Rate.Target;
        }
    }

    /// <summary>Keeps the pseudo-derivative of a step and what the rate adds to the learning signal.</summary>
    /// <param name="trial">The trial.</param>
    /// <param name="slot">Slot of the batch.</param>
    /// <param name="step">The step.</param>
    /// <param name="neuron">The neuron.</param>
    /// <param name="v">Potential before the reset; minus infinity while the neuron is refractory.</param>
    /// <param name="threshold">The threshold of the step.</param>
    /// <param name="spiked">Whether it spiked.</param>
    public static void Keep(in GraphForwardParameters trial, int slot, int step, int neuron, float v, float threshold, bool spiked)
    {
        EPropPopulation rule = RuleOf(trial, neuron);
        long at = ((long)slot * trial.Graph.Steps + step) * trial.Graph.Neurons + neuron;
        trial.EProp.PseudoDerivative[at] = rule.Equations.PseudoDerivative<FloatLane>(v, threshold).Value;
        if (trial.EProp.HasRates != 0)
        {
            long own = (long)slot * trial.Graph.Neurons + neuron;
            FloatLane rate = rule.Rate.Step<FloatLane>(trial.EProp.Rate[own], spiked ? 1 : 0);
            trial.EProp.Rate[own] = rate.Value;
            trial.EProp.RateSignal[at] = rule.Rate.Signal(rate, trial.Batch.Size).Value;
        }
    }

    private static EPropPopulation RuleOf(in GraphForwardParameters trial, int neuron) =>
        trial.EProp.Populations[trial.Graph.PopulationOfWord[neuron / 32]];
}
