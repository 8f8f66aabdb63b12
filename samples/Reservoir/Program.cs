using System;
using System.Globalization;
using System.IO;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Snn;

// A layer as a transformer: 500 spiking neurons with random weights that nobody trains, and a linear trainer of ML.NET behind them.
// Usage: Reservoir [FOLDER] [--train-size N]   The folder holds optdigits-train.csv and optdigits-test.csv: 64 pixels and a digit.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
string folder = Path.Combine(Environment.GetEnvironmentVariable("SNN_DATA") ?? Path.Combine("..", "shared", "data"), "optdigits");
long trainSize = long.MaxValue;
for (int i = 0; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--train-size" when i + 1 < args.Length && long.TryParse(args[i + 1], out trainSize): i++; break;
        case [not '-', ..]: folder = args[i]; break;
        default: return Fail($"{args[i]} must be an option with its value, see the top of Program.cs.");
    }
}

if (!File.Exists(Path.Combine(folder, "optdigits-train.csv")))
{
    return Fail($"'{folder}' has no optdigits-train.csv. Name the folder of the optical digits.");
}

var mlContext = new MLContext(seed: 1);
IDataView train = mlContext.Data.TakeRows(Load("optdigits-train.csv"), trainSize), test = Load("optdigits-test.csv");
var prepared = mlContext.Transforms.NormalizeMinMax("Features")
    .Append(mlContext.Transforms.Conversion.MapValueToKey("Label"));
var linear = mlContext.MulticlassClassification.Trainers.SdcaMaximumEntropy(maximumNumberOfIterations: 30);

var reservoir = prepared
    .Append(mlContext.Snn().EncodeLatency("Spikes", "Features", bias: true, outOfRange: OutOfRange.Clip))
    .Append(mlContext.Snn().SpikingLayer("Reservoir", "Spikes", units: 500, recurrent: true, seed: 1))
    .Append(mlContext.Snn().DecodeSpikeCount("Features", "Reservoir"))
    .Append(mlContext.Transforms.NormalizeMinMax("Features"))
    .AppendCacheCheckpoint(mlContext)
    .Append(linear);
double withLayer = AccuracyOf(reservoir), without = AccuracyOf(prepared.AppendCacheCheckpoint(mlContext).Append(linear));

Console.WriteLine($"Linear trainer on the pixels:            test accuracy {without:P1}");
Console.WriteLine($"On the spike counts of 500 neurons:      test accuracy {withLayer:P1}");
return withLayer >= 0.93 ? 0 : Fail("Expected at least 93 %.");

IDataView Load(string name) => mlContext.Data.LoadFromTextFile(Path.Combine(folder, name),
    [new TextLoader.Column("Features", DataKind.Single, 0, 63), new TextLoader.Column("Label", DataKind.Single, 64)], separatorChar: ',');

double AccuracyOf(IEstimator<ITransformer> pipeline) =>
    mlContext.MulticlassClassification.Evaluate(pipeline.Fit(train).Transform(test)).MicroAccuracy;

static int Fail(string message)
{
    Console.Error.WriteLine(message);
    return 1;
}
