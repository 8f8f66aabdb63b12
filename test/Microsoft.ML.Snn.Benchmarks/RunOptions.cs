namespace Microsoft.ML.Snn.Benchmarks;

/// <summary>What the command line asks for.</summary>
/// <param name="Epochs">Number of epochs of every contender.</param>
/// <param name="TrainSize">Number of training examples, from the first; null for all.</param>
/// <param name="Threads">Number of threads of every contender.</param>
/// <param name="HiddenCount">Number of hidden neurons; null for the case's own.</param>
/// <param name="WithPeer">Whether the rival runs.</param>
/// <param name="GpuDeviceId">GPU of our contender; null for the CPU.</param>
internal sealed record RunOptions(
    int Epochs, int? TrainSize, int Threads, int? HiddenCount, bool WithPeer, int? GpuDeviceId);
