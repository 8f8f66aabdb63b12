using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Learning;

/// <summary>One training from first batch to best weights.</summary>
/// <remarks>
/// Every example of every epoch is used once, the last, smaller batch included. The order of the examples is a
/// function of the seed and the epoch alone.
/// </remarks>
internal sealed class TrainingRun
{
    private static readonly TimeSpan s_reportInterval = TimeSpan.FromMilliseconds(50);

    private readonly NetworkProgram _program;
    private readonly NetworkEngine _engine;
    private readonly TrainingSettings _settings;
    private readonly TrainingData _data;
    private readonly TrainingData? _validation;
    private readonly int[] _order;
    private readonly long[] _spikeCounts;
    private readonly float[] _scores;
    private readonly double _variance;
    private readonly double _validationVariance;
    private readonly int _batches;
    private readonly List<TrainingEpoch> _epochs = [];
    private readonly BestWeights _best;
    private readonly OptimizerPlan _optimizers;
    private readonly RandomStream _random;
    private readonly Stopwatch _sinceReport = new();

    private long _updates;
    private double _weightOfEpoch;
    private long _decisionsOfEpoch;
    private double _secondsOfEpochs;

    public TrainingRun(
        NetworkProgram program, NetworkEngine engine, TrainingData data, TrainingData? validation, TrainingSettings settings)
    {
        (_program, _engine, _data, _validation, _settings) = (program, engine, data, validation, settings);
        _variance = Quality.VarianceOf(data.Targets, data.Weights);
        _validationVariance = validation == null ? 0 : Quality.VarianceOf(validation.Targets, validation.Weights);
        _order = [.. Enumerable.Range(0, data.Trains.Count)];
        _spikeCounts = new long[program.SpikingNeurons];
        _scores = new float[(validation?.Trains.Count ?? 0) * program.Output.ScoresFor(program.Steps)];
        _batches = (_order.Length + settings.BatchSize - 1) / settings.BatchSize;
        _best = new BestWeights(program, settings.EarlyStopping);
        _optimizers = new OptimizerPlan(program, settings.Optimizer, settings.OptimizerGroups);
        _random = new RandomStream(settings.Seed, stream: int.MaxValue);
    }

    /// <summary>Trains, and leaves the best weights in <paramref name="weights"/>.</summary>
    /// <param name="weights">Initial weights in, trained weights out.</param>
    /// <exception cref="InvalidOperationException">The loss is not a number, or no neuron spikes.</exception>
    public TrainingHistory Run(NetworkWeights weights)
    {
        _engine.SetWeights(weights);
        bool cancelled = false;
        while (_epochs.Count < _settings.NumberOfEpochs && !cancelled && !_best.IsExhausted)
        {
            cancelled = !TrainEpoch();
        }

        if (_best.Epoch > 0)
        {
            weights.CopyFrom(_best.Weights);
        }
        else
        {
            _engine.GetWeights(weights);
        }

        if (cancelled)
        {
            _settings.Warn(Text($"Training was cancelled in epoch {_epochs.Count + 1} of {_settings.NumberOfEpochs}; the model is the best so far."));
        }

        if (!weights.IsFinite())
        {
            throw Diverged("a weight");
        }

        return new TrainingHistory(
            _epochs, _best.Epoch > 0 ? _best.Epoch : _epochs.Count, cancelled, _engine.Device, _settings.Seed);
    }

    /// <summary>Mean number of spikes per trial of every hidden neuron in the last completed epoch, shape [layer][neuron].</summary>
    public float[][] MeanSpikeCounts()
    {
        int next = 0;
        return [.. _program.Spiking.Select(layer =>
            Enumerable.Range(0, layer.Units).Select(_ => (float)_spikeCounts[next++] / _order.Length).ToArray())];
    }

    /// <returns>False if training was cancelled in the middle.</returns>
    private bool TrainEpoch()
    {
        if (_settings.Shuffle)
        {
            _random.Shuffle(_order);
        }

        var totals = default(BatchResult);
        (_weightOfEpoch, _decisionsOfEpoch) = (0, 0);
        long start = Stopwatch.GetTimestamp();
        for (int batch = 0; batch < _batches; batch++)
        {
            if (_settings.CancellationToken.IsCancellationRequested)
            {
                return false;
            }

            _settings.CheckAlive();
            totals = Add(totals, TrainBatch(batch));
            Report(totals, batch + 1, Stopwatch.GetElapsedTime(start), completed: null);
        }

        Complete(totals, Stopwatch.GetElapsedTime(start));
        return true;
    }

