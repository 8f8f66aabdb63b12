using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Networks;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Engine;

[TestClass]
public sealed class EngineFactoryTests
{
    // No machine has so many GPUs.
    private const int NoSuchGpu = 1000;

    private readonly List<string> _log = [];

    [TestMethod]
    public void Create_NoGpuAskedFor_ChoosesCpuAndSaysWhy()
    {
        using NetworkEngine engine = Create(gpuDeviceId: null, fallbackToCpu: false);

        Assert.StartsWith("CPU, 1 threads", engine.Device, StringComparison.Ordinal);
        Assert.AreEqual($"Device: {engine.Device}, because MLContext.GpuDeviceId is not set.", _log.Single());
    }

    [TestMethod]
    [DataRow(NoSuchGpu)]
    [DataRow(-1)]
    public void Create_GpuIsNotThereAndCpuWillDo_ChoosesCpuAndSaysWhy(int gpu)
    {
        using NetworkEngine engine = Create(gpu, fallbackToCpu: true);

        Assert.StartsWith("CPU", engine.Device, StringComparison.Ordinal);
        Assert.AreEqual(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Device: {engine.Device}, because MLContext.GpuDeviceId is {gpu} but {Devices()}, and MLContext.FallbackToCpu is set."),
            _log.Single());
    }

    [TestMethod]
    [DataRow(NoSuchGpu)]
    [DataRow(-1)]
    public void Create_GpuIsNotThereAndCpuWillNotDo_Throws(int gpu)
    {
        var error = Assert.ThrowsExactly<InvalidOperationException>(() => Create(gpu, fallbackToCpu: false));

        Assert.AreEqual(
            string.Create(
                CultureInfo.InvariantCulture,
                $"MLContext.GpuDeviceId must name a GPU of this machine, counted from 0, but was {gpu}; {Devices()}. ")
            + "Install the driver of the GPU, set MLContext.FallbackToCpu to true, or set MLContext.GpuDeviceId to null to train on the CPU.",
            error.Message);
        Assert.IsEmpty(_log);
    }

    [TestMethod]
    public void Create_EveryGpuOfThisMachine_IsChosenById()
    {
        using AcceleratorDevices devices = AcceleratorDevices.Find();
        for (int gpu = 0; gpu < devices.Found.Count; gpu++)
        {
            _log.Clear();
            using NetworkEngine engine = Create(gpu, fallbackToCpu: false);

            Assert.Contains(devices.Found[gpu].Name, engine.Device, StringComparison.Ordinal);
            Assert.AreEqual(
                string.Create(CultureInfo.InvariantCulture, $"Device: {engine.Device}, because MLContext.GpuDeviceId is {gpu}."),
                _log.Single());
        }
    }

    /// <summary>What the kernels of stacks have no room for is run by those of graphs.</summary>
    [TestMethod]
    [DataRow(32_768, true, true)]
    [DataRow(32_769, true, false)]
    [DataRow(262_140, false, true)]
    [DataRow(262_141, false, false)]
    public void DeviceNetwork_LayerOfAnySize_CanRunWhatFitsItsKernels(int units, bool isRecurrent, bool canRun)
    {
        SnnNetwork network = SnnNetwork.Sequential(Layer.Dense(units, recurrent: isRecurrent), Layer.Output());
        NetworkProgram program = NetworkProgram.Build(network, channels: 1, steps: 1, timeStep: 1, outputs: 2);

        Assert.AreEqual(canRun, DeviceNetwork.CanRun(program));
    }

    [TestMethod]
    public void AcceleratorEngine_EventDrivenNetwork_SaysWhatToDo()
    {
        NetworkProgram program = NetworkProgram.Build(
            SnnNetwork.Sequential(Layer.Output(Readout.FirstSpikeTime)), channels: 3, steps: 5, timeStep: 1, outputs: 2, integrator: Integrator.EventDriven);

        var error = Assert.ThrowsExactly<ArgumentException>(
            () => TestDevices.CreateEngine(TestDevices.Simulator, program, batchSize: 2, spikesPerNeuron: 1));

        Assert.StartsWith(
            "A network must have what kernels have, but event-driven networks run on the CPU.", error.Message, StringComparison.Ordinal);
    }

    [TestMethod]
    public void Create_EventDrivenNetworkForAGpu_SaysWhatToDo()
    {
        NetworkProgram program = NetworkProgram.Build(
            SnnNetwork.Sequential(Layer.Output()), channels: 3, steps: 5, timeStep: 1, outputs: 2, integrator: Integrator.EventDriven);

        var error = Assert.ThrowsExactly<InvalidOperationException>(
            () => EngineFactory.Create(program, batchSize: 2, threads: 1, gpuDeviceId: 0, fallbackToCpu: false, _log.Add));

        Assert.AreEqual(
            "An event-driven network must run on the CPU, but MLContext.GpuDeviceId is 0. Set MLContext.GpuDeviceId to null, or MLContext.FallbackToCpu to true.",
            error.Message);
    }

