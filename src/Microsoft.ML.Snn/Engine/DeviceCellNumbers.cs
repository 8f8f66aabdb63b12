using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine;

/// <summary>The numbers of users' cells as bytes, as kernels read them, and where those of each cell are.</summary>
/// <param name="kinds">The kinds of cells that the kernels know.</param>
internal sealed class DeviceCellNumbers(IReadOnlyList<Type> kinds) : ICellVisitor<(int Kind, int Place, int Variables)>
{
    private readonly List<byte> _bytes = [];

    /// <summary>The numbers of all cells.</summary>
    public ReadOnlySpan<byte> Bytes => CollectionsMarshal.AsSpan(_bytes);

    /// <summary>Adds a cell.</summary>
    /// <returns>Its kind, where its numbers begin in units of their size, and how many state variables neuron and synapse have.</returns>
    public (int Kind, int Place, int Variables) Visit<TNeuron, TSynapse>(CellEquations<TNeuron, TSynapse> cell)
        where TNeuron : unmanaged, INeuronEquations
        where TSynapse : unmanaged, ISynapseEquations
    {
        // A view of bytes is read as one of cells: they begin at multiples of their size, or neighbours are read half and half.
        int size = Unsafe.SizeOf<CellEquations<TNeuron, TSynapse>>();
        int place = (_bytes.Count + size - 1) / size;
        _bytes.AddRange(new byte[place * size - _bytes.Count]);
        _bytes.AddRange(MemoryMarshal.AsBytes(new ReadOnlySpan<CellEquations<TNeuron, TSynapse>>(in cell)));
        return (Enumerable.Range(0, kinds.Count).First(kind => kinds[kind] == cell.GetType()), place, cell.Neuron.StateCount + cell.Synapse.StateCount);
    }
}
