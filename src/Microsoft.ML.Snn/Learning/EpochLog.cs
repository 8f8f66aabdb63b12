using System;
using System.IO;

namespace Microsoft.ML.Snn;

/// <summary>Writes a line per epoch to a file: <see cref="CsvLog"/> or <see cref="JsonLinesLog"/>.</summary>
/// <remarks>
/// The file is begun anew with each training and is complete after every epoch. A resumed training writes the epochs of its
/// checkpoint first, so that the file tells of each epoch once.
/// </remarks>
public abstract class EpochLog : TrainingCallback
{
    private readonly string _path;

    private protected EpochLog(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _path = path;
    }

    /// <inheritdoc/>
    public sealed override void OnTrainingBegin(TrainingContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        using var writer = new StreamWriter(_path, append: false) { NewLine = "\n" };
        WriteHeader(writer);
        foreach (TrainingEpoch epoch in context.Epochs)
        {
            WriteEpoch(writer, epoch);
        }
    }

    /// <inheritdoc/>
    public sealed override void OnEpochEnd(TrainingContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        using var writer = new StreamWriter(_path, append: true) { NewLine = "\n" };
        WriteEpoch(writer, context.Epochs[^1]);
    }

    private protected virtual void WriteHeader(TextWriter writer)
    {
    }

    private protected abstract void WriteEpoch(TextWriter writer, TrainingEpoch epoch);
}
