using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace Microsoft.ML.Snn.Tool;

/// <summary><c>snn inspect</c>: the network inside a model file and the course of its training.</summary>
internal static class InspectCommand
{
    public static int Run(string path, string? folder, ToolConsole console)
    {
        SnnModelParameters network = ModelFile.Open(new MLContext(), path).Find<SnnModelParameters>() ?? throw new ToolException(
            $"The model must hold a spiking network, but the trainer that won in '{path}' was another one.");
        console.Line(network.ToString());
        console.Line("");
        console.Table(["Epoch", "Loss", "Accuracy", "Spikes/neuron", "Work", "Silent", "Seconds"], Shown(network.History.Epochs).Select(epoch => (IReadOnlyList<string>)
        [
            epoch.Epoch.ToString(CultureInfo.InvariantCulture), ToolConsole.Number(epoch.Loss),
            epoch.Accuracy is { } accuracy ? ToolConsole.Number(accuracy) : "",
            ToolConsole.Number(epoch.SpikesPerNeuron), epoch.SynapticEvents is { } done ? $"{ToolConsole.Number(100 * done / epoch.DenseEquivalent!.Value)} %" : "", epoch.SilentNeurons.ToString(CultureInfo.InvariantCulture), ToolConsole.Number(epoch.Seconds),
        ]));
        for (int layer = 0; layer < network.MeanSpikeCounts.Count; layer++)
        {
            IReadOnlyList<float> counts = network.MeanSpikeCounts[layer];
            console.Line(string.Create(CultureInfo.InvariantCulture,
                $"hidden {layer + 1}: {counts.Average():0.00} spikes per neuron and trial, {counts.Count(count => count == 0)} of {counts.Count} silent"));
        }

        console.Line(string.Create(CultureInfo.InvariantCulture,
            $"trained on {network.History.Device}, seed {network.History.Seed}, best epoch {network.History.BestEpoch}"));
        TrainingEpoch? last = network.History.Epochs.Count > 0 ? network.History.Epochs[^1] : null;
        if (last?.SynapticEvents is { } events)
        {
            console.Line(string.Create(CultureInfo.InvariantCulture,
                $"{events:#,0} synaptic events and {last.NeuronUpdates:#,0} neuron updates per trial; synapses x steps: {last.DenseEquivalent:#,0}, of which {100 * events / last.DenseEquivalent:0.##} % was done"));
        }

        IReadOnlyList<string> pictures = folder == null ? [] : Draw(network, folder);
        foreach (string picture in pictures)
        {
            console.Line($"Picture: {picture}");
        }

        console.Json(new Dictionary<string, object?>
        {
            ["channels"] = network.NumberOfChannels,
            ["timeSteps"] = network.TimeSteps,
            ["timeStep"] = network.TimeStep,
            ["weights"] = network.GetWeights().Sum(connection => (long)connection.Values.Length),
            ["epochs"] = network.History.Epochs.Count,
            ["bestEpoch"] = network.History.BestEpoch,
            ["loss"] = last?.Loss,
            ["synapticEvents"] = last?.SynapticEvents,
            ["neuronUpdates"] = last?.NeuronUpdates,
            ["denseEquivalent"] = last?.DenseEquivalent,
            ["device"] = network.History.Device,
            ["seed"] = network.History.Seed,
            ["pictures"] = pictures,
            ["model"] = path,
        });
        return ExitCode.Success;
    }

    /// <summary>Writes the course of the training and the weights of each connection, as PNG and SVG.</summary>
    private static List<string> Draw(SnnModelParameters network, string folder)
    {
        Directory.CreateDirectory(folder);
        var plots = new List<(string Name, SnnPlot Plot)>();
        if (network.History.Epochs.Count > 0)
        {
            plots.AddRange([("loss", SnnPlots.Loss(network.History)), ("accuracy", SnnPlots.Accuracy(network.History)), ("operations", SnnPlots.Operations(network.History))]);
        }

        plots.AddRange(network.GetWeights().Where(connection => connection.Values.Length > 0)
            .Select(connection => ($"weights {connection.Name}".Replace(' ', '-'), SnnPlots.WeightHistogram(connection))));
        var files = new List<string>();
        foreach ((string name, SnnPlot plot) in plots)
        {
            string file = Path.Combine(folder, string.Concat(name.Select(c => char.IsLetterOrDigit(c) || c == '-' ? c : '_')));
            plot.SavePng(file + ".png");
            plot.SaveSvg(file + ".svg");
            files.AddRange([file + ".png", file + ".svg"]);
        }

        return files;
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