    private BatchResult TrainBatch(int batch)
    {
        int first = batch * _settings.BatchSize;
        int count = Math.Min(_settings.BatchSize, _order.Length - first);
        EventProp algorithm = _settings.Algorithm;
        foreach (int example in _order.AsSpan(first, count))
        {
            _weightOfEpoch += _data.Weights?[example] ?? 1;
            _decisionsOfEpoch += _program.Output.Loss.Decisions(_data.Targets[example], _program.Output.Units);
        }

        BatchResult result = _engine.Train(
            new TrainingBatch
            {
                Trains = _data.Trains,
                Targets = _data.Targets,
                ExampleWeights = _data.Weights,
                Examples = _order.AsSpan(first, count),
            },
            new LearningStep(
                _optimizers.AtUpdate(++_updates), algorithm.SpikeCount, (float)algorithm.GrazingLimit,
                new ClippingEquations((float)_settings.MaximumGradientNorm)));
        return double.IsFinite(result.Loss)
            ? result
            : throw Diverged(Text($"the loss of batch {batch + 1}"));
    }

    private void Complete(BatchResult totals, TimeSpan elapsed)
    {
        _secondsOfEpochs += elapsed.TotalSeconds;
        Array.Clear(_spikeCounts);
        _engine.TakeSpikeCounts(_spikeCounts);
        int silent = 0;
        foreach (long count in _spikeCounts)
        {
            silent += count == 0 ? 1 : 0;
        }

        Quality quality = QualityOf(totals);
        (double? loss, Quality validation) = Validate();
        var epoch = new TrainingEpoch
        {
            Epoch = _epochs.Count + 1,
            Loss = MeanLoss(totals),
            Accuracy = quality.Accuracy,
            RSquared = quality.RSquared,
            RootMeanSquaredError = quality.RootMeanSquaredError,
            ValidationLoss = loss,
            ValidationAccuracy = validation.Accuracy,
            ValidationRSquared = validation.RSquared,
            ValidationRootMeanSquaredError = validation.RootMeanSquaredError,
            SpikesPerNeuron = SpikesPerNeuron(totals, _order.Length),
            SilentNeurons = silent,
            GrazingSpikes = totals.HiddenSpikes == 0 ? 0 : (double)totals.GrazingSpikes / totals.HiddenSpikes,
            RewiredSynapses = totals.RewiredSynapses,
            RewiringFailures = totals.RewiringFailures,
            Seconds = elapsed.TotalSeconds,
        };
        _epochs.Add(epoch);
        if (loss is double validationLoss)
        {
            _best.Offer(validationLoss, epoch.Epoch, _engine);
        }

        _settings.Info(Describe(epoch));
        Warn(epoch);
        Report(totals, _batches, elapsed, epoch);
    }

    /// <summary>Loss and quality of the scores; a loss of every step is taken of the readout here.</summary>
    private (double? Loss, Quality Quality) Validate()
    {
        if (_validation == null)
        {
            return (null, default);
        }

        _engine.Score(_validation.Trains, _scores);
        LossEquations equations = _program.Output.Loss;
        int units = _program.Output.Units;
        int rows = _validation.Targets.Rows;
        double loss = 0, weights = 0;
        long correct = 0, decisions = 0;
        for (int example = 0; example < _validation.Targets.Count; example++)
        {
            Target target = _validation.Targets[example];
            double weight = _validation.Weights?[example] ?? 1;
            double share = LossEquations.StepShare(target.RowsWithLoss);
            for (int row = 0; row < rows; row++)
            {
                if (target.HasLoss(row))
                {
                    ReadOnlySpan<float> scores = _scores.AsSpan((example * rows + row) * units, units);
                    loss += weight * share * equations.OfScores(target, row, scores);
                    correct += equations.Correct(target, row, scores);
                }
            }

            weights += weight;
            decisions += equations.Decisions(target, units);
        }

        return (loss / weights, Quality.Of(_program, loss / weights, correct, decisions, _validationVariance, _settings.LabelUnit));
    }

    private Quality QualityOf(BatchResult totals) => Quality.Of(
        _program, MeanLoss(totals), totals.Correct, _decisionsOfEpoch, _variance, _settings.LabelUnit);

