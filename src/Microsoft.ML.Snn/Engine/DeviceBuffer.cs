using System;
using ILGPU;
using ILGPU.Runtime;

namespace Microsoft.ML.Snn.Engine;

/// <summary>Device memory that grows, for a kernel that never sees an empty view.</summary>
internal sealed class DeviceBuffer<T> : IDisposable
    where T : unmanaged
{
    private readonly Accelerator _accelerator;
    private MemoryBuffer1D<T, Stride1D.Dense> _memory;

    /// <summary>Allocates zeros.</summary>
    /// <param name="accelerator">The device.</param>
    /// <param name="length">Number of elements, 0 or more; at least one is allocated.</param>
    public DeviceBuffer(Accelerator accelerator, long length = 0)
    {
        _accelerator = accelerator;
        _memory = Allocate(length);
    }

    public ArrayView<T> View => _memory.View.BaseView;

    /// <summary>Makes room for <paramref name="length"/> elements; what was there is lost when the memory moves.</summary>
    public void Grow(long length)
    {
        if (length > _memory.Length)
        {
            _memory.Dispose();
            _memory = Allocate(length);
        }
    }

    public void Clear() => _memory.MemSetToZero();

    /// <summary>Makes room and copies.</summary>
    public void Upload(ReadOnlySpan<T> source)
    {
        Grow(source.Length);
        Upload(source, first: 0);
    }

    /// <summary>Copies into what is there already.</summary>
    /// <param name="source">Where from.</param>
    /// <param name="first">Index of the first element.</param>
    public void Upload(ReadOnlySpan<T> source, long first)
    {
        if (!source.IsEmpty)
        {
            View.SubView(first, source.Length).CopyFromCPU(_accelerator.DefaultStream, source);
        }
    }

    public void Download(Span<T> target, long first = 0)
    {
        if (!target.IsEmpty)
        {
            View.SubView(first, target.Length).CopyToCPU(_accelerator.DefaultStream, target);
        }
    }

    public void Dispose() => _memory.Dispose();

    private MemoryBuffer1D<T, Stride1D.Dense> Allocate(long length)
    {
        MemoryBuffer1D<T, Stride1D.Dense> memory = _accelerator.Allocate1D<T>(Math.Max(1, length));

        // New memory holds whatever was there before.
        memory.MemSetToZero();
        return memory;
    }
}
