using System;
using System.IO;

namespace Microsoft.ML.Snn.Learning;

/// <summary>Where and how often checkpoints are written.</summary>
internal sealed record CheckpointSettings
{
    public required string Directory { get; init; }

    public CheckpointInterval Interval { get; init; } = CheckpointInterval.Epochs(1);

    /// <summary>How many of the newest are kept.</summary>
    public int Keep { get; init; } = 2;

    /// <summary>Whether to go on from the newest checkpoint, if there is one.</summary>
    public bool Resume { get; init; }

    /// <summary>Opens a file to write; a test puts a full disk here.</summary>
    public Func<string, Stream> Create { get; init; } = File.Create;
}