    private void Report(BatchResult totals, int batchesDone, TimeSpan elapsed, TrainingEpoch? completed)
    {
        if (_settings.Progress == null
            || (completed == null && _sinceReport.IsRunning && _sinceReport.Elapsed < s_reportInterval))
        {
            return;
        }

        _sinceReport.Restart();
        int examples = Math.Min(batchesDone * _settings.BatchSize, _order.Length);
        int epochsBefore = completed == null ? _epochs.Count : _epochs.Count - 1;
        double epochsDone = epochsBefore + (double)batchesDone / _batches;
        double seconds = _secondsOfEpochs + (completed == null ? elapsed.TotalSeconds : 0);
        Quality quality = QualityOf(totals);
        _settings.Progress.Report(new TrainingProgress
        {
            Epoch = epochsBefore + 1,
            NumberOfEpochs = _settings.NumberOfEpochs,
            Batch = batchesDone,
            NumberOfBatches = _batches,
            Loss = MeanLoss(totals),
            Accuracy = quality.Accuracy,
            RSquared = quality.RSquared,
            RootMeanSquaredError = quality.RootMeanSquaredError,
            SpikesPerNeuron = SpikesPerNeuron(totals, examples),
            SilentNeurons = _epochs.Count == 0 ? null : _epochs[^1].SilentNeurons,
            ExamplesPerSecond = examples / Math.Max(1e-9, elapsed.TotalSeconds),
            TimeLeft = TimeSpan.FromSeconds(seconds / epochsDone * (_settings.NumberOfEpochs - epochsDone)),
            CompletedEpoch = completed,
        });
    }

    private void Warn(TrainingEpoch epoch)
    {
        if (_spikeCounts.Length == 0)
        {
            return;
        }

        if (epoch.SilentNeurons == _spikeCounts.Length)
        {
            string message = Text($"No hidden neuron spiked in epoch {epoch.Epoch}, so that nothing can be learned. ")
                + "Raise the weights (Weights.Balanced fits them to the data), lower the threshold, give the input more "
                + "spikes or the trial more time steps"
                + (_settings.Algorithm.SpikeCount.IsActive ? ", or lower EventProp.SpikeCountStrength." : ".");
            if (_epochs.Count == 1)
            {
                throw new InvalidOperationException(message);
            }

            _settings.Warn(message);
        }
        else if (2 * epoch.SilentNeurons > _spikeCounts.Length)
        {
            _settings.Warn(Text($"{epoch.SilentNeurons} of {_spikeCounts.Length} hidden neurons were silent in all of epoch {epoch.Epoch} and cannot learn. ")
                + "Raise the initial weights, lower the learning rate, or use fewer neurons.");
        }
    }

    private InvalidOperationException Diverged(string what) => new(
        Text($"Training diverged: {what} is not a finite number in epoch {_epochs.Count + 1}. ")
        + Text($"Lower the learning rate (now {_settings.Optimizer}), raise EventProp.GrazingLimit (now {_settings.Algorithm.GrazingLimit}), ")
        + "or scale the features down.");

    // Examples of weight 0 count as absent; there may be nothing else in the first batches.
    private double MeanLoss(BatchResult totals) => _weightOfEpoch == 0 ? 0 : totals.Loss / _weightOfEpoch;

    private double SpikesPerNeuron(BatchResult totals, int examples) =>
        _spikeCounts.Length == 0 ? 0 : (double)totals.HiddenSpikes / examples / _spikeCounts.Length;

    private static BatchResult Add(BatchResult a, BatchResult b) => new(
        a.Loss + b.Loss, a.Correct + b.Correct, a.HiddenSpikes + b.HiddenSpikes, a.GrazingSpikes + b.GrazingSpikes, 0,
        a.RewiredSynapses + b.RewiredSynapses, a.RewiringFailures + b.RewiringFailures);

    private static string Describe(TrainingEpoch epoch) =>
        Text($"Epoch {epoch.Epoch}: loss {epoch.Loss:F4}")
        + new Quality(epoch.Accuracy, epoch.RSquared, epoch.RootMeanSquaredError).Describe("")
        + (epoch.ValidationLoss is double loss ? Text($", validation loss {loss:F4}") : "")
        + new Quality(epoch.ValidationAccuracy, epoch.ValidationRSquared, epoch.ValidationRootMeanSquaredError).Describe("validation ")
        + Text($", {epoch.SpikesPerNeuron:F2} spikes per neuron, {epoch.SilentNeurons} silent neurons")
        + (epoch.RewiredSynapses + epoch.RewiringFailures > 0
            ? Text($", {epoch.RewiredSynapses} synapses rewired, {epoch.RewiringFailures} found no place") : "")
        + Text($", {epoch.Seconds:F2} s");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
