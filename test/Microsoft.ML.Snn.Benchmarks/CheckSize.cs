namespace Microsoft.ML.Snn.Benchmarks;

/// <summary>How large the networks of <see cref="CheckedNetworks"/> are, and how long they are trained.</summary>
/// <param name="Side">The input is a square of so many channels by as many, at least 4.</param>
/// <param name="Steps">Number of steps of a trial.</param>
/// <param name="Drive">How many input spikes there are, in multiples of those of <see cref="Full"/>.</param>
/// <param name="Units">What numbers of neurons are multiples of, at least 10.</param>
/// <param name="BatchSize">Examples of a batch.</param>
/// <param name="BatchesOfData">Number of batches that the data have.</param>
/// <param name="Batches">Number of batches that are trained.</param>
internal sealed record CheckSize(int Side, int Steps, double Drive, int Units, int BatchSize, int BatchesOfData, int Batches)
{
    /// <summary>What a GPU does in seconds.</summary>
    public static CheckSize Full { get; } = new(Side: 8, Steps: 60, Drive: 1, Units: 100, BatchSize: 32, BatchesOfData: 3, Batches: 30);

    public int Channels => Side * Side;

    public int Examples => BatchSize * BatchesOfData;
}
