namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>One kind of users' cells, and all kinds before it.</summary>
internal readonly struct Cells<TNeuron, TSynapse, TRest> : ICells
    where TNeuron : unmanaged, INeuronEquations
    where TSynapse : unmanaged, ISynapseEquations
    where TRest : struct, ICells
{
    public static int Count => TRest.Count + 1;

    public static void Begin(in GraphForwardParameters trial, in GraphPopulation population, int slot, int unit)
    {
        if (population.Cell == TRest.Count)
        {
            CellForward<TNeuron, TSynapse>.Begin(trial, population, slot, unit);
        }
        else
        {
            TRest.Begin(trial, population, slot, unit);
        }
    }

    public static bool Advance(in GraphForwardParameters trial, in GraphPopulation population, int slot, int step, int unit) =>
        population.Cell == TRest.Count
            ? CellForward<TNeuron, TSynapse>.Advance(trial, population, slot, step, unit)
            : TRest.Advance(trial, population, slot, step, unit);

    public static void Close(in GraphForwardParameters trial, in GraphPopulation population, int slot, int unit)
    {
        if (population.Cell == TRest.Count)
        {
            CellForward<TNeuron, TSynapse>.Close(trial, population, slot, unit);
        }
        else
        {
            TRest.Close(trial, population, slot, unit);
        }
    }

    public static void StepBack(in GraphBackwardParameters trial, in GraphPopulation population, int slot, int step, int unit)
    {
        if (population.Cell == TRest.Count)
        {
            CellAdjoint<TNeuron, TSynapse>.StepBack(trial, population, slot, step, unit);
        }
        else
        {
            TRest.StepBack(trial, population, slot, step, unit);
        }
    }
}
