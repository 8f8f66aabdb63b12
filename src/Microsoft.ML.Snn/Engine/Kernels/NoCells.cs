namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>A network of the library's neurons alone; and the end of every list of <see cref="Cells{TNeuron, TSynapse, TRest}"/>.</summary>
internal readonly struct NoCells : ICells
{
    public static int Count => 0;

    public static void Begin(in GraphForwardParameters trial, in GraphPopulation population, int slot, int unit)
    {
    }

    public static bool Advance(in GraphForwardParameters trial, in GraphPopulation population, int slot, int step, int unit) => false;

    public static void Close(in GraphForwardParameters trial, in GraphPopulation population, int slot, int unit)
    {
    }

    public static void StepBack(in GraphBackwardParameters trial, in GraphPopulation population, int slot, int step, int unit)
    {
    }
}
