using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Networks;

/// <summary>A user's neuron behind its synapse, for a time step; the types behind it are open to a visitor.</summary>
internal abstract record CellProgram
{
    public abstract TResult Accept<TResult>(ICellVisitor<TResult> visitor);

    public static CellProgram Of<TNeuron, TSynapse>(TNeuron neuron, TSynapse synapse, double timeStep, int subSteps)
        where TNeuron : struct, INeuronEquations
        where TSynapse : struct, ISynapseEquations =>
        new Typed<TNeuron, TSynapse>(new CellEquations<TNeuron, TSynapse>(neuron, synapse, timeStep, subSteps));

    private sealed record Typed<TNeuron, TSynapse>(CellEquations<TNeuron, TSynapse> Equations) : CellProgram
        where TNeuron : struct, INeuronEquations
        where TSynapse : struct, ISynapseEquations
    {
        public override TResult Accept<TResult>(ICellVisitor<TResult> visitor) => visitor.Visit(Equations);
    }
}
