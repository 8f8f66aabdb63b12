using System;
using System.Collections.Generic;
using System.Linq;
using ILGPU;
using ILGPU.Runtime;
using Microsoft.ML.Snn.Engine.Kernels;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine;

/// <summary>The kinds of users' cells of a network: what the kernels that run a trial are compiled for.</summary>
/// <param name="kinds">The <see cref="CellEquations{TNeuron, TSynapse}"/> of each kind.</param>
internal abstract class DeviceCells(IReadOnlyList<Type> kinds) : ICellVisitor<DeviceCells>
{
    /// <summary>What a network of the library's neurons needs.</summary>
    public static DeviceCells None { get; } = new Typed<NoCells>([]);

    /// <summary>The equations of each kind.</summary>
    public IReadOnlyList<Type> Kinds { get; } = kinds;

    /// <summary>The kinds of a network; none where it has only neurons of the library.</summary>
    public static DeviceCells Of(NetworkProgram program) => program.Populations.Select(p => p.Cell).OfType<CellProgram>()
        .Aggregate(None, (cells, cell) => cell.Accept(cells));

    /// <summary>Compiles the kernel that runs trials forward.</summary>
    public abstract Action<KernelConfig, GraphForwardParameters> LoadForward(Accelerator accelerator);

    /// <summary>Compiles the kernel that runs the adjoint back.</summary>
    public abstract Action<KernelConfig, GraphBackwardParameters> LoadBackward(Accelerator accelerator);

    /// <summary>These kinds and that of a cell.</summary>
    public abstract DeviceCells Visit<TNeuron, TSynapse>(CellEquations<TNeuron, TSynapse> cell)
        where TNeuron : unmanaged, INeuronEquations
        where TSynapse : unmanaged, ISynapseEquations;

    private sealed class Typed<TCells>(IReadOnlyList<Type> kinds) : DeviceCells(kinds)
        where TCells : struct, ICells
    {
        public override Action<KernelConfig, GraphForwardParameters> LoadForward(Accelerator accelerator) =>
            accelerator.LoadStreamKernel<GraphForwardParameters>(GraphForwardKernel.Run<TCells>);

        public override Action<KernelConfig, GraphBackwardParameters> LoadBackward(Accelerator accelerator) =>
            accelerator.LoadStreamKernel<GraphBackwardParameters>(GraphBackwardKernel.Run<TCells>);

        public override DeviceCells Visit<TNeuron, TSynapse>(CellEquations<TNeuron, TSynapse> cell) =>
            Kinds.Contains(cell.GetType())
                ? this
                : new Typed<Cells<TNeuron, TSynapse, TCells>>([.. Kinds, cell.GetType()]);
    }
}
