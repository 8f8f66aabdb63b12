using System.Runtime.Intrinsics;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine;

/// <summary>Chooses where a network is trained.</summary>
internal static class EngineFactory
{
    /// <summary>The CPU engine with the widest lane of this machine.</summary>
    public static NetworkEngine CreateForCpu(NetworkProgram program, int batchSize, int threads) =>
        Vector512.IsHardwareAccelerated
            ? new CpuEngine<Vector512Lane>(program, batchSize, threads)
            : new CpuEngine<Vector256Lane>(program, batchSize, threads);
}
