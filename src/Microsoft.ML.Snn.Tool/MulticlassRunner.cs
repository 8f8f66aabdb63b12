using System;
using System.Collections.Generic;
using System.Threading;
using Microsoft.ML.Data;

namespace Microsoft.ML.Snn.Tool;

/// <summary>One of several classes; the label is text.</summary>
internal sealed class MulticlassRunner(MLContext context) : TaskRunner(context)
{
    public override string Name => "multiclass-classification";

    public override string MetricName => "accuracy";

    public override SearchResult Search(IDataView rows, TrainCommand.Arguments limits, Action<RunLine> report, CancellationToken cancel)
    {
        var trainers = Context.MulticlassClassification.Trainers;
        ExperimentRival[] others = [new("SdcaMaximumEntropy", trainers.SdcaMaximumEntropy()), new("LbfgsMaximumEntropy", trainers.LbfgsMaximumEntropy())];
        return Run(Context.Snn().CreateMulticlassClassificationExperiment(With(new MulticlassExperimentSettings(), limits, others, cancel)), rows, report);
    }

    public override IReadOnlyList<(string Name, double Value)> Evaluate(IDataView scored)
    {
        MulticlassClassificationMetrics metrics = Context.MulticlassClassification.Evaluate(scored, Table.Label);
        return
        [
            (MetricName, metrics.MicroAccuracy), ("macroAccuracy", metrics.MacroAccuracy),
            ("logLoss", metrics.LogLoss), ("logLossReduction", metrics.LogLossReduction),
        ];
    }
}
