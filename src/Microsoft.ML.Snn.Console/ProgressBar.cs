using System;
using System.Diagnostics;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using Spectre.Console;

namespace Microsoft.ML.Snn;

/// <summary>Shows a training while it runs: a live bar with epoch, loss, accuracy and time left; put it among the callbacks.</summary>
/// <remarks>
/// A file or a pipe shows no live bar: it gets a line from time to time. One bar serves one training at a time. Numbers have a point
/// whatever the culture.
/// </remarks>
public sealed class ProgressBar : TrainingCallback
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(50);

    private readonly IAnsiConsole _console;
    private readonly int _linesInFile;
    private readonly Stopwatch _sinceUpdate = new();
    private TaskCompletionSource? _end;
    private Task? _screen;
    private ProgressTask? _task;

    /// <summary>Creates the bar.</summary>
    /// <param name="console">Where it is drawn. The default of null is the console of the process.</param>
    /// <param name="linesInFile">How many lines a file or a pipe gets in all, evenly over the epochs; 0 for none. The default is 10.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="linesInFile"/> is negative.</exception>
    public ProgressBar(IAnsiConsole? console = null, int linesInFile = 10)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(linesInFile);
        (_console, _linesInFile) = (console ?? AnsiConsole.Console, linesInFile);
    }

    /// <inheritdoc/>
    public override void OnTrainingBegin(TrainingContext context)
    {
        if (!_console.Profile.Capabilities.Interactive || !_console.Profile.Out.IsTerminal)
        {
            return;
        }

        // Spectre draws within a call that lasts as long as the bar; the training has its own thread and goes on beside it.
        using var begun = new ManualResetEventSlim();
        TaskCompletionSource end = _end = new TaskCompletionSource();
        _screen = Task.Factory.StartNew(
            () => _console.Progress()
                .Columns(new ProgressBarColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
                .Start(screen =>
                {
                    _task = screen.AddTask("training");
                    begun.Set();
                    end.Task.Wait();
                }),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        while (!begun.Wait(s_interval))
        {
            if (_screen.IsCompleted)
            {
                // It could not begin, another live display being there: the training needs no picture.
                break;
            }
        }

        _sinceUpdate.Restart();
    }

    /// <inheritdoc/>
    public override void OnBatchEnd(TrainingContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (_task != null && _sinceUpdate.Elapsed >= s_interval)
        {
            _sinceUpdate.Restart();
            Show(_task, context.Progress);
        }
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(TrainingContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        TrainingProgress progress = context.Progress;
        if (_task != null)
        {
            Show(_task, progress);
        }
        else if (_screen == null && IsDue(progress))
        {
            _console.WriteLine(Describe(progress));
        }
    }

    /// <inheritdoc/>
    public override void OnTrainingEnd(TrainingContext context)
    {
        if (_screen == null)
        {
            return;
        }

        Task screen = _screen;
        _end!.SetResult();
        (_task, _screen, _end) = (null, null, null);
        screen.GetAwaiter().GetResult();
    }

    private static void Show(ProgressTask task, TrainingProgress progress)
    {
        task.MaxValue = progress.NumberOfEpochs;
        task.Description = Markup.Escape(Describe(progress));
        task.Value = progress.Epoch - 1 + ((double)progress.Batch / progress.NumberOfBatches);
    }

    private static string Describe(TrainingProgress progress)
    {
        string quality = progress.Accuracy is { } accuracy ? Text($"  accuracy {100 * accuracy:F1} %")
            : progress.RSquared is { } rSquared ? Text($"  R² {rSquared:F3}")
            : "";
        string validation = progress.CompletedEpoch?.ValidationLoss is { } loss ? Text($"  validation {loss:F3}") : "";
        return Text($"epoch {progress.Epoch}/{progress.NumberOfEpochs}  loss {progress.Loss:F3}")
            + quality + validation + Text($"  {progress.TimeLeft.TotalSeconds:F0} s left");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>The last epoch of each of so many parts of the training.</summary>
    private bool IsDue(TrainingProgress progress) =>
        (long)progress.Epoch * _linesInFile / progress.NumberOfEpochs > (long)(progress.Epoch - 1) * _linesInFile / progress.NumberOfEpochs;
}
