using System;
using System.Diagnostics;

namespace Microsoft.ML.Snn.Learning;

/// <summary>Where the training stands, for whoever watches.</summary>
internal sealed partial class TrainingRun
{
    private static readonly TimeSpan s_reportInterval = TimeSpan.FromMilliseconds(50);

    private readonly Stopwatch _sinceReport = new();

    private void Report()
    {
        if (_settings.Progress == null
            || (_completed == null && _sinceReport.IsRunning && _sinceReport.Elapsed < s_reportInterval))
        {
            return;
        }

        _sinceReport.Restart();
        _settings.Progress.Report(Progress());
    }

    private TrainingProgress Progress()
    {
        int batchesDone = _completed == null ? _batch : _batches;
        int examples = Math.Min(batchesDone * _settings.BatchSize, _order.Count);
        int epochsBefore = _completed == null ? _epochs.Count : _epochs.Count - 1;
        double epochsDone = epochsBefore + (double)batchesDone / _batches;
        double secondsOfEpoch = _completed?.Seconds ?? (_isEpochBegun ? SecondsOfEpoch() : 0);
        double seconds = _secondsOfEpochs + (_completed == null ? secondsOfEpoch : 0);
        Quality quality = QualityOfEpoch();
        return new TrainingProgress
        {
            Epoch = epochsBefore + 1,
            NumberOfEpochs = _settings.NumberOfEpochs,
            Batch = batchesDone,
            NumberOfBatches = _batches,
            Loss = _totals.MeanLoss,
            Accuracy = quality.Accuracy,
            RSquared = quality.RSquared,
            RootMeanSquaredError = quality.RootMeanSquaredError,
            SpikesPerNeuron = SpikesPerNeuron(Math.Max(1, examples)),
            SilentNeurons = _epochs.Count == 0 ? null : _epochs[^1].SilentNeurons,
            LearningRate = _optimizers.LearningRate,
            ExamplesPerSecond = examples / Math.Max(1e-9, secondsOfEpoch),
            TimeLeft = epochsDone == 0
                ? TimeSpan.Zero
                : TimeSpan.FromSeconds(seconds / epochsDone * (_settings.NumberOfEpochs - epochsDone)),
            CompletedEpoch = _completed,
        };
    }
}
