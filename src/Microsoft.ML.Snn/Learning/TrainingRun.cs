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
/// <para>Every example of every epoch is used once, the last, smaller batch included. The order of the examples is a
/// function of the seed and the epoch alone.</para>
/// <para>Early stopping, checkpoints and learning-rate schedules are callbacks; the schedule of each optimiser comes first.</para>
/// <para>Between two batches the state of a training is whole: <see cref="ITrainingState.Save"/> writes all that the next batch depends on,
/// so that a training that goes on from a checkpoint has the bits of one that was never stopped.</para>
/// </remarks>
internal sealed partial class TrainingRun : ITrainingState
{
    private readonly NetworkProgram _program;
    private readonly NetworkEngine _engine;
    private readonly TrainingSettings _settings;
    private readonly TrainingData _data;
    private readonly TrainingData? _validation;
    private readonly ExampleOrder _order;
    private readonly long[] _spikeCounts;
    private readonly float[] _scores;
    private readonly double _variance;
    private readonly double _validationVariance;
    private readonly int _batches;
    private readonly List<TrainingEpoch> _epochs = [];
    private readonly BestWeights _best;
    private readonly OptimizerPlan _optimizers;
    private readonly LearningStep _step;
    private readonly OperationCounter _operations;
    private readonly AugmentedBatch? _augmented;
    private readonly CallbackList _callbacks;
    private readonly Stopwatch _sinceStart = new();

    private long _updates;
    private int _batch;
    private bool _isEpochBegun;
    private bool _isWhole = true;
    private bool _hasFailed;
    private bool _isResumed;
    private EpochTotals _totals;
    private long _epochStart;
    private double _secondsOfEpochs;
    private double _secondsBefore;
    private TrainingEpoch? _completed;

    public TrainingRun(
        NetworkProgram program, NetworkEngine engine, TrainingData data, TrainingData? validation, TrainingSettings settings)
    {
        (_program, _engine, _data, _validation, _settings) = (program, engine, data, validation, settings);
        _variance = Quality.VarianceOf(data.Targets, data.Weights);
        _validationVariance = validation == null ? 0 : Quality.VarianceOf(validation.Targets, validation.Weights);
        _order = new ExampleOrder(data.Trains.Count, settings.Shuffle, settings.Seed);
        _spikeCounts = new long[program.SpikingNeurons];
        _scores = new float[(validation?.Trains.Count ?? 0) * program.ScoresPerExample];
        _batches = (_order.Count + settings.BatchSize - 1) / settings.BatchSize;
        _best = new BestWeights(program);
        _step = settings.Algorithm.StepFor(program) with { Clipping = new ClippingEquations((float)settings.MaximumGradientNorm) };
        _optimizers = new OptimizerPlan(program, settings.Optimizer, settings.OptimizerGroups);
        _operations = new OperationCounter(program);
        _augmented = settings.Augmentations.Count == 0
            ? null
            : new AugmentedBatch(data, settings);
        _callbacks = new CallbackList(
            [.. _optimizers.Optimizers.Select(optimizer => new LearningRateScheduler(optimizer)), .. settings.Callbacks],
            new TrainingContext(new TrainingInside(program, engine, data.Trains), _epochs.AsReadOnly(), this),
            settings.Warn);
    }

    /// <summary>Trains, and leaves the best weights in <paramref name="weights"/>.</summary>
    /// <param name="weights">Initial weights in, trained weights out.</param>
    /// <exception cref="InvalidOperationException">
    /// The loss is not a number, no neuron spikes, a callback failed, or the checkpoint is of another training.
    /// </exception>
    public TrainingHistory Run(NetworkWeights weights)
    {
        _engine.SetWeights(weights);
        _callbacks.Restore();
        _sinceStart.Start();
        StopReason reason;
        try
        {
            _callbacks.TrainingBegin();
            reason = TrainEpochs();
        }
        catch
        {
            _hasFailed = true;
            throw;
        }
        finally
        {
            _callbacks.TrainingEnd();
        }

        if (_best.Epoch > 0)
        {
            weights.CopyFrom(_best.Weights);
        }
        else
        {
            _engine.GetWeights(weights);
        }

        if (reason is StopReason.Cancelled or StopReason.TimeLimit or StopReason.Callback)
        {
            _settings.Warn(TrainingMessages.Stopped(reason, _epochs.Count, _settings));
        }

        if (!weights.IsFinite())
        {
            throw TrainingMessages.Diverged("a weight", _epochs.Count + 1, _settings);
        }

        return new TrainingHistory(
            _epochs, _best.Epoch > 0 ? _best.Epoch : _epochs.Count, reason == StopReason.Cancelled, _engine.Device, _settings.Seed, reason);
    }

