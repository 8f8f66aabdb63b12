using System;
using System.Globalization;

namespace Microsoft.ML.Snn.Learning;

/// <summary>What a training says to people.</summary>
internal static class TrainingMessages
{
    public static string Describe(TrainingEpoch epoch) =>
        Text($"Epoch {epoch.Epoch}: loss {epoch.Loss:F4}")
        + new Quality(epoch.Accuracy, epoch.RSquared, epoch.RootMeanSquaredError).Describe("")
        + (epoch.ValidationLoss is double loss ? Text($", validation loss {loss:F4}") : "")
        + new Quality(epoch.ValidationAccuracy, epoch.ValidationRSquared, epoch.ValidationRootMeanSquaredError).Describe("validation ")
        + Text($", {epoch.SpikesPerNeuron:F2} spikes per neuron, {epoch.SilentNeurons} silent neurons, {epoch.Seconds:F2} s")
        + (epoch.GradientNorm is double norm ? Text($", gradient norm {norm:G3}, clipped in {epoch.ClippedBatches:P0} of the batches") : "")
        + (epoch.RewiredSynapses + epoch.RewiringFailures > 0
            ? Text($", {epoch.RewiredSynapses} synapses rewired, {epoch.RewiringFailures} found no place") : "")
        + (epoch.RevivedNeurons > 0 ? Text($", {epoch.RevivedNeurons} silent neurons revived") : "");

    public static string NoSpikes(TrainingEpoch epoch, TrainingSettings settings) =>
        Text($"No hidden neuron spiked in epoch {epoch.Epoch}, so that nothing can be learned. ")
        + "Raise the weights (Weights.Balanced fits them to the data), lower the threshold, give the input more "
        + "spikes or the trial more time steps"
        + settings.Algorithm.SilenceHint;

    public static string ManySilent(TrainingEpoch epoch, int neurons) =>
        Text($"{epoch.SilentNeurons} of {neurons} hidden neurons were silent in all of epoch {epoch.Epoch} and cannot learn. ")
        + "Raise the initial weights, lower the learning rate, or use fewer neurons.";

    public static string Stopped(StopReason reason, int epochsDone, TrainingSettings settings) => reason switch
    {
        StopReason.Cancelled => Text($"Training was cancelled in epoch {epochsDone + 1} of {settings.NumberOfEpochs}; the model is the best so far."),
        StopReason.TimeLimit => Text($"The time of {settings.MaximumTrainingTime} was up in epoch {epochsDone + 1} of {settings.NumberOfEpochs}; the model is the best so far."),
        _ => Text($"A callback stopped the training in epoch {epochsDone + 1} of {settings.NumberOfEpochs}; the model is the best so far."),
    };

    public static InvalidOperationException Diverged(string what, int epoch, TrainingSettings settings) => new(
        Text($"Training diverged: {what} is not a finite number in epoch {epoch}. ")
        + Text($"Lower the learning rate (now {settings.Optimizer}), {settings.Algorithm.DivergenceHint}")
        + "or scale the features down.");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
