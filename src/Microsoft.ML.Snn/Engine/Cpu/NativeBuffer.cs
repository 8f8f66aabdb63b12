using System;
using System.Runtime.InteropServices;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>Zeroed memory outside the garbage collector, aligned to a cache line.</summary>
internal sealed unsafe class NativeBuffer<T> : IDisposable
    where T : unmanaged
{
    private const int Alignment = 64;

    public NativeBuffer(long length)
    {
        Length = length;
        nuint bytes = checked((nuint)length * (nuint)sizeof(T));
        Pointer = (T*)NativeMemory.AlignedAlloc(Math.Max(Alignment, bytes), Alignment);
        NativeMemory.Clear(Pointer, bytes);
        NativeMemoryUse.Add((long)bytes);
    }

    ~NativeBuffer() => Free();

    public T* Pointer { get; private set; }

    public long Length { get; private set; }

    /// <summary>Makes room for <paramref name="length"/> elements, keeping those that are there.</summary>
    public void Grow(long length)
    {
        if (length > Length)
        {
            nuint bytes = checked((nuint)length * (nuint)sizeof(T));
            Pointer = (T*)NativeMemory.AlignedRealloc(Pointer, bytes, Alignment);
            NativeMemory.Clear(Pointer + Length, bytes - (nuint)Length * (nuint)sizeof(T));
            NativeMemoryUse.Add((length - Length) * sizeof(T));
            Length = length;
        }
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (Pointer != null)
        {
            NativeMemoryUse.Add(-Length * sizeof(T));
            NativeMemory.AlignedFree(Pointer);
            Pointer = null;
        }
    }
}
