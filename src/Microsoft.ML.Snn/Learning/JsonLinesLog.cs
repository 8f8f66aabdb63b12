using System.IO;
using System.Text.Json;
using Microsoft.ML.Snn.Models;

namespace Microsoft.ML.Snn;

/// <summary>Writes each epoch as a JSON object on a line of its own; the keys are the properties of <see cref="TrainingEpoch"/>.</summary>
public sealed class JsonLinesLog : EpochLog
{
    /// <summary>Creates the log.</summary>
    /// <param name="path">The file, which is overwritten.</param>
    public JsonLinesLog(string path)
        : base(path)
    {
    }

    private protected override void WriteEpoch(TextWriter writer, TrainingEpoch epoch) =>
        writer.WriteLine(JsonSerializer.Serialize(epoch, EpochJson.Default.TrainingEpoch));
}
