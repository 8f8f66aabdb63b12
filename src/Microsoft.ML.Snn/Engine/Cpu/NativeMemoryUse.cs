using System.Threading;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>How much memory all engines of the process hold outside the garbage collector, which does not know it.</summary>
internal static class NativeMemoryUse
{
    private static long s_bytes;

    public static long Bytes => Interlocked.Read(ref s_bytes);

    public static void Add(long bytes) => Interlocked.Add(ref s_bytes, bytes);
}
