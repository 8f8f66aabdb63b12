using System;
using System.Globalization;
using System.IO;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Snn;

// Learns spoken digits: sound becomes spikes of 32 frequency bands, and a recurrent network with delays says which digit was spoken.
// Usage: SpokenDigits [FOLDER OR .TAR.GZ] [--epochs N] [--hidden N]
//
// All settings were chosen on recordings of the training split: delays, learning rate, schedule and number of epochs on recordings 5 to 9
// of every speaker and digit, held out; filter bank, time constants, initial weights and spike counts on 5 to 14.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
string path = Path.Combine(Environment.GetEnvironmentVariable("SNN_DATA") ?? Path.Combine("..", "shared", "data"),
    "fsdd", "free-spoken-digit-dataset_recordings.tar.gz");
int epochs = 60, hidden = 256;
for (int i = 0; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--epochs" when i + 1 < args.Length && int.TryParse(args[i + 1], out epochs): i++; break;
        case "--hidden" when i + 1 < args.Length && int.TryParse(args[i + 1], out hidden): i++; break;
        case [not '-', ..]: path = args[i]; break;
        default: return Fail($"{args[i]} must be an option with its value, see the top of Program.cs.");
    }
}

if (!File.Exists(path) && !Directory.Exists(path))
{
    return Fail($"'{path}' does not exist. Name the folder 'recordings' of the Free Spoken Digit Dataset, or a .tar.gz of it.");
}

var mlContext = new MLContext(seed: 1);
IDataView train = mlContext.Snn().LoadSpokenDigits(path, DataSplit.Train);
IDataView test = mlContext.Snn().LoadSpokenDigits(path, DataSplit.Test);

// 0.8 s in steps of 4 ms; a band spikes at up to 200 Hz, the louder the more.
var encoding = new AudioEncoding { TimeSteps = 200, TimeStep = 4, Bands = 32, DynamicRange = 40, MaximumRate = 200 };

// Slow synapses and outputs, and delays of 0 to 0.2 s: what tells two words apart is spread over tenths of a second.
var neuron = new LeakyIntegrateFire { MembraneTime = 20 };
var network = SnnNetwork.Graph(graph =>
{
    graph.DefaultSynapse = new ExponentialSynapse(40);
    var input = graph.Input();
    var words = graph.Population("hidden", hidden, neuron);
    var output = graph.Output(readout: Readout.MaximumMembrane, neuron: new LeakyIntegrator { MembraneTime = 40 });
    graph.Connect(input, words, weights: Weights.Normal(0.05, 0.2), delay: Delay.PerNeuronUniform(0, 100, seed: 1));
    graph.Connect(words, words, weights: Weights.Normal(0, 0.01), delay: Delay.PerNeuronUniform(0, 200, seed: 1));
    graph.Connect(words, output, weights: Weights.Normal(0, 0.05));
});

var model = mlContext.Snn().EncodeAudio("Spikes", "Samples", encoding)
    .Append(mlContext.Snn().Train(new SnnTrainer.Options
    {
        FeatureColumnName = "Spikes",
        Network = network,
        NumberOfEpochs = epochs,
        Algorithm = new EventProp { SpikeCountTarget = 4, SpikeCountStrength = 2e-3, SpikeCountStrengthBelow = 2e-3 },
        Optimizer = new Adam(learningRate: 0.005) { Schedule = LearningRateSchedule.Cosine() },
        Callbacks = [new ProgressBar()],
    })).Fit(train);

MulticlassClassificationMetrics metrics = mlContext.MulticlassClassification.Evaluate(model.Transform(test));
Console.WriteLine($"32-{hidden}-10: test accuracy {metrics.MicroAccuracy:P1}, log-loss {metrics.LogLoss:F3}");
Console.WriteLine(metrics.ConfusionMatrix.GetFormattedConfusionTable().TrimEnd());

// The bar was measured with all epochs; a shorter training has none.
return epochs < 60 || hidden < 256 || metrics.MicroAccuracy >= 0.90 ? 0 : Fail("Expected at least 90 %.");

static int Fail(string message)
{
    Console.Error.WriteLine(message);
    return 1;
}
