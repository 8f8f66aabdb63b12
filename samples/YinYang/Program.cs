using System;
using System.Globalization;
using System.IO;
using Microsoft.ML;
using Microsoft.ML.Snn;
using static Microsoft.ML.Transforms.ValueToKeyMappingEstimator;

// Learns the three regions of the yin-yang figure from the times of five spikes, and keeps the model in a file.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
const double Expected = 0.96;
var mlContext = new MLContext(seed: 1);
IDataView train = mlContext.Snn().LoadYinYang(YinYang.TrainCount, YinYang.TrainSeed);
IDataView test = mlContext.Snn().LoadYinYang(YinYang.TestCount, YinYang.TestSeed);

var pipeline = mlContext.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: KeyOrdinality.ByValue)
    .Append(mlContext.Snn().EncodeLatency("Spikes", "Features", timeSteps: 50, bias: true))
    .Append(mlContext.Snn().Train(new SnnTrainer.Options
    {
        FeatureColumnName = "Spikes",
        NumberOfHiddenNeurons = 200,
        NumberOfEpochs = 100,
        Optimizer = new Adam(learningRate: 0.003),
        Callbacks = [new ProgressBar()],
    }))
    .Append(mlContext.Transforms.Conversion.MapKeyToValue("PredictedLabel"));

var model = pipeline.Fit(train);
var metrics = mlContext.MulticlassClassification.Evaluate(model.Transform(test));

// A context that knows nothing of the training loads the model.
string file = Path.Combine(AppContext.BaseDirectory, "yin-yang.zip");
mlContext.Model.Save(model, train.Schema, file);
ITransformer loaded = new MLContext().Model.Load(file, out _);
var again = mlContext.MulticlassClassification.Evaluate(loaded.Transform(test));
bool isSame = again.LogLoss == metrics.LogLoss && again.MicroAccuracy == metrics.MicroAccuracy;

Console.WriteLine($"Test accuracy {metrics.MicroAccuracy:P1}, log-loss {metrics.LogLoss:F3}");
Console.WriteLine($"Loaded from {Path.GetFileName(file)}: {(isSame ? "the same" : "another")} result");
Console.WriteLine(metrics.ConfusionMatrix.GetFormattedConfusionTable().TrimEnd());
return isSame && metrics.MicroAccuracy >= Expected ? 0 : 1;
