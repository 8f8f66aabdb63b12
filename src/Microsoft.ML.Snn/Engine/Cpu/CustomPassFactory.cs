using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>Makes the loops for the types of a user's neuron and synapse.</summary>
internal sealed class CustomPassFactory<TLane>(PopulationCoefficients coefficients, int steps) : ICellVisitor<CellPass<TLane>>
    where TLane : struct, ISimdLane<TLane>
{
    public CellPass<TLane> Visit<TNeuron, TSynapse>(CellEquations<TNeuron, TSynapse> cell)
        where TNeuron : unmanaged, INeuronEquations
        where TSynapse : unmanaged, ISynapseEquations =>
        new CustomPass<TLane, TNeuron, TSynapse>(coefficients, cell, steps);
}
