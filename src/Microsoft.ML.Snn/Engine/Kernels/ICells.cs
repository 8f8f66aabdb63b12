namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>The kinds of users' cells of one network, known when its kernels are compiled. It has no data: a kernel is generic over it.</summary>
/// <remarks>
/// So a launch runs the library's neurons and any number of users' side by side, and no kernel argument names a user's type: what
/// starts a kernel may not see it. The numbers of the cells come as bytes.
/// </remarks>
internal interface ICells
{
    /// <summary>Number of kinds; they are counted from 0.</summary>
    static abstract int Count { get; }

    /// <summary>Brings a neuron to its state at the beginning of a trial.</summary>
    static abstract void Begin(in GraphForwardParameters trial, in GraphPopulation population, int slot, int unit);

    /// <summary>As <see cref="GraphNeuron.Advance"/>.</summary>
    static abstract bool Advance(in GraphForwardParameters trial, in GraphPopulation population, int slot, int step, int unit);

    /// <summary>Reports a state that ran away.</summary>
    static abstract void Close(in GraphForwardParameters trial, in GraphPopulation population, int slot, int unit);

    /// <summary>As <see cref="GraphAdjoint.StepBack"/>.</summary>
    static abstract void StepBack(in GraphBackwardParameters trial, in GraphPopulation population, int slot, int step, int unit);
}
