using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.ML.Data;

namespace Microsoft.ML.Snn.Tool;

/// <summary>What differs from task to task: the experiment, the metrics, and which metric stands for all.</summary>
internal abstract class TaskRunner(MLContext context)
{
    protected MLContext Context { get; } = context;

    /// <summary>Gets the name of the task in options and results.</summary>
    public abstract string Name { get; }

    /// <summary>Gets the name, in JSON, of the metric that stands for all.</summary>
    public abstract string MetricName { get; }

    public static TaskRunner For(TaskKind task, MLContext context) => task switch
    {
        TaskKind.Multiclass => new MulticlassRunner(context),
        TaskKind.Binary => new BinaryRunner(context),
        _ => new RegressionRunner(context),
    };

    /// <summary>The runner of the task that a model was trained for.</summary>
    public static TaskRunner For(DataViewSchema scored, MLContext context)
    {
        DataViewSchema.Column? score = scored.GetColumnOrNull("Score");
        if (score is null)
        {
            throw new ToolException("The model must give a column 'Score', but does not. Use a model that 'snn train' made.");
        }

        return For(score.Value.Type is VectorDataViewType ? TaskKind.Multiclass
            : scored.GetColumnOrNull("PredictedLabel") is null ? TaskKind.Regression : TaskKind.Binary, context);
    }

    /// <summary>Searches for a model.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="limits">How long, and whether other trainers compete.</param>
    /// <param name="report">Is told of every run.</param>
    /// <param name="cancel">Ends the search with the best so far.</param>
    public abstract SearchResult Search(IDataView rows, TrainCommand.Arguments limits, Action<RunLine> report, CancellationToken cancel);

    /// <summary>The metrics of scored rows, in order.</summary>
    public abstract IReadOnlyList<(string Name, double Value)> Evaluate(IDataView scored);

    protected static TSettings With<TSettings>(
        TSettings settings, TrainCommand.Arguments limits, IEnumerable<ExperimentRival> rivals, CancellationToken cancel)
        where TSettings : ExperimentSettings
    {
        settings.MaxExperimentTimeInSeconds = limits.TrainTime;
        settings.MaxModels = limits.MaxModels;
        settings.CancellationToken = cancel;
        foreach (ExperimentRival rival in limits.Rivals ? rivals : [])
        {
            settings.Rivals.Add(rival);
        }

        return settings;
    }

    protected static SearchResult Run<TMetrics>(SnnExperiment<TMetrics> experiment, IDataView rows, Action<RunLine> report)
        where TMetrics : class
    {
        ExperimentResult<TMetrics> result = experiment.Execute(
            rows, Table.Label, progressHandler: new Relay<TMetrics>(run => report(LineOf(run))));
        return new SearchResult(
            result.BestRun.Model!, LineOf(result.BestRun), [.. result.RunDetails.Select(LineOf)], result.WasCancelled);
    }

    private static RunLine LineOf<TMetrics>(RunDetail<TMetrics> run)
        where TMetrics : class => new(
            run.Run, run.TrainerName, run.Score, run.RuntimeInSeconds,
            run.Exception?.Message.Split('\n')[0] ?? run.Settings?.ToString() ?? "");

    private sealed class Relay<TMetrics>(Action<RunDetail<TMetrics>> action) : IProgress<RunDetail<TMetrics>>
        where TMetrics : class
    {
        public void Report(RunDetail<TMetrics> value) => action(value);
    }
}
