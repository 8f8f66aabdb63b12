using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Backends.EntryPoints;
using ILGPU.IR.Types;
using ILGPU.Runtime.CPU;
using Microsoft.ML.Snn.Engine.Kernels;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Tests.Engine;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.OwnNeurons;

/// <summary>The kernels of graphs compile for GPUs with users' cells in them, whoever may see their types.</summary>
[TestClass]
public sealed class CellCompilationTests
{
    [TestMethod]
    public void Kernels_ForCuda_Compile()
    {
        foreach (EntryPointDescription kernel in Kernels())
        {
            string assembly = KernelCompiler.ForCuda(kernel);

            Assert.Contains(".entry", assembly, StringComparison.Ordinal);
            KernelCompilationTests.AssertNoFloatAtomics(assembly);
        }
    }

    [TestMethod]
    public void Kernels_ForOpenCl_Compile()
    {
        foreach (EntryPointDescription kernel in Kernels())
        {
            Assert.Contains("kernel void", KernelCompiler.ForOpenCl(kernel), StringComparison.Ordinal);
        }
    }

    /// <summary>The numbers of a cell go to a device as bytes: it must read them where .NET has put them.</summary>
    [TestMethod]
    public void Numbers_OfEveryType_LieOnADeviceWhereTheyLieHere()
    {
        using Context context = Context.Create(builder => builder.DefaultCPU());

        AssertSameLayout<CellEquations<OddNeuron, RiseAndDecaySynapse>>(context);
        AssertSameLayout<CellEquations<OddNeuron, SaturatingSynapse>>(context);
        AssertSameLayout<CellEquations<Hidden, ExponentialCurrent>>(context);
    }

    private static IEnumerable<EntryPointDescription> Kernels() =>
        from kernel in new[] { typeof(GraphForwardKernel), typeof(GraphBackwardKernel) }
        let cells = typeof(Cells<OddNeuron, RiseAndDecaySynapse, Cells<Hidden, SaturatingSynapse, NoCells>>)
        select EntryPointDescription.FromExplicitlyGroupedKernel(kernel.GetMethod("Run")!.MakeGenericMethod(cells));

    private static void AssertSameLayout<T>(Context context)
        where T : unmanaged
    {
        var types = (IRTypeContext)typeof(Context).GetProperty("TypeContext", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(context)!;
        var device = (StructureType)types.CreateType(typeof(T));
        int[] here = [.. Leaves(typeof(T)).Select(path => OffsetOf<T>(path))];
        int[] there = [.. Enumerable.Range(0, device.NumFields).Select(field => device.GetOffset(field))];

        // On a device a structure without fields is one byte with a place of its own.
        CollectionAssert.IsSubsetOf(here, there, $"{typeof(T)}: {string.Join(", ", here)} here, {string.Join(", ", there)} there");
        Assert.AreEqual(Unsafe.SizeOf<T>(), device.Size);
    }

    /// <summary>The ways to the numbers within a structure.</summary>
    private static IEnumerable<FieldInfo[]> Leaves(Type type) =>
        type.IsPrimitive
            ? [[]]
            : type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
                .SelectMany(field => Leaves(field.FieldType).Select(path => (FieldInfo[])[field, .. path]));

    /// <summary>The first byte that a number changes.</summary>
    private static int OffsetOf<T>(FieldInfo[] path)
        where T : unmanaged
    {
        // Of every type the lowest byte, which comes first, changes.
        Type type = path[^1].FieldType;
        object value = type == typeof(bool) ? true
            : type == typeof(int) ? 1
            : type == typeof(float) ? BitConverter.Int32BitsToSingle(1)
            : (object)BitConverter.Int64BitsToDouble(1);
        for (int level = path.Length - 1; level >= 0; level--)
        {
            object container = RuntimeHelpers.GetUninitializedObject(path[level].DeclaringType!);
            path[level].SetValue(container, value);
            value = container;
        }

        T filled = (T)value;
        return MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in filled)).IndexOf((byte)1);
    }

    /// <summary>As a user writes it: nobody else may see it.</summary>
    private struct Hidden() : INeuronEquations
    {
        public float Time = 10;
        public bool Inverts = false;

        public readonly int StateCount => 3;

        public readonly NeuronState<TLane> Initial<TLane>()
            where TLane : struct, ILane<TLane> => default;

        public readonly NeuronState<TLane> Derivatives<TLane>(NeuronState<TLane> state, TLane current)
            where TLane : struct, ILane<TLane> =>
            new((current - state.First) / Time, state.First - state.Second, TLane.Exp(-state.Third * state.Third) - state.Third);

        public readonly TLane Threshold<TLane>(NeuronState<TLane> state)
            where TLane : struct, ILane<TLane> => (Inverts ? -state.First : state.First) - 1f;

        public readonly NeuronState<TLane> Reset<TLane>(NeuronState<TLane> state)
            where TLane : struct, ILane<TLane> => new(0f, state.Second, state.Third);
    }
}
