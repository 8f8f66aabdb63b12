using System;
using System.Globalization;
using System.IO;
using Microsoft.ML;
using Microsoft.ML.Snn;
using static Microsoft.ML.Transforms.ValueToKeyMappingEstimator;

// Learns the MNIST digits from the time of one spike per pixel: the brighter, the earlier.
// Usage: LatencyMnist [FOLDER] [--download FOLDER] [--hidden N] [--epochs N] [--train-size N]
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
string folder = Path.Combine(Environment.GetEnvironmentVariable("SNN_DATA") ?? Path.Combine("..", "shared", "data"), "mnist");
int hidden = 128, epochs = 10, trainSize = 60_000;
bool download = false;
for (int i = 0; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--hidden" when i + 1 < args.Length && int.TryParse(args[i + 1], out hidden): i++; break;
        case "--epochs" when i + 1 < args.Length && int.TryParse(args[i + 1], out epochs): i++; break;
        case "--train-size" when i + 1 < args.Length && int.TryParse(args[i + 1], out trainSize): i++; break;
        case "--download" when i + 1 < args.Length: (folder, download) = (args[++i], true); break;
        case [not '-', ..]: folder = args[i]; break;
        default: return Fail($"{args[i]} must be an option with its value, see the top of Program.cs.");
    }
}

MnistFiles files = download ? await SnnDatasets.DownloadMnistAsync(folder) : MnistFiles.In(folder);
if (!File.Exists(files.TrainImages))
{
    return Fail($"'{folder}' has no MNIST files. Name their folder, or get them with --download FOLDER (11.6 MB).");
}

var mlContext = new MLContext(seed: 1);
IDataView train = mlContext.Data.TakeRows(mlContext.Snn().LoadImages(files.TrainImages, files.TrainLabels), trainSize);
IDataView test = mlContext.Snn().LoadImages(files.TestImages, files.TestLabels);
var network = SnnNetwork.Sequential(
    Layer.Dense(hidden, weights: Weights.Normal(0.078, 0.045)), Layer.Output(weights: Weights.Normal(0.2, 0.37)));

var model = mlContext.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: KeyOrdinality.ByValue)
    .Append(mlContext.Snn().EncodeLatency("Spikes", "Features", timeSteps: 20))
    .Append(mlContext.Snn().Train(new SnnTrainer.Options
    {
        FeatureColumnName = "Spikes",
        Network = network,
        NumberOfEpochs = epochs,
        BatchSize = 32,
        Optimizer = new Adam(learningRate: 0.01),
        Callbacks = [new ProgressBar()],
    })).Fit(train);

var metrics = mlContext.MulticlassClassification.Evaluate(model.Transform(test));
Console.WriteLine($"784-{hidden}-10: test accuracy {metrics.MicroAccuracy:P2}, log-loss {metrics.LogLoss:F3}");
Console.WriteLine(metrics.ConfusionMatrix.GetFormattedConfusionTable().TrimEnd());

// The bars were measured with all digits; a shorter training has none.
double expected = trainSize < 60_000 || epochs < 10 || hidden < 128 ? 0 : hidden < 350 ? 0.970 : 0.976;
return metrics.MicroAccuracy >= expected ? 0 : Fail($"Expected at least {expected:P1}.");

static int Fail(string message)
{
    Console.Error.WriteLine(message);
    return 1;
}
