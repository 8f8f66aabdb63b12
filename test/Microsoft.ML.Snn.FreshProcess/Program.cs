using System;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Snn.FreshProcess;

// With one argument, a folder: a training that may be killed at any moment and started again.
if (args.Length == 1)
{
    KilledTraining.Run(args[0]);
    return 0;
}

// Loads a saved pipeline and scores saved rows, as a program would that never heard of spiking networks: no type
// of Microsoft.ML.Snn is named and nothing is registered. Arguments: model.zip rows.idv. Prints the log-loss.
var context = new MLContext();
ITransformer model = context.Model.Load(args[0], out _);
IDataView rows = context.Data.LoadFromBinary(args[1]);
MulticlassClassificationMetrics metrics = context.MulticlassClassification.Evaluate(model.Transform(rows));
Console.WriteLine(metrics.LogLoss.ToString("R", CultureInfo.InvariantCulture));
return 0;
