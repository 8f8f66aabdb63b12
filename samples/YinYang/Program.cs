using System;
using Microsoft.ML;
var mlContext = new MLContext(seed: 1);
mlContext.Log += (_, e) => { if (e.Source.Contains("Snn")) Console.WriteLine(e.Message); };
IDataView train = mlContext.Snn().LoadYinYang(5000, 42);
IDataView test = mlContext.Snn().LoadYinYang(1000, 40);
var pipeline = mlContext.Transforms.Conversion.MapValueToKey("Label")
    .Append(mlContext.Snn().EncodeLatency("Spikes", "Features", timeSteps: 50))
    .Append(mlContext.Snn().Train(featureColumnName: "Spikes", numberOfHiddenNeurons: 200, numberOfEpochs: 20))
    .Append(mlContext.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
var model = pipeline.Fit(train);
var metrics = mlContext.MulticlassClassification.Evaluate(model.Transform(test));
mlContext.Model.Save(model, train.Schema, "/tmp/yy.zip");
ITransformer loaded = new MLContext().Model.Load("/tmp/yy.zip", out _);
var metrics2 = mlContext.MulticlassClassification.Evaluate(loaded.Transform(test));
Console.WriteLine($"{metrics.MicroAccuracy} {metrics2.MicroAccuracy} {metrics.LogLoss}");
Console.WriteLine(metrics.ConfusionMatrix.GetFormattedConfusionTable());
