using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using Braille;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Snn;

// Reads Braille with a fingertip: 76 readings of four touch sensors say over which of 27 letters a robot's finger slid.
// Usage: Braille [CSV OR CSV.GZ] [--hidden N] [--epochs N] [--seed N]
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
string path = Path.Combine(Environment.GetEnvironmentVariable("SNN_DATA") ?? Path.Combine("..", "shared", "data"),
    "braille-tactile", "braille_taxels.csv.gz");
int hidden = 256, epochs = 30, seed = 1;
for (int i = 0; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--hidden" when i + 1 < args.Length && int.TryParse(args[i + 1], out hidden): i++; break;
        case "--epochs" when i + 1 < args.Length && int.TryParse(args[i + 1], out epochs): i++; break;
        case "--seed" when i + 1 < args.Length && int.TryParse(args[i + 1], out seed): i++; break;
        case [not '-', ..]: path = args[i]; break;
        default: return Fail($"{args[i]} must be an option with its value, see the top of Program.cs.");
    }
}

if (!File.Exists(path))
{
    return Fail($"'{path}' does not exist. Name the table of the Braille recordings, one line per reading.");
}

var mlContext = new MLContext(seed);
IDataView touches = mlContext.Data.LoadFromEnumerable(Touch.Read(path));
DataOperationsCatalog.TrainTestData split = mlContext.Data.TrainTestSplit(touches, testFraction: 0.2, seed: seed);

// A slide is short and always equally long: the network sees all of it at once, as one current per reading and sensor.
var pipeline = mlContext.Transforms.Conversion.MapValueToKey("Label", nameof(Touch.Letter))
    .Append(mlContext.Transforms.NormalizeMeanVariance(nameof(Touch.Features), fixZero: false))
    .Append(mlContext.Snn().Train(new SnnTrainer.Options
    {
        NumberOfHiddenNeurons = hidden,
        NumberOfEpochs = epochs,
        Optimizer = new Adam { Schedule = LearningRateSchedule.Cosine() },
    }))
    .Append(mlContext.Transforms.Conversion.MapKeyToValue("PredictedLabel"));

long start = Stopwatch.GetTimestamp();
var model = pipeline.Fit(split.TrainSet);
double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
MulticlassClassificationMetrics metrics = mlContext.MulticlassClassification.Evaluate(model.Transform(split.TestSet));
Console.WriteLine(
    $"304-{hidden}-27: test accuracy {metrics.MicroAccuracy:P1}, log-loss {metrics.LogLoss:F3}, {epochs} epochs in {seconds:F1} s");
return metrics.MicroAccuracy >= 0.90 ? 0 : Fail("Expected at least 90 %.");

static int Fail(string message)
{
    Console.Error.WriteLine(message);
    return 1;
}
