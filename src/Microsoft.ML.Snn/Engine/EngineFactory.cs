using System;
using System.Runtime.Intrinsics;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine;

/// <summary>Chooses where a network is trained.</summary>
internal static class EngineFactory
{
    /// <summary>Creates the engine that the user asked for.</summary>
    /// <param name="program">The network.</param>
    /// <param name="batchSize">The largest batch.</param>
    /// <param name="threads">Number of threads of the CPU engine.</param>
    /// <param name="gpuDeviceId">Which GPU, counted from 0, or null for the CPU.</param>
    /// <param name="fallbackToCpu">Whether the CPU will do where that GPU is not there.</param>
    /// <param name="log">Receives the choice and its reason.</param>
    /// <exception cref="InvalidOperationException">The GPU is not there and the CPU will not do.</exception>
    public static NetworkEngine Create(
        NetworkProgram program, int batchSize, int threads, int? gpuDeviceId, bool fallbackToCpu, Action<string> log)
    {
        NetworkEngine engine = CreateForCpu(program, batchSize, threads);
        log($"Device: {engine.Device}, because MLContext.GpuDeviceId is not set.");
        return engine;
    }

    /// <summary>The CPU engine with the widest lane of this machine.</summary>
    public static NetworkEngine CreateForCpu(NetworkProgram program, int batchSize, int threads) =>
        Vector512.IsHardwareAccelerated
            ? new CpuEngine<Vector512Lane>(program, batchSize, threads)
            : new CpuEngine<Vector256Lane>(program, batchSize, threads);
}
