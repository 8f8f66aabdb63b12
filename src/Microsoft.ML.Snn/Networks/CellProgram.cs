using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Networks;

/// <summary>A user's neuron behind its synapse, for a time step; the types behind it are open to a visitor.</summary>
internal abstract class CellProgram(CustomNeuron neuron, Synapse synapse)
{
    /// <summary>The description of the neuron, for the model file.</summary>
    public CustomNeuron Neuron { get; } = neuron;

    /// <summary>The description of the synapse, for the model file.</summary>
    public Synapse Synapse { get; } = synapse;

    /// <summary>Number of state variables of the neuron and its synapse together.</summary>
    public abstract int StateCount { get; }

    /// <summary>What a state variable is at the begin of a trial.</summary>
    public abstract double Initial(int slot);

    public abstract TResult Accept<TResult>(ICellVisitor<TResult> visitor);

    public static CellProgram Of<TNeuron, TSynapse>(
        CustomNeuron<TNeuron> neuron, Synapse synapse, TSynapse synapseEquations, double timeStep)
        where TNeuron : unmanaged, INeuronEquations
        where TSynapse : unmanaged, ISynapseEquations =>
        new Typed<TNeuron, TSynapse>(neuron, synapse, new(neuron.Neuron, synapseEquations, timeStep, neuron.SubSteps));

    private sealed class Typed<TNeuron, TSynapse>(
        CustomNeuron neuron, Synapse synapse, CellEquations<TNeuron, TSynapse> equations) : CellProgram(neuron, synapse)
        where TNeuron : unmanaged, INeuronEquations
        where TSynapse : unmanaged, ISynapseEquations
    {
        public override int StateCount => equations.Neuron.StateCount + equations.Synapse.StateCount;

        public override double Initial(int slot) => equations.Initial<DoubleLane>()[slot].Value;

        public override TResult Accept<TResult>(ICellVisitor<TResult> visitor) => visitor.Visit(equations);
    }
}
