using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Microsoft.ML.Snn.Tool;

/// <summary><c>snn inspect</c>: the network inside a model file and the course of its training.</summary>
internal static class InspectCommand
{
    public static int Run(string path, ToolConsole console)
    {
        SnnModelParameters network = ModelFile.Open(new MLContext(), path).Find<SnnModelParameters>() ?? throw new ToolException(
            $"The model must hold a spiking network, but the trainer that won in '{path}' was another one.");
        console.Line(network.ToString());
        console.Line("");
        console.Table(["Epoch", "Loss", "Accuracy", "Spikes/neuron", "Silent", "Seconds"], Shown(network.History.Epochs).Select(epoch => (IReadOnlyList<string>)
        [
            epoch.Epoch.ToString(CultureInfo.InvariantCulture), ToolConsole.Number(epoch.Loss),
            epoch.Accuracy is { } accuracy ? ToolConsole.Number(accuracy) : "",
            ToolConsole.Number(epoch.SpikesPerNeuron), epoch.SilentNeurons.ToString(CultureInfo.InvariantCulture), ToolConsole.Number(epoch.Seconds),
        ]));
        for (int layer = 0; layer < network.MeanSpikeCounts.Count; layer++)
        {
            IReadOnlyList<float> counts = network.MeanSpikeCounts[layer];
            console.Line(string.Create(CultureInfo.InvariantCulture,
                $"hidden {layer + 1}: {counts.Average():0.00} spikes per neuron and trial, {counts.Count(count => count == 0)} of {counts.Count} silent"));
        }

        console.Line(string.Create(CultureInfo.InvariantCulture,
            $"trained on {network.History.Device}, seed {network.History.Seed}, best epoch {network.History.BestEpoch}"));
        console.Json(new Dictionary<string, object?>
        {
            ["channels"] = network.NumberOfChannels,
            ["timeSteps"] = network.TimeSteps,
            ["timeStep"] = network.TimeStep,
            ["weights"] = network.GetWeights().Sum(connection => (long)connection.Values.Length),
            ["epochs"] = network.History.Epochs.Count,
            ["bestEpoch"] = network.History.BestEpoch,
            ["loss"] = network.History.Epochs.Count > 0 ? network.History.Epochs[^1].Loss : null,
            ["device"] = network.History.Device,
            ["seed"] = network.History.Seed,
            ["model"] = path,
        });
        return ExitCode.Success;
    }

    /// <summary>The first, the last, and some in between: a thousand lines help nobody.</summary>
    private static IEnumerable<TrainingEpoch> Shown(IReadOnlyList<TrainingEpoch> epochs)
    {
        const int Most = 20;
        for (int n = 0; n < epochs.Count; n++)
        {
            if (epochs.Count <= Most || n == epochs.Count - 1 || n * Most / epochs.Count != (n - 1) * Most / epochs.Count || n == 0)
            {
                yield return epochs[n];
            }
        }
    }
}
