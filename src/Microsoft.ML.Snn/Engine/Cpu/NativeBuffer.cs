using System;
using System.Runtime.InteropServices;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>Zeroed memory outside the garbage collector, aligned to a cache line.</summary>
internal sealed unsafe class NativeBuffer<T> : IDisposable
    where T : unmanaged
{
    private const int Alignment = 64;

    // Behind the elements: who writes there is noticed, and does not damage what is none of his.
    private const int GuardBytes = 64;
    private const byte GuardPattern = 0xA5;

    public NativeBuffer(long length)
    {
        Length = length;
        nuint bytes = checked((nuint)length * (nuint)sizeof(T));
        Pointer = (T*)NativeMemory.AlignedAlloc(Math.Max(Alignment, bytes + GuardBytes), Alignment);
        NativeMemory.Clear(Pointer, bytes);
        Guard.Fill(GuardPattern);
        NativeMemoryUse.Add((long)bytes);
    }

    // Without the check: an exception of a finalizer would end the user's process.
    ~NativeBuffer() => Free();

    public T* Pointer { get; private set; }

    public long Length { get; private set; }

    /// <summary>Makes room for <paramref name="length"/> elements, keeping those that are there.</summary>
    public void Grow(long length)
    {
        if (length > Length)
        {
            CheckGuard();
            nuint bytes = checked((nuint)length * (nuint)sizeof(T));
            Pointer = (T*)NativeMemory.AlignedRealloc(Pointer, bytes + GuardBytes, Alignment);
            NativeMemory.Clear(Pointer + Length, bytes - (nuint)Length * (nuint)sizeof(T));
            NativeMemoryUse.Add((length - Length) * sizeof(T));
            Length = length;
            Guard.Fill(GuardPattern);
        }
    }

    public void Dispose()
    {
        CheckGuard();
        Free();
        GC.SuppressFinalize(this);
    }

    private Span<byte> Guard => new(Pointer + Length, GuardBytes);

    private void CheckGuard()
    {
        if (Pointer != null && Guard.ContainsAnyExcept(GuardPattern))
        {
            throw new InvalidOperationException($"Something was written behind the end of {Length} native elements of {typeof(T).Name}.");
        }
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
