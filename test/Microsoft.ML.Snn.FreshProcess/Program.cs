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
// of Microsoft.ML.Snn is named and nothing is registered. Arguments: model.zip rows.idv. Prints the log-loss of classes or
// of yes and no, or the root mean squared error of numbers.
var context = new MLContext();
ITransformer model = context.Model.Load(args[0], out _);
IDataView scored = model.Transform(context.Data.LoadFromBinary(args[1]));
bool isVector = scored.Schema["Score"].Type is VectorDataViewType;
double measure = isVector ? context.MulticlassClassification.Evaluate(scored).LogLoss
    : scored.Schema.GetColumnOrNull("Probability") is not null ? context.BinaryClassification.Evaluate(scored).LogLoss
    : context.Regression.Evaluate(scored).RootMeanSquaredError;
Console.WriteLine(measure.ToString("R", CultureInfo.InvariantCulture));
return 0;
