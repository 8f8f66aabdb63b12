using System;
using System.Globalization;
using System.IO;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Snn;

// Give it a table and a time: the experiment tries encoders, sizes, time constants and learning rates, and keeps the best pipeline.
// Usage: Experiment [FILE] [--seconds N]   The file: species as a number, then the four measures of a flower, between tabs.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
string file = Path.Combine(Environment.GetEnvironmentVariable("SNN_DATA") ?? Path.Combine("..", "shared", "data"), "optdigits", "iris.txt");
uint seconds = 20;
for (int i = 0; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--seconds" when i + 1 < args.Length && uint.TryParse(args[i + 1], out seconds): i++; break;
        case [not '-', ..]: file = args[i]; break;
        default: return Fail($"{args[i]} must be an option with its value, see the top of Program.cs.");
    }
}

if (!File.Exists(file))
{
    return Fail($"'{file}' does not exist. Name the table of the iris flowers.");
}

var mlContext = new MLContext(seed: 1);
IDataView flowers = mlContext.Data.LoadFromTextFile(file,
[
    new TextLoader.Column("Species", DataKind.Single, 0),
    new TextLoader.Column("SepalLength", DataKind.Single, 1),
    new TextLoader.Column("SepalWidth", DataKind.Single, 2),
    new TextLoader.Column("PetalLength", DataKind.Single, 3),
    new TextLoader.Column("PetalWidth", DataKind.Single, 4),
]);

// A third of the flowers is kept from the search: the best of many runs has also been the luckiest on its validation rows.
DataOperationsCatalog.TrainTestData split = mlContext.Data.TrainTestSplit(flowers, testFraction: 1 / 3.0, seed: 1);
var settings = new MulticlassExperimentSettings { MaxExperimentTimeInSeconds = seconds, Seed = 1 };
settings.Rivals.Add(new ExperimentRival("SdcaMaximumEntropy", mlContext.MulticlassClassification.Trainers.SdcaMaximumEntropy("Species")));
var result = mlContext.Snn().CreateMulticlassClassificationExperiment(settings).Execute(
    split.TrainSet, labelColumnName: "Species", progressHandler: new Line());

MulticlassClassificationMetrics test = mlContext.MulticlassClassification.Evaluate(
    result.BestRun.Model!.Transform(split.TestSet), labelColumnName: "Species");
Console.WriteLine($"Best of {seconds} s: {result.BestRun.TrainerName}, {result.BestRun.Settings}");
Console.WriteLine($"Flowers that the search never saw: test accuracy {test.MicroAccuracy:P1}, log-loss {test.LogLoss:F3}");
return test.MicroAccuracy >= 0.90 ? 0 : Fail("Expected at least 90 %.");

static int Fail(string message)
{
    Console.Error.WriteLine(message);
    return 1;
}

internal sealed class Line : IProgress<RunDetail<MulticlassClassificationMetrics>>
{
    public void Report(RunDetail<MulticlassClassificationMetrics> value) =>
        Console.WriteLine($"{value.Run,3} {value.TrainerName,-20} {value.Score:F3} in {value.RuntimeInSeconds:F1} s {value.Exception?.Message}");
}
