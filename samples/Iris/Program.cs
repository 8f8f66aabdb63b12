using System;
using System.Globalization;
using System.IO;
using System.Linq;
using Microsoft.ML;
using Microsoft.ML.Data;

// The spiking trainer in ML.NET's own catalogs: is a flower a virginica, how wide are its petals, and which measure decides?
// Usage: Iris [FILE]   The file: species as a number, sepal length and width, petal length and width, between tabs.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
string file = args.FirstOrDefault()
    ?? Path.Combine(Environment.GetEnvironmentVariable("SNN_DATA") ?? Path.Combine("..", "shared", "data"), "optdigits", "iris.txt");
if (!File.Exists(file))
{
    Console.Error.WriteLine($"'{file}' does not exist. Name the table of the iris flowers.");
    return 1;
}

var mlContext = new MLContext(seed: 1);
IDataView flowers = mlContext.Data.LoadFromTextFile(file,
[
    new TextLoader.Column("Species", DataKind.Single, 0),
    new TextLoader.Column("Features", DataKind.Single, 1, 3),
    new TextLoader.Column("PetalWidth", DataKind.Single, 4),
]);
DataOperationsCatalog.TrainTestData split = mlContext.Data.TrainTestSplit(flowers, testFraction: 0.3, seed: 1);
var prepared = mlContext.Transforms.NormalizeMinMax("Features", fixZero: false).AppendCacheCheckpoint(mlContext);

// Yes or no: the probability is that of the training, calibrated by cross-entropy; Platt's calibrator may follow as with any trainer.
var binary = mlContext.Transforms.CustomMapping<Flower, Answer>((flower, answer) => answer.Label = flower.Species == 2, null)
    .Append(prepared)
    .Append(mlContext.BinaryClassification.Trainers.Snn(numberOfHiddenNeurons: 64, learningRate: 0.01));
var yesOrNo = binary.Fit(split.TrainSet);
IDataView answered = yesOrNo.Transform(split.TestSet);
var quality = mlContext.BinaryClassification.Evaluate(answered);
Console.WriteLine($"Virginica: accuracy {quality.Accuracy:P1}, area under the curve {quality.AreaUnderRocCurve:F3}, log-loss {quality.LogLoss:F3} bits");

// A number.
var regression = prepared.Append(mlContext.Regression.Trainers.Snn("PetalWidth", numberOfHiddenNeurons: 64, learningRate: 0.01));
var metrics = mlContext.Regression.Evaluate(regression.Fit(split.TrainSet).Transform(split.TestSet), "PetalWidth");
Console.WriteLine($"Petal width: R² {metrics.RSquared:F3}, mean error {metrics.MeanAbsoluteError:F2} cm");

// What is lost when the values of a measure are shuffled.
var importance = mlContext.BinaryClassification.PermutationFeatureImportance(yesOrNo.LastTransformer, answered, permutationCount: 5);
string[] names = ["sepal length", "sepal width", "petal length"];
foreach ((string name, BinaryClassificationMetricsStatistics lost) in names.Zip(importance))
{
    Console.WriteLine($"  without {name}: accuracy {lost.Accuracy.Mean:+0.0 %;-0.0 %}");
}

bool isGood = quality.Accuracy >= 0.88 && quality.LogLoss <= 0.5 && metrics.RSquared >= 0.85;
Console.WriteLine(isGood ? "As good as stated." : "Expected at least 88 %, at most 0.5 bits and an R² of 0.85.");
return isGood ? 0 : 1;

internal sealed class Flower
{
    public float Species { get; set; }
}

internal sealed class Answer
{
    public bool Label { get; set; }
}
