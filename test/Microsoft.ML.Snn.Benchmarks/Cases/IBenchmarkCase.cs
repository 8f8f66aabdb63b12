namespace Microsoft.ML.Snn.Benchmarks.Cases;

/// <summary>A data set with a network that learns it.</summary>
internal interface IBenchmarkCase
{
    /// <summary>Name on the command line.</summary>
    string Name { get; }

    /// <summary>Number of epochs unless the command line says otherwise.</summary>
    int Epochs => 10;

    /// <summary>Reads and encodes the data.</summary>
    BenchmarkTask Load(RunOptions options);
}
