using System.Linq;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>Which networks e-prop trains beside stacks of dense layers whose examples have one length.</summary>
internal static class GraphEPropRules
{
    private const string Classic = "a stack of dense layers with examples of one length";

    /// <summary>Why e-prop cannot train a network of populations, in words that follow "but"; null where it can.</summary>
    public static string? ReasonAgainst(NetworkProgram program, EPropSettings settings) =>
        program.Integrator == Integrator.EventDriven ? "the network is event-driven"
        : settings.Mode == EPropMode.Online ? $"the textbook form, EPropMode.Online, knows {Classic} only"
        : settings.Feedback == EPropFeedback.Adaptive ? $"adaptive feedback belongs to {Classic}: use EPropFeedback.Symmetric or Random"
        : program.Populations.Select(ReasonAgainst).Concat(program.Connections.Select(c => ReasonAgainst(program, c)))
            .Concat(program.Spiking.Select(p => Unreached(program, p, settings))).FirstOrDefault(reason => reason != null);

    private static string? ReasonAgainst(PopulationProgram population)
    {
        NeuronProgram neuron = population.Neuron;
        return population.Cell != null ? $"'{population.Name}' has neurons of your own"
            : population.Readout == ReadoutKind.FirstSpikeTime ? $"'{population.Name}' is read at its first spike"
            : (neuron.Learned & ~LearnedParameters.Bias) != 0 ? $"'{population.Name}' learns more than weights and biases"
            : neuron.Threshold.Length > 1 || neuron.AdaptationTime.Length > 1 || neuron.AdaptationStrength.Length > 1
                ? $"'{population.Name}' has thresholds that differ from neuron to neuron"
            : null;
    }

    private static string? ReasonAgainst(NetworkProgram program, ConnectionProgram connection) =>
        connection.Delay.IsLearned ? $"the delays of '{connection.Name}' are learned"
        : program.Populations[connection.Target].Readout != null && !connection.Delay.IsUniform
            ? $"'{connection.Name}' leads to an output with delays that differ"
        : null;

    /// <summary>Symmetric feedback needs a way back from an output.</summary>
    private static string? Unreached(NetworkProgram program, PopulationProgram population, EPropSettings settings) =>
        settings.Feedback == EPropFeedback.Symmetric
        && !program.Connections.Any(c => c.Source == population.Index && program.Populations[c.Target].Readout != null)
            ? $"symmetric feedback needs a connection from every population to an output, and '{population.Name}' has none: use EPropFeedback.Random"
            : null;
}
