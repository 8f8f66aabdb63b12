using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.ML.Snn.Models;

namespace Microsoft.ML.Snn;

/// <summary>Writes each epoch as a line of numbers separated by commas, under a header; what an epoch does not have is left empty.</summary>
/// <remarks>The columns are the properties of <see cref="TrainingEpoch"/>; numbers have a point whatever the culture.</remarks>
public sealed class CsvLog : EpochLog
{
    /// <summary>Creates the log.</summary>
    /// <param name="path">The file, which is overwritten.</param>
    public CsvLog(string path)
        : base(path)
    {
    }

    private protected override void WriteHeader(TextWriter writer) =>
        writer.WriteLine(string.Join(',', EpochJson.Default.TrainingEpoch.Properties.Select(p => p.Name)));

    private protected override void WriteEpoch(TextWriter writer, TrainingEpoch epoch)
    {
        JsonElement json = JsonSerializer.SerializeToElement(epoch, EpochJson.Default.TrainingEpoch);
        writer.WriteLine(string.Join(',', EpochJson.Default.TrainingEpoch.Properties.Select(p => Text(json, p))));
    }

    private static string Text(JsonElement json, JsonPropertyInfo property) =>
        json.TryGetProperty(property.Name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value.ToString() : "";
}
