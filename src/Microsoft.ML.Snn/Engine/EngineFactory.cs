using System;
using System.Globalization;
using System.Linq;
using System.Runtime.Intrinsics;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Engine.Cpu.Columns;
using Microsoft.ML.Snn.Engine.Exact;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine;

/// <summary>Chooses where a network is trained.</summary>
internal static class EngineFactory
{
    /// <summary>
    /// Gathering the gradient from a trace is the fastest way while the trace stays in cache. A longer trial is trained
    /// by the graph engine, which keeps spikes only.
    /// </summary>
    private const long MostTraceBytes = 4 << 20;

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
        if (program.Integrator == Integrator.EventDriven)
        {
            return gpuDeviceId is null || fallbackToCpu
                ? Chosen(CreateForCpu(program, batchSize, threads), "event-driven networks run on the CPU", log)
                : throw new InvalidOperationException(
                    Text($"An event-driven network must run on the CPU, but MLContext.GpuDeviceId is {gpuDeviceId}. ")
                    + "Set MLContext.GpuDeviceId to null, or MLContext.FallbackToCpu to true.");
        }

        if (gpuDeviceId is not int id)
        {
            return Chosen(CreateForCpu(program, batchSize, threads), "MLContext.GpuDeviceId is not set", log);
        }

        return CreateOnDevice(
            id, fallbackToCpu, () => CreateForCpu(program, batchSize, threads),
            (context, device) => new AcceleratorEngine(context, device, program, batchSize), log);
    }

    /// <summary>The CPU engine that fits the network, with the widest lane of this machine.</summary>
    public static NetworkEngine CreateForCpu(NetworkProgram program, int batchSize, int threads) =>
        Vector512.IsHardwareAccelerated
            ? CreateForCpu<Vector512Lane>(program, batchSize, threads)
            : CreateForCpu<Vector256Lane>(program, batchSize, threads);

    private static NetworkEngine CreateForCpu<TLane>(NetworkProgram program, int batchSize, int threads)
        where TLane : struct, ISimdLane<TLane> =>
        program.Integrator == Integrator.EventDriven ? new ExactEngine<TLane>(program, batchSize, threads)
        : ColumnEngine<TLane>.CanRun(program) && TraceBytes(program, batchSize) <= MostTraceBytes ? new ColumnEngine<TLane>(program, batchSize, threads)
        : program.IsPlain && TraceBytes(program, batchSize) <= MostTraceBytes ? new CpuEngine<TLane>(program, batchSize, threads)
        : new GraphEngine<TLane>(program, batchSize, threads);

    /// <summary>What the layer engine keeps of a batch: the adjoint of every neuron at every step.</summary>
    private static long TraceBytes(NetworkProgram program, int batchSize) =>
        (long)batchSize * program.Steps * (program.Hidden.Sum(layer => layer.Units) + program.Output.Units) * sizeof(float);

    /// <summary>Creates the engine for e-prop that the user asked for.</summary>
    /// <exception cref="InvalidOperationException">The GPU is not there and the CPU will not do, or the network or the feedback does not suit e-prop.</exception>
    public static NetworkEngine CreateEProp(
        NetworkProgram program, EPropSettings settings, int batchSize, int threads, int? gpuDeviceId, bool fallbackToCpu,
        Action<string> log)
    {
        if (program.Integrator == Integrator.EventDriven)
        {
            throw new InvalidOperationException(
                "E-prop must run on a grid of time, but the integrator is EventDriven. Set SnnTrainer.Options.Integrator to Integrator.Grid, "
                + "or Algorithm to new EventProp().");
        }

        if (gpuDeviceId is not int id)
        {
            return Chosen(CreateEPropForCpu(program, settings, batchSize, threads), "MLContext.GpuDeviceId is not set", log);
        }

        CheckEProp(program, settings);
        return CreateOnDevice(
            id, fallbackToCpu, () => CreateEPropForCpu(program, settings, batchSize, threads),
            (context, device) => new AcceleratorEngine(context, device, program, batchSize, eprop: settings), log);
    }

    /// <summary>The e-prop engine with the widest lane of this machine.</summary>
    public static NetworkEngine CreateEPropForCpu(NetworkProgram program, EPropSettings settings, int batchSize, int threads) =>
        Vector512.IsHardwareAccelerated
            ? CreateEProp<Vector512Lane>(program, settings, batchSize, threads)
            : CreateEProp<Vector256Lane>(program, settings, batchSize, threads);

    private static NetworkEngine CreateEProp<TLane>(NetworkProgram program, EPropSettings settings, int batchSize, int threads)
        where TLane : struct, ISimdLane<TLane>
    {
        CheckEProp(program, settings);
        return !program.IsForEProp ? new GraphEngine<TLane>(program, batchSize, threads, settings)
            : settings.Mode == EPropMode.Online
            ? new OnlineEProp<TLane>(program, settings, batchSize, threads)
            : new EventDrivenEProp<TLane>(program, settings, batchSize, threads);
    }

    private static void CheckEProp(NetworkProgram program, EPropSettings settings)
    {
        if (!program.IsForEProp && GraphEPropRules.ReasonAgainst(program, settings) is { } reason)
        {
            throw new InvalidOperationException(
                $"EProp must know every neuron and connection of the network, but {reason}. Change that, or set SnnTrainer.Options.Algorithm to new EventProp().");
        }
    }

    /// <summary>The engine of a GPU, or that of the CPU where it will do and the GPU is not there.</summary>
    private static NetworkEngine CreateOnDevice(
        int id, bool fallbackToCpu, Func<NetworkEngine> createForCpu,
        Func<ILGPU.Context, ILGPU.Runtime.Device, NetworkEngine> createForGpu, Action<string> log)
    {
        using AcceleratorDevices devices = AcceleratorDevices.Find();
        if (id >= 0 && id < devices.Found.Count)
        {
            ILGPU.Runtime.Device device = devices.Found[id];
            return Chosen(createForGpu(devices.TakeContext(), device), Text($"MLContext.GpuDeviceId is {id}"), log);
        }

        return fallbackToCpu
            ? Chosen(createForCpu(), Text($"MLContext.GpuDeviceId is {id} but {devices}, and MLContext.FallbackToCpu is set"), log)
            : throw new InvalidOperationException(
                Text($"MLContext.GpuDeviceId must name a GPU of this machine, counted from 0, but was {id}; {devices}. ")
                + "Install the driver of the GPU, set MLContext.FallbackToCpu to true, or set MLContext.GpuDeviceId to null to train on the CPU.");
    }

    private static NetworkEngine Chosen(NetworkEngine engine, string reason, Action<string> log)
    {
        log($"Device: {engine.Device}, because {reason}.");
        return engine;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