    [TestMethod]
    [DataRow(EPropMode.Online, EPropFeedback.Symmetric, null, "the textbook form, EPropMode.Online, knows a stack of dense layers with examples of one length only")]
    [DataRow(EPropMode.EventDriven, EPropFeedback.Adaptive, 0, "adaptive feedback belongs to a stack of dense layers with examples of one length: use EPropFeedback.Symmetric or Random")]
    public void CreateEProp_ExamplesOfTheirOwnLength_SaysWhatToDo(EPropMode mode, EPropFeedback feedback, int? gpu, string reason)
    {
        NetworkProgram program = NetworkProgram.Build(
            SnnNetwork.Sequential(Layer.Dense(4), Layer.Output()), channels: 3, steps: 5, timeStep: 1, outputs: 2).EndingAfterLastSpike(2);

        var error = Assert.ThrowsExactly<InvalidOperationException>(() => EngineFactory.CreateEProp(
            program, new EPropSettings { Mode = mode, Feedback = feedback }, batchSize: 2, threads: 1, gpu, fallbackToCpu: true, _log.Add));

        Assert.AreEqual(
            $"EProp must know every neuron and connection of the network, but {reason}. Change that, or set SnnTrainer.Options.Algorithm to new EventProp().",
            error.Message);
    }

    [TestMethod]
    [DataRow("adaptive", false)]
    [DataRow("adaptive", true)]
    [DataRow("custom", false)]
    [DataRow("custom", true)]
    [DataRow("timed", false)]
    [DataRow("timed", true)]
    public void Create_GraphForAGpuThatIsNotThere_IsTreatedAsAPlainStack(string kind, bool fallbackToCpu)
    {
        NetworkProgram program = Graph(kind);
        NetworkEngine Create() => EngineFactory.Create(program, batchSize: 2, threads: 1, NoSuchGpu, fallbackToCpu, _log.Add);
        if (!fallbackToCpu)
        {
            Assert.StartsWith(
                "MLContext.GpuDeviceId must name a GPU of this machine", Assert.ThrowsExactly<InvalidOperationException>(Create).Message,
                StringComparison.Ordinal);
            return;
        }

        using NetworkEngine engine = Create();

        Assert.Contains($"but {Devices()}, and MLContext.FallbackToCpu is set", _log.Single(), StringComparison.Ordinal);
    }

    [TestMethod]
    [DataRow(EPropMode.EventDriven)]
    [DataRow(EPropMode.Online)]
    public void CreateEProp_GpuThatIsNotThere_FallsBackWithTheReason(EPropMode mode)
    {
        SnnNetwork network = SnnNetwork.Sequential(Layer.Dense(4), Layer.Output());
        NetworkProgram program = NetworkProgram.Build(network, channels: 3, steps: 5, timeStep: 1, outputs: 2);

        using NetworkEngine engine = EngineFactory.CreateEProp(
            program, new EPropSettings { Mode = mode }, batchSize: 2, threads: 1, NoSuchGpu, fallbackToCpu: true, _log.Add);

        Assert.AreEqual(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Device: {engine.Device}, because MLContext.GpuDeviceId is {NoSuchGpu} but ")
            + Devices() + ", and MLContext.FallbackToCpu is set.",
            _log.Single());
    }

    [TestMethod]
    public void CreateEngine_SpikeCountsOfPopulationsForAGpuThatIsNotThere_AreNoReasonOfTheirOwn()
    {
        var algorithm = new EventProp { SpikeCounts = [new SpikeCountGroup("first", target: 2, strength: 0.1)] };

        using NetworkEngine engine = algorithm.CreateEngine(
            Graph("leaky"), batchSize: 2, threads: 1, NoSuchGpu, fallbackToCpu: true, seed: 1, _log.Add);

        Assert.Contains($"but {Devices()}, and MLContext.FallbackToCpu is set", _log.Single(), StringComparison.Ordinal);
    }

    private static NetworkProgram Graph(string kind) => NetworkProgram.Build(
        SnnNetwork.Graph(graph =>
        {
            GraphNode input = graph.Input();
            GraphNode output = graph.Output(readout: kind == "timed" ? Readout.FirstSpikeTime : Readout.AverageMembrane);
            GraphNode first = graph.Population("first", 4, kind switch
            {
                "custom" => Neuron.Custom(new OwnNeurons.QuadraticNeuron()),
                "adaptive" => new AdaptiveLeakyIntegrateFire(),
                _ => new LeakyIntegrateFire(),
            });
            graph.Connect(input, first);
            graph.Connect(first, output);
        }),
        channels: 3, steps: 5, timeStep: 1, outputs: 2);

    [TestMethod]
    public void Find_LibraryOfNobody_IsNotFound()
    {
        DriverLibraries.MakeVisible();
        DriverLibraries.MakeVisible();

        Assert.AreEqual(IntPtr.Zero, DriverLibraries.Find("nobody"));
    }

    private NetworkEngine Create(int? gpuDeviceId, bool fallbackToCpu)
    {
        SnnNetwork network = SnnNetwork.Sequential(Layer.Dense(4), Layer.Output());
        NetworkProgram program = NetworkProgram.Build(network, channels: 3, steps: 5, timeStep: 1, outputs: 2);
        return EngineFactory.Create(program, batchSize: 2, threads: 1, gpuDeviceId, fallbackToCpu, _log.Add);
    }

    private static string Devices()
    {
        using AcceleratorDevices devices = AcceleratorDevices.Find();
        return devices.ToString();
    }
}
