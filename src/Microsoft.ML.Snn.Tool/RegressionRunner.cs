using System;
using System.Collections.Generic;
using System.Threading;
using Microsoft.ML.Data;

namespace Microsoft.ML.Snn.Tool;

/// <summary>A number.</summary>
internal sealed class RegressionRunner(MLContext context) : TaskRunner(context)
{
    public override string Name => "regression";

    public override string MetricName => "rSquared";

    public override SearchResult Search(IDataView rows, TrainCommand.Arguments limits, Action<RunLine> report, CancellationToken cancel)
    {
        var trainers = Context.Regression.Trainers;
        ExperimentRival[] others = [new("Sdca", trainers.Sdca()), new("LbfgsPoissonRegression", trainers.LbfgsPoissonRegression())];
        return Run(Context.Snn().CreateRegressionExperiment(With(new RegressionExperimentSettings(), limits, others, cancel)), rows, report);
    }

    public override IReadOnlyList<(string Name, double Value)> Evaluate(IDataView scored)
    {
        RegressionMetrics metrics = Context.Regression.Evaluate(scored, Table.Label);
        return
        [
            (MetricName, metrics.RSquared), ("meanAbsoluteError", metrics.MeanAbsoluteError),
            ("rootMeanSquaredError", metrics.RootMeanSquaredError),
        ];
    }
}
