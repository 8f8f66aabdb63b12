namespace Microsoft.ML.Snn.Benchmarks.Cases;

/// <summary>A data set with a network that learns it.</summary>
internal interface IBenchmarkCase
{
    /// <summary>Name on the command line.</summary>
    string Name { get; }

    /// <summary>Reads and encodes the data.</summary>
    BenchmarkTask Load(RunOptions options);
}
