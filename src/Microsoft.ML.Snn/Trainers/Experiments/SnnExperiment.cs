using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Snn.Trainers.Experiments;

namespace Microsoft.ML.Snn;

/// <summary>Searches for the pipeline and the spiking network that predict a column of a table best, within a time.</summary>
/// <typeparam name="TMetrics">The metrics of the task.</typeparam>
/// <remarks>
/// <para>The columns of the table become features by their types: see <see cref="ColumnInformation"/>. The search tries
/// the defaults first, then draws encoders, sizes, time constants and learning rates, trains many of them briefly and
/// the better ones longer (successive halving). Its choices depend on the seed and the results only, and every run can
/// be repeated from its <see cref="RunDetail{TMetrics}.Settings"/>.</para>
/// <para>A run that fails is recorded and the search goes on. It is an <see cref="InvalidOperationException"/> if no run
/// succeeds.</para>
/// </remarks>
public abstract class SnnExperiment<TMetrics>
    where TMetrics : class
{
    /// <summary>Room for what comes after the training of the best model, as a share of that training.</summary>
    private const double RefitAllowance = 1.3;

    private readonly ExperimentSettings _settings;
    private readonly int _seed;

    private protected SnnExperiment(MLContext context, ExperimentSettings settings)
    {
        settings.Validate();
        Context = context;
        _settings = settings;
        _seed = settings.Seed ?? ((IHostEnvironmentInternal)context).Seed ?? 0;
    }

    private protected MLContext Context { get; }

    /// <summary>Searches; a share of the rows validates, see <see cref="ExperimentSettings.ValidationFraction"/>.</summary>
    /// <param name="trainData">The table.</param>
    /// <param name="labelColumnName">The column to predict.</param>
    /// <param name="preFeaturizer">Transforms that come first, or null.</param>
    /// <param name="progressHandler">Is told of every run as it ends, or null.</param>
    /// <returns>All runs and the best one.</returns>
    /// <exception cref="ArgumentException">A column is missing or nothing is left to learn from.</exception>
    /// <exception cref="InvalidOperationException">No run succeeded.</exception>
    public ExperimentResult<TMetrics> Execute(
        IDataView trainData, string labelColumnName = DefaultColumnNames.Label, IEstimator<ITransformer>? preFeaturizer = null,
        IProgress<RunDetail<TMetrics>>? progressHandler = null) =>
        Execute(trainData, Predict(labelColumnName), preFeaturizer, progressHandler);

    /// <summary>Searches; a share of the rows validates, see <see cref="ExperimentSettings.ValidationFraction"/>.</summary>
    /// <param name="trainData">The table.</param>
    /// <param name="columnInformation">What each column is for.</param>
    /// <param name="preFeaturizer">Transforms that come first, or null.</param>
    /// <param name="progressHandler">Is told of every run as it ends, or null.</param>
    /// <returns>All runs and the best one.</returns>
    /// <exception cref="ArgumentException">A column is missing or nothing is left to learn from.</exception>
    /// <exception cref="InvalidOperationException">No run succeeded.</exception>
    public ExperimentResult<TMetrics> Execute(
        IDataView trainData, ColumnInformation columnInformation, IEstimator<ITransformer>? preFeaturizer = null,
        IProgress<RunDetail<TMetrics>>? progressHandler = null)
    {
        ArgumentNullException.ThrowIfNull(trainData);
        DataOperationsCatalog.TrainTestData split = Context.Data.TrainTestSplit(trainData, _settings.ValidationFraction, seed: _seed);
        List<RunDetail<TMetrics>> runs = Search(
            [split], _settings.RefitOnAllRows ? trainData : null, columnInformation, preFeaturizer, progressHandler);
        return new ExperimentResult<TMetrics>(runs, Best(runs)!, _settings.CancellationToken.IsCancellationRequested);
    }

    /// <summary>Searches; other rows validate.</summary>
    /// <param name="trainData">The table.</param>
    /// <param name="validationData">The rows that validate; never trained on.</param>
    /// <param name="labelColumnName">The column to predict.</param>
    /// <param name="preFeaturizer">Transforms that come first, or null.</param>
    /// <param name="progressHandler">Is told of every run as it ends, or null.</param>
    /// <returns>All runs and the best one.</returns>
    /// <exception cref="ArgumentException">A column is missing or nothing is left to learn from.</exception>
    /// <exception cref="InvalidOperationException">No run succeeded.</exception>
    public ExperimentResult<TMetrics> Execute(
        IDataView trainData, IDataView validationData, string labelColumnName = DefaultColumnNames.Label,
        IEstimator<ITransformer>? preFeaturizer = null, IProgress<RunDetail<TMetrics>>? progressHandler = null) =>
        Execute(trainData, validationData, Predict(labelColumnName), preFeaturizer, progressHandler);

    /// <summary>Searches; other rows validate.</summary>
    /// <param name="trainData">The table.</param>
    /// <param name="validationData">The rows that validate; never trained on.</param>
    /// <param name="columnInformation">What each column is for.</param>
    /// <param name="preFeaturizer">Transforms that come first, or null.</param>
    /// <param name="progressHandler">Is told of every run as it ends, or null.</param>
    /// <returns>All runs and the best one.</returns>
    /// <exception cref="ArgumentException">A column is missing or nothing is left to learn from.</exception>
    /// <exception cref="InvalidOperationException">No run succeeded.</exception>
    public ExperimentResult<TMetrics> Execute(
        IDataView trainData, IDataView validationData, ColumnInformation columnInformation,
        IEstimator<ITransformer>? preFeaturizer = null, IProgress<RunDetail<TMetrics>>? progressHandler = null)
    {
        ArgumentNullException.ThrowIfNull(trainData);
        ArgumentNullException.ThrowIfNull(validationData);
        List<RunDetail<TMetrics>> runs = Search(
            [Split(trainData, validationData)], refitData: null, columnInformation, preFeaturizer, progressHandler);
        return new ExperimentResult<TMetrics>(runs, Best(runs)!, _settings.CancellationToken.IsCancellationRequested);
    }

    /// <summary>Searches by cross-validation: each run trains once per fold, and the mean of the metric counts.</summary>
    /// <param name="trainData">The table.</param>
    /// <param name="numberOfCVFolds">The number of folds, 2 or more.</param>
    /// <param name="labelColumnName">The column to predict.</param>
    /// <param name="preFeaturizer">Transforms that come first, or null.</param>
    /// <param name="progressHandler">Is told of every run as it ends, or null.</param>
    /// <returns>All runs with the results of every fold, and the best run.</returns>
    /// <exception cref="ArgumentException">A column is missing or nothing is left to learn from.</exception>
    /// <exception cref="InvalidOperationException">No run succeeded.</exception>
    public CrossValidationExperimentResult<TMetrics> Execute(
        IDataView trainData, uint numberOfCVFolds, string labelColumnName = DefaultColumnNames.Label,
        IEstimator<ITransformer>? preFeaturizer = null, IProgress<CrossValidationRunDetail<TMetrics>>? progressHandler = null) =>
        Execute(trainData, numberOfCVFolds, Predict(labelColumnName), preFeaturizer, progressHandler);

    /// <summary>Searches by cross-validation: each run trains once per fold, and the mean of the metric counts.</summary>
    /// <param name="trainData">The table.</param>
    /// <param name="numberOfCVFolds">The number of folds, 2 or more.</param>
    /// <param name="columnInformation">What each column is for.</param>
    /// <param name="preFeaturizer">Transforms that come first, or null.</param>
    /// <param name="progressHandler">Is told of every run as it ends, or null.</param>
    /// <returns>All runs with the results of every fold, and the best run.</returns>
    /// <exception cref="ArgumentException">A column is missing or nothing is left to learn from.</exception>
    /// <exception cref="InvalidOperationException">No run succeeded.</exception>
    public CrossValidationExperimentResult<TMetrics> Execute(
        IDataView trainData, uint numberOfCVFolds, ColumnInformation columnInformation,
        IEstimator<ITransformer>? preFeaturizer = null, IProgress<CrossValidationRunDetail<TMetrics>>? progressHandler = null)
    {
        ArgumentNullException.ThrowIfNull(trainData);
        Require.InRange(numberOfCVFolds, 2.0, 1000, "Typical values are 5 to 10.", nameof(numberOfCVFolds));
        var folds = Context.Data.CrossValidationSplit(trainData, (int)numberOfCVFolds, seed: _seed);
        IProgress<RunDetail<TMetrics>>? progress = progressHandler == null
            ? null
            : new Relay(run => progressHandler.Report(new CrossValidationRunDetail<TMetrics>(run)));
        List<RunDetail<TMetrics>> runs = Search(folds, refitData: null, columnInformation, preFeaturizer, progress);
        List<CrossValidationRunDetail<TMetrics>> details = [.. runs.Select(run => new CrossValidationRunDetail<TMetrics>(run))];
        return new CrossValidationExperimentResult<TMetrics>(
            details, details[runs.IndexOf(Best(runs)!)], _settings.CancellationToken.IsCancellationRequested);
    }

    /// <summary>The transform of the label that the trainers need, or null.</summary>
    private protected abstract IEstimator<ITransformer>? LabelPipeline(DataViewSchema.Column label);

    /// <summary>What comes after the trainer, or null.</summary>
    private protected abstract IEstimator<ITransformer>? AfterTrainer(DataViewSchema.Column label);

    private protected abstract TMetrics Evaluate(IDataView scored, string labelColumnName);

    /// <summary>The metric that is optimised, turned so that higher is better.</summary>
    private protected abstract double Rank(TMetrics metrics);

    /// <summary>The metric that is optimised.</summary>
    private protected abstract double Score(TMetrics metrics);

    private static ColumnInformation Predict(string labelColumnName) => new() { LabelColumnName = labelColumnName };

    private static DataOperationsCatalog.TrainTestData Split(IDataView train, IDataView test) => new(train, test);

    private List<RunDetail<TMetrics>> Search(
        IReadOnlyList<DataOperationsCatalog.TrainTestData> splits, IDataView? refitData, ColumnInformation columns,
        IEstimator<ITransformer>? preFeaturizer, IProgress<RunDetail<TMetrics>>? progress)
    {
        ArgumentNullException.ThrowIfNull(columns);
        var clock = Stopwatch.StartNew();
        var timeLimit = TimeSpan.FromSeconds(_settings.MaxExperimentTimeInSeconds);
        using var outOfTime = CancellationTokenSource.CreateLinkedTokenSource(_settings.CancellationToken);
        outOfTime.CancelAfter(timeLimit < TimeSpan.FromMilliseconds(int.MaxValue) ? timeLimit : Timeout.InfiniteTimeSpan);

        splits = [.. splits.Select(split => Split(Context.Data.Cache(split.TrainSet), Context.Data.Cache(split.TestSet)))];
        IDataView train = splits[0].TrainSet;
        IDataView seen = preFeaturizer == null ? train : preFeaturizer.Fit(train).Transform(train);
        FeaturePreparation preparation = FeaturePreparation.Infer(seen, columns);
        DataViewSchema.Column label = seen.Schema[columns.LabelColumnName];
        IEstimator<ITransformer> prepared = Chain(preFeaturizer, LabelPipeline(label), preparation.CreatePipeline(Context));
        int features = prepared.Fit(train).GetOutputSchema(train.Schema).FeatureCount();

        var sampler = new TrialSampler(preparation.IsSpikeTrain, features, _seed);
        int rows = Math.Max(1, CountRows(train));
        var halving = new SuccessiveHalving(sampler, new SnnTrainer.Options().EpochsFor(rows), rows);
        var rivals = new Queue<ExperimentRival>(_settings.Rivals);
        var runs = new List<RunDetail<TMetrics>>();
        while (runs.Count == 0 || MayGoOn(runs, refitData != null, clock.Elapsed, timeLimit))
        {
            RunDetail<TMetrics> run;
            if (runs.Count > 0 && rivals.TryDequeue(out ExperimentRival? rival))
            {
                run = new RunDetail<TMetrics>(runs.Count + 1, rival.Name, null, Chain(prepared, rival.Trainer, AfterTrainer(label)));
                Train(run, splits, columns.LabelColumnName, outOfTime.Token);
            }
            else
            {
                SnnTrialSettings settings = halving.Next();
                using CancellationTokenSource trialTime = TrialTime(runs, refitData != null, clock.Elapsed, timeLimit, outOfTime.Token);
                run = new RunDetail<TMetrics>(runs.Count + 1, "Snn", settings, Pipeline(settings, trialTime.Token));
                Train(run, splits, columns.LabelColumnName, trialTime.Token);
                halving.Report(settings, run.Rank);
            }

            runs.Add(run);
            progress?.Report(run);
        }

        RunDetail<TMetrics> best = Best(runs) ?? throw new InvalidOperationException(
            $"At least one of the {runs.Count} runs must succeed, but the first failed with: {runs[0].Exception?.Message}", runs[0].Exception);
        if (refitData != null && best.Settings != null && !outOfTime.IsCancellationRequested)
        {
            Refit(best, Pipeline(best.Settings, outOfTime.Token), refitData, outOfTime.Token);
        }

        return runs;

        IEstimator<ITransformer> Pipeline(SnnTrialSettings settings, CancellationToken token) => Chain(
            prepared.AppendEncoder(Context, settings, features),
            Context.Snn().Train(TrainerOptions(settings, columns, token)),
            AfterTrainer(label));
    }

    private static int CountRows(IDataView data)
    {
        int rows = 0;
        using DataViewRowCursor cursor = data.GetRowCursor([]);
        while (cursor.MoveNext())
        {
            rows++;
        }

        return rows;
    }

    private static SnnTrainer.Options TrainerOptions(SnnTrialSettings settings, ColumnInformation columns, CancellationToken token) => new()
    {
        LabelColumnName = columns.LabelColumnName,
        FeatureColumnName = FeaturePreparation.Features,
        ExampleWeightColumnName = columns.ExampleWeightColumnName,
        Network = settings.Network(),
        Optimizer = settings.Optimizer(),
        Augmentations = settings.Augmentations(),
        NumberOfEpochs = settings.NumberOfEpochs,
        BatchSize = settings.BatchSize,
        TimeSteps = settings.TimeSteps,
        Seed = settings.Seed,
        CancellationToken = token,
    };

    private static IEstimator<ITransformer> Chain(params IEstimator<ITransformer>?[] parts)
    {
        IEstimator<ITransformer> chain = new EstimatorChain<ITransformer>();
        foreach (IEstimator<ITransformer>? part in parts)
        {
            chain = part == null ? chain : chain.Append(part);
        }

        return chain;
    }

    private bool MayGoOn(List<RunDetail<TMetrics>> runs, bool refits, TimeSpan elapsed, TimeSpan limit)
    {
        if (_settings.CancellationToken.IsCancellationRequested || runs.Count >= (_settings.MaxModels ?? int.MaxValue))
        {
            return false;
        }

        return elapsed + RefitTime(runs, refits) < limit;
    }

    /// <summary>How long the best model so far would train on all rows.</summary>
    private TimeSpan RefitTime(List<RunDetail<TMetrics>> runs, bool refits) => refits && Best(runs) is { } best
        ? TimeSpan.FromSeconds(RefitAllowance * best.RuntimeInSeconds / (1 - _settings.ValidationFraction))
        : TimeSpan.Zero;

    /// <summary>Ends a trial when only the time for the last training is left.</summary>
    private CancellationTokenSource TrialTime(
        List<RunDetail<TMetrics>> runs, bool refits, TimeSpan elapsed, TimeSpan limit, CancellationToken outOfTime)
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(outOfTime);
        TimeSpan left = limit - elapsed - RefitTime(runs, refits);
        if (left < TimeSpan.FromMilliseconds(int.MaxValue))
        {
            source.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }

        return source;
    }

    private static RunDetail<TMetrics>? Best(List<RunDetail<TMetrics>> runs) =>
        runs.Where(run => !double.IsNaN(run.Rank)).MaxBy(run => run.Rank);

    private void Train(
        RunDetail<TMetrics> run, IReadOnlyList<DataOperationsCatalog.TrainTestData> splits, string label, CancellationToken token)
    {
        long start = Stopwatch.GetTimestamp();
        foreach (DataOperationsCatalog.TrainTestData split in splits)
        {
            run.Add(TrainOn(run.Estimator, split, label));
        }

        if (run.Exception == null)
        {
            run.Score = run.Results.Average(result => Score(result.ValidationMetrics!));
            run.Rank = run.Results.Average(result => Rank(result.ValidationMetrics!));
        }

        run.WasCutShort = token.IsCancellationRequested;
        run.RuntimeInSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private TrainResult<TMetrics> TrainOn(
        IEstimator<ITransformer> estimator, DataOperationsCatalog.TrainTestData split, string label)
    {
        try
        {
            ITransformer model = estimator.Fit(split.TrainSet);
            return new TrainResult<TMetrics>(model, Evaluate(model.Transform(split.TestSet), label), null);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            return new TrainResult<TMetrics>(null, null, failure);
        }
    }

    /// <summary>A failure, or the end of the time, leaves the model of the search.</summary>
    private static void Refit(RunDetail<TMetrics> best, IEstimator<ITransformer> pipeline, IDataView rows, CancellationToken token)
    {
        try
        {
            ITransformer model = pipeline.Fit(rows);
            if (!token.IsCancellationRequested)
            {
                (best.Model, best.WasRefitOnAllRows) = (model, true);
            }
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            best.Exception = failure;
        }
    }

    private sealed class Relay(Action<RunDetail<TMetrics>> report) : IProgress<RunDetail<TMetrics>>
    {
        public void Report(RunDetail<TMetrics> value) => report(value);
    }
}
