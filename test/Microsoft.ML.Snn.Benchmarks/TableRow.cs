namespace Microsoft.ML.Snn.Benchmarks;

/// <summary>A row of a table: numbers and a class.</summary>
internal sealed class TableRow
{
    public string Class { get; set; } = "";

    public float[] Features { get; set; } = [];
}