    /// <summary>Mean number of spikes per trial of every hidden neuron in the last completed epoch, shape [layer][neuron].</summary>
    public float[][] MeanSpikeCounts()
    {
        int next = 0;
        return [.. _program.Spiking.Select(layer =>
            Enumerable.Range(0, layer.Units).Select(_ => (float)_spikeCounts[next++] / _order.Count).ToArray())];
    }

    private StopReason TrainEpochs()
    {
        while (_epochs.Count < _settings.NumberOfEpochs)
        {
            if (!_isEpochBegun && _callbacks.Context.StopRequest is StopReason asked)
            {
                return asked;
            }

            if (TrainEpoch() is StopReason reason)
            {
                return reason;
            }
        }

        return StopReason.LastEpoch;
    }

    /// <returns>Why training has to stop in the middle, or null.</returns>
    private StopReason? TrainEpoch()
    {
        if (!_isEpochBegun)
        {
            _completed = null;
            _totals = default;
            _callbacks.EpochBegin();
            _order.BeginEpoch();
            _isEpochBegun = true;
        }

        _epochStart = Stopwatch.GetTimestamp();
        while (_batch < _batches)
        {
            if (StopNow() is StopReason reason)
            {
                return reason;
            }

            _settings.CheckAlive();
            _optimizers.BeginUpdate();
            _callbacks.BatchBegin();
            _isWhole = false;
            TrainBatch();
            _isWhole = true;
            Report();
            _callbacks.BatchEnd();
        }

        _isWhole = false;
        Complete();
        _isWhole = true;
        _callbacks.EpochEnd();
        return null;
    }

    private StopReason? StopNow() =>
        _settings.CancellationToken.IsCancellationRequested ? StopReason.Cancelled
        : _callbacks.Context.StopRequest is StopReason asked ? asked
        : TotalSeconds() >= _settings.MaximumTrainingTime.TotalSeconds ? StopReason.TimeLimit
        : null;

    private double TotalSeconds() => _secondsBefore + _sinceStart.Elapsed.TotalSeconds;

    private double SecondsOfEpoch() => _totals.SecondsBefore + Stopwatch.GetElapsedTime(_epochStart).TotalSeconds;

    private void TrainBatch()
    {
        Span<int> examples = _order.Batch(_batch, _settings.BatchSize);
        foreach (int example in examples)
        {
            _totals.Weight += _data.Weights?[example] ?? 1;
            _totals.Decisions += _program.Output.Loss.Decisions(_data.Targets[example], _program.Output.Units);
        }

        LearningStep step = _step with { Updates = _optimizers.AtUpdate(_updates + 1) };
        TrainingBatch batch = _augmented == null ? BatchOf(examples) : _augmented.Draw(examples, _epochs.Count);
        BatchResult result = _engine.Train(batch, step);
        if (!double.IsFinite(result.Loss))
        {
            throw TrainingMessages.Diverged(Text($"the loss of batch {_batch + 1}"), _epochs.Count + 1, _settings);
        }

        _totals.Add(result, _settings.MaximumGradientNorm);
        foreach (int example in batch.Examples)
        {
            (long events, long synapticEvents) = _operations.OfInput(batch.Trains, example);
            _totals.InputEvents += events;
            _totals.InputSynapticEvents += synapticEvents;
            _totals.Steps += batch.Trains.StepsOf(example);
        }

        _batch++;
        _updates++;
        (_callbacks.Context.Updates, _callbacks.Context.LearningRate) = (_updates, _optimizers.LearningRate);
    }

    private TrainingBatch BatchOf(ReadOnlySpan<int> examples) => new()
    {
        Trains = _data.Trains,
        Targets = _data.Targets,
        ExampleWeights = _data.Weights,
        Examples = examples,
    };

    private void Complete()
    {
        double seconds = SecondsOfEpoch();
        _secondsOfEpochs += seconds;
        Array.Clear(_spikeCounts);
        _engine.TakeSpikeCounts(_spikeCounts);
        int silent = _spikeCounts.Count(count => count == 0);

        // Weights that were raised after the last epoch would be in the model without having been trained.
        bool revives = _settings.SilentNeuronRevival > 0 && silent > 0 && _epochs.Count + 1 < _settings.NumberOfEpochs;
        Quality quality = QualityOfEpoch();
        (double? loss, Quality validation) = Validate();
        BatchResult sum = _totals.Sum;
        OperationCounts operations = OperationsOfEpoch();
        var epoch = new TrainingEpoch
        {
            Epoch = _epochs.Count + 1,
            Loss = _totals.MeanLoss,
            Accuracy = quality.Accuracy,
            RSquared = quality.RSquared,
            RootMeanSquaredError = quality.RootMeanSquaredError,
            ValidationLoss = loss,
            ValidationAccuracy = validation.Accuracy,
            ValidationRSquared = validation.RSquared,
            ValidationRootMeanSquaredError = validation.RootMeanSquaredError,
            SpikesPerNeuron = SpikesPerNeuron(_order.Count),
            SynapticEvents = operations.SynapticEventsPerExample,
            NeuronUpdates = operations.NeuronUpdatesPerExample,
            DenseEquivalent = operations.DenseEquivalentPerExample,
            SilentNeurons = silent,
            GrazingSpikes = sum.HiddenSpikes == 0 ? 0 : (double)sum.GrazingSpikes / sum.HiddenSpikes,
            RewiredSynapses = sum.RewiredSynapses,
            RewiringFailures = sum.RewiringFailures,
            Seconds = seconds,
            LearningRate = _optimizers.LearningRate,
            ClippedBatches = _totals.ClippedShare,
            GradientNorm = double.IsFinite(_settings.MaximumGradientNorm) ? _totals.MeanGradientNorm : null,
            RevivedNeurons = revives ? silent : 0,
        };
        _epochs.Add(epoch);
        (_completed, _batch, _isEpochBegun) = (epoch, 0, false);
        if (loss is double validationLoss)
        {
            _best.Offer(validationLoss, epoch.Epoch, _engine);
        }

        if (revives)
        {
            NeuronRevival.Revive(_program, _engine, _spikeCounts, _settings.SilentNeuronRevival);
        }

        _settings.Info(TrainingMessages.Describe(epoch));
        Warn(epoch, revives);
        Report();
    }

