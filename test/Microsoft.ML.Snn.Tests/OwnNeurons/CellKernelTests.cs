using System;
using System.Linq;
using ILGPU;
using ILGPU.Backends.EntryPoints;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Tests.Engine;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.OwnNeurons;

/// <summary>A user's struct as it stands is code for a GPU too: step, reset and the derived adjoint.</summary>
[TestClass]
public sealed class CellKernelTests
{
    private const int Neurons = 32;
    private static readonly CellEquations<IzhikevichNeuron, ExponentialCurrent> s_cell =
        new(new IzhikevichNeuron(), new ExponentialCurrent(4), timeStep: 1, subSteps: 3);

    [TestMethod]
    [DataRow(nameof(CellKernel.Step))]
    [DataRow(nameof(CellKernel.StepBack))]
    public void Kernel_ForCuda_Compiles(string name) =>
        Assert.Contains(".entry", KernelCompiler.ForCuda(Find(name)), StringComparison.Ordinal);

    [TestMethod]
    [DataRow(nameof(CellKernel.Step))]
    [DataRow(nameof(CellKernel.StepBack))]
    public void Kernel_ForOpenCl_Compiles(string name) =>
        Assert.Contains("kernel void", KernelCompiler.ForOpenCl(Find(name)), StringComparison.Ordinal);

    [TestMethod]
    public void Step_OnADevice_IsThatInSimdLanes() => AssertSame(isBackward: false);

    [TestMethod]
    public void StepBack_OnADevice_IsThatInSimdLanes() => AssertSame(isBackward: true);

    private static void AssertSame(bool isBackward)
    {
        float[] state = Draw(seed: 1, scale: 60), other = Draw(seed: 2, scale: 1);

        float[] actual = OnDevice(isBackward, state, other);
        float[] expected = InLanes(isBackward, state, other);

        int count = Neurons * (isBackward ? CellKernel.Variables : CellKernel.Variables + 1);
        Assert.IsGreaterThan(0, expected.Take(count).Count(x => Math.Abs(x) > 1e-3));
        Assert.IsTrue(isBackward || expected.Skip(3 * Neurons).Take(Neurons).Any(threshold => threshold >= 0), "One neuron must spike.");
        for (int k = 0; k < count; k++)
        {
            Assert.AreEqual(expected[k], actual[k], 1e-5 * Math.Max(1, Math.Abs(expected[k])), $"element {k}");
        }
    }

    private static float[] OnDevice(bool isBackward, float[] state, float[] other)
    {
        using Context context = Context.Create(builder => builder.DefaultCPU().EnableAlgorithms());
        using Accelerator accelerator = context.GetCPUDevice(0).CreateAccelerator(context);
        using MemoryBuffer1D<float, Stride1D.Dense> first = accelerator.Allocate1D(state), second = accelerator.Allocate1D(other);
        using MemoryBuffer1D<float, Stride1D.Dense> result = accelerator.Allocate1D<float>(4 * Neurons);
        var kernel = accelerator.LoadAutoGroupedStreamKernel<
            Index1D, CellEquations<IzhikevichNeuron, ExponentialCurrent>, int, ArrayView<float>, ArrayView<float>, ArrayView<float>>(
            isBackward ? CellKernel.StepBack : CellKernel.Step);
        kernel(Neurons, s_cell, Neurons, first.View, second.View, result.View);
        accelerator.Synchronize();
        return result.GetAsArray1D();
    }

    private static unsafe float[] InLanes(bool isBackward, float[] state, float[] other)
    {
        var result = new float[4 * Neurons];
        fixed (float* from = state, with = other, to = result)
        {
            for (int j = 0; j < Neurons; j += Vector256Lane.Width)
            {
                CellState<Vector256Lane> y = Load(from + j);
                if (isBackward)
                {
                    Store(s_cell.StepBack(y, Load(with + j)), to + j);
                    continue;
                }

                CellState<Vector256Lane> end = s_cell.Step(s_cell.Arrive(y, Vector256Lane.Load(with + j)), out _, out _);
                Vector256Lane threshold = s_cell.Neuron.Threshold(end.Neuron);
                Store(
                    new(
                        CellState<Vector256Lane>.SelectNotNegative(threshold, s_cell.Neuron.Reset(end.Neuron), end.Neuron), end.Synapse),
                    to + j);
                Vector256Lane.Store(threshold, to + 3 * Neurons + j);
            }
        }

        return result;
    }

    private static unsafe CellState<Vector256Lane> Load(float* source) => new(
        new(Vector256Lane.Load(source), Vector256Lane.Load(source + Neurons)), new(Vector256Lane.Load(source + 2 * Neurons)));

    private static unsafe void Store(CellState<Vector256Lane> state, float* target)
    {
        Vector256Lane.Store(state.Neuron.First, target);
        Vector256Lane.Store(state.Neuron.Second, target + Neurons);
        Vector256Lane.Store(state.Synapse.First, target + 2 * Neurons);
    }

    /// <summary>Potentials around -60 to 20, some of which spike within the step.</summary>
    private static float[] Draw(int seed, double scale)
    {
        var random = new Random(seed);
        return
        [
            .. Enumerable.Range(0, CellKernel.Variables * Neurons).Select(k => (float)(k < Neurons
                ? scale * (random.NextDouble() * 1.3 - 1)
                : random.NextDouble() * 10 - 5)),
        ];
    }

    private static EntryPointDescription Find(string name) =>
        EntryPointDescription.FromImplicitlyGroupedKernel(typeof(CellKernel).GetMethod(name)!);
}
