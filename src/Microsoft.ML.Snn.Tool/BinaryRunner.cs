using System;
using System.Collections.Generic;
using System.Threading;
using Microsoft.ML.Data;

namespace Microsoft.ML.Snn.Tool;

/// <summary>Yes or no.</summary>
internal sealed class BinaryRunner(MLContext context) : TaskRunner(context)
{
    public override string Name => "binary-classification";

    public override string MetricName => "accuracy";

    public override SearchResult Search(IDataView rows, TrainCommand.Arguments limits, Action<RunLine> report, CancellationToken cancel)
    {
        var trainers = Context.BinaryClassification.Trainers;
        ExperimentRival[] others = [new("SdcaLogisticRegression", trainers.SdcaLogisticRegression()), new("LbfgsLogisticRegression", trainers.LbfgsLogisticRegression())];
        return Run(Context.Snn().CreateBinaryClassificationExperiment(With(new BinaryExperimentSettings(), limits, others, cancel)), rows, report);
    }

    public override IReadOnlyList<(string Name, double Value)> Evaluate(IDataView scored)
    {
        BinaryClassificationMetrics metrics = Context.BinaryClassification.EvaluateNonCalibrated(scored, Table.Label);
        return
        [
            (MetricName, metrics.Accuracy), ("areaUnderRocCurve", metrics.AreaUnderRocCurve),
            ("areaUnderPrecisionRecallCurve", metrics.AreaUnderPrecisionRecallCurve), ("f1Score", metrics.F1Score),
        ];
    }
}
