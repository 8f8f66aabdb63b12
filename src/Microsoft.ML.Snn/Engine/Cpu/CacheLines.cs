using System.Runtime.Intrinsics.X86;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>Asks for memory before it is needed, where the order in which it is needed is one that no processor can guess.</summary>
internal static unsafe class CacheLines
{
    private const int Bytes = 64;

    /// <summary>Asks for every cache line of a stretch of memory; returns at once.</summary>
    public static void Prefetch(void* from, long bytes)
    {
        for (long at = 0; at < bytes && Sse.IsSupported; at += Bytes)
        {
            Sse.Prefetch0((byte*)from + at);
        }
    }
}
