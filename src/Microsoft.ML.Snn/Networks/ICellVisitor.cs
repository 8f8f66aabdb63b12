using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Networks;

/// <summary>Code that is generic over a user's neuron and synapse, whose types only their description knows.</summary>
internal interface ICellVisitor<TResult>
{
    TResult Visit<TNeuron, TSynapse>(CellEquations<TNeuron, TSynapse> cell)
        where TNeuron : unmanaged, INeuronEquations
        where TSynapse : unmanaged, ISynapseEquations;
}
