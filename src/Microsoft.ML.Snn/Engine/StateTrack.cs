using System;

namespace Microsoft.ML.Snn.Engine;

/// <summary>One state variable of some neurons over some steps of one trial, as a <see cref="TrialRunner"/> fills it.</summary>
/// <param name="population">Index of the population.</param>
/// <param name="variable">What is read.</param>
/// <param name="firstNeuron">First neuron of the population.</param>
/// <param name="neurons">Number of neurons.</param>
/// <param name="firstStep">First step.</param>
/// <param name="steps">Number of steps.</param>
internal sealed class StateTrack(int population, StateVariable variable, int firstNeuron, int neurons, int firstStep, int steps)
{
    public int Population { get; } = population;

    public StateVariable Variable { get; } = variable;

    public int FirstNeuron { get; } = firstNeuron;

    public int Neurons { get; } = neurons;

    public int FirstStep { get; } = firstStep;

    public int Steps { get; } = steps;

    /// <summary>The numbers at the end of each step, shape [step, neuron].</summary>
    public float[] Values { get; } = new float[checked(neurons * steps)];

    public bool Wants(int step) => step >= FirstStep && step < FirstStep + Steps;

    /// <summary>Takes what it wants of the state of the whole population at the end of a step.</summary>
    public void Take(int step, ReadOnlySpan<float> population) =>
        population.Slice(FirstNeuron, Neurons).CopyTo(Values.AsSpan((step - FirstStep) * Neurons, Neurons));
}