    /// <summary>Spikes by neuron were counted over the epoch; synapses that moved within it count where they are at its end.</summary>
    private OperationCounts OperationsOfEpoch()
    {
        OperationCounter counter = _program.Connections.Any(c => c.Rewiring != null)
            ? new OperationCounter(_callbacks.Context.Inside.ProgramNow())
            : _operations;
        long spikes = 0, synapticEvents = _totals.InputSynapticEvents;
        int next = 0;
        foreach (PopulationProgram population in _program.Spiking)
        {
            for (int neuron = 0; neuron < population.Units; neuron++, next++)
            {
                spikes += _spikeCounts[next];
                synapticEvents += _spikeCounts[next] * counter.SynapsesOf(population.Index, neuron);
            }
        }

        return counter.Of(_order.Count, _totals.Steps, _totals.InputEvents, spikes, synapticEvents);
    }

    /// <summary>Loss and quality of the scores; a loss of every step is taken of the readout here.</summary>
    private (double? Loss, Quality Quality) Validate()
    {
        if (_validation == null)
        {
            return (null, default);
        }

        _engine.Score(_validation.Trains, _scores);
        double total = 0;
        Quality first = default;
        int offset = 0;
        for (int n = 0; n < _program.Outputs.Count; n++)
        {
            PopulationProgram output = _program.Outputs[n];
            (double loss, long correct, long decisions) = Validate(_validation, output, _validation.Targets.Of(n), offset);
            total += output.LossWeight * loss;
            first = n > 0 ? first : Quality.Of(_program, loss, correct, decisions, _validationVariance, _settings.LabelUnit);
            offset += output.ScoresFor(_program.Steps);
        }

        return (total, first);
    }

    private (double Loss, long Correct, long Decisions) Validate(TrainingData data, PopulationProgram output, Targets targets, int offset)
    {
        LossEquations equations = output.Loss;
        int units = output.Units;
        double loss = 0, weights = 0;
        long correct = 0, decisions = 0;
        for (int example = 0; example < targets.Count; example++)
        {
            Target target = targets[example];
            double weight = data.Weights?[example] ?? 1;
            double share = LossEquations.StepShare(target.RowsWithLoss);
            for (int row = 0; row < targets.Rows; row++)
            {
                if (target.HasLoss(row))
                {
                    ReadOnlySpan<float> scores = _scores.AsSpan(example * _program.ScoresPerExample + offset + row * units, units);
                    loss += weight * share * equations.OfScores(target, row, scores);
                    correct += equations.Correct(target, row, scores);
                }
            }

            weights += weight;
            decisions += equations.Decisions(target, units);
        }

        return (loss / weights, correct, decisions);
    }

    private Quality QualityOfEpoch() => Quality.Of(
        _program, _totals.MeanFirstLoss, _totals.Sum.Correct, _totals.Decisions, _variance, _settings.LabelUnit);

    private void Warn(TrainingEpoch epoch, bool revives)
    {
        if (_spikeCounts.Length > 0 && epoch.SilentNeurons == _spikeCounts.Length)
        {
            string message = TrainingMessages.NoSpikes(epoch, _settings);
            if (_epochs.Count == 1 && !revives)
            {
                throw new InvalidOperationException(message);
            }

            _settings.Warn(message);
        }
        else if (2 * epoch.SilentNeurons > _spikeCounts.Length)
        {
            _settings.Warn(TrainingMessages.ManySilent(epoch, _spikeCounts.Length));
        }
    }

    private double SpikesPerNeuron(int examples) =>
        _spikeCounts.Length == 0 ? 0 : (double)_totals.Sum.HiddenSpikes / examples / _spikeCounts.Length;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
