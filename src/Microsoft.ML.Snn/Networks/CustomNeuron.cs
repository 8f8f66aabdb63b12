using System;
using System.Collections.Generic;
using System.Linq;

namespace Microsoft.ML.Snn.Networks;

/// <summary>A neuron whose equations are a user's, whatever their type.</summary>
/// <param name="SubSteps">Integration steps per time step.</param>
/// <param name="TimeConstant">Time scale of spike-count regularisation and of the grazing limit, in milliseconds.</param>
internal abstract record CustomNeuron(int SubSteps, double TimeConstant) : Neuron
{
    /// <summary>What the user's struct implements.</summary>
    public static Type Contract => typeof(INeuronEquations);

    /// <summary>The user's struct.</summary>
    public abstract ValueType Equations { get; }

    /// <summary>Which of its state variables are numbers that are learned.</summary>
    public IReadOnlyList<LearnedNumber> Numbers { get; init; } = [];

    internal override double LeakTime => TimeConstant;

    /// <summary>The equations of a population with such connections; null for a neuron of the library.</summary>
    /// <exception cref="ArgumentException">The synapses do not fit the neuron.</exception>
    public static CellProgram? CellOf(Neuron? neuron, IEnumerable<Synapse> synapses, double timeStep)
    {
        Synapse[] kinds = [.. synapses.Distinct()];
        if (neuron is CustomNeuron custom)
        {
            return kinds.Length <= 1
                ? custom.Behind(kinds.Length == 0 ? new ExponentialSynapse() : kinds[0], timeStep)
                : throw new ArgumentException(
                    $"All connections to a custom neuron must have the same synapse, but there are {string.Join(" and ", kinds.Select(k => k.ToString()))}. Use one, or two populations.",
                    nameof(synapses));
        }

        return Array.Exists(kinds, kind => kind is CustomSynapse)
            ? throw new ArgumentException(
                $"A custom synapse must lead to a custom neuron, but leads to {neuron?.GetType().Name ?? nameof(LeakyIntegrator)}. Use Neuron.Custom.",
                nameof(synapses))
            : null;
    }

    /// <summary>The neuron behind a synapse.</summary>
    public abstract CellProgram Behind(Synapse synapse, double timeStep);

    internal override void Validate()
    {
        Require.InRange(SubSteps, 1, 1000, "The default is 1; a neuron with fast changes may need 2 to 10.");
        Require.Positive(TimeConstant, "The default is 20 ms.");
        EquationFields.Validate(Equations.GetType());
        Require.NotNegative(RefractoryPeriod, "Typical values are 0 to 5 ms.");
        if (Threshold != 1 || Reset != 0 || ResetMode != ResetMode.Absolute
            || Bias != 0 || PerNeuron != null || Learned != LearnedParameters.None)
        {
            throw new ArgumentException(
                $"A custom neuron must leave the numbers of other neurons, such as Threshold and Bias, alone, but one of them was set. Say it in {Equations.GetType().Name} instead.");
        }
    }
}
