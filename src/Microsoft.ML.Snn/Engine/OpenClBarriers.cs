using System.Reflection;
using ILGPU.Backends.OpenCL;

namespace Microsoft.ML.Snn.Engine;

/// <summary>Makes barriers order shared memory on OpenCL too.</summary>
/// <remarks>
/// ILGPU 1.5.3 writes every barrier as <c>work_group_barrier(CLK_GLOBAL_MEM_FENCE)</c>, after which a thread may still miss what
/// another one wrote into shared memory. The names of the fences stand in an array that nothing but its generator of code reads; a
/// test looks at what it writes, so that another release of ILGPU cannot undo this unseen.
/// </remarks>
internal static class OpenClBarriers
{
    private const string Global = "CLK_GLOBAL_MEM_FENCE";
    private const string Both = Global + " | CLK_LOCAL_MEM_FENCE";

    /// <summary>Call it before a kernel is compiled. May be called any number of times.</summary>
    public static void OrderSharedMemory()
    {
        if (typeof(CLInstructions).GetField("MemoryFenceFlags", BindingFlags.Static | BindingFlags.NonPublic)?.GetValue(null)
            is string[] { Length: > 0 } flags && flags[0] == Global)
        {
            flags[0] = Both;
        }
    }
}
