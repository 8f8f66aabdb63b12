namespace Microsoft.ML.Snn.Benchmarks.NoTorch;

/// <summary>Stands for the rival in a program that was built without TorchSharp.</summary>
internal static class NoRival
{
    public static IContender? Create(BenchmarkTask task, int threads) => null;
}
