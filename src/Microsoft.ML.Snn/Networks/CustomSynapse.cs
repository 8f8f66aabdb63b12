using System;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Networks;

/// <summary>A synapse whose equations are a user's, whatever their type.</summary>
internal abstract record CustomSynapse : Synapse
{
    /// <summary>What the user's struct implements.</summary>
    public static Type Contract => typeof(ISynapseEquations);

    /// <summary>The user's struct.</summary>
    public abstract ValueType Equations { get; }

    /// <summary>Integral of what a weight of 1 injects, in milliseconds: a constant current divides by it.</summary>
    public abstract double Time { get; }

    internal override CurrentGroup Group => new(SynapseKind.Exponential, Time);

    /// <summary>The synapse before a neuron.</summary>
    public abstract CellProgram Before<TNeuron>(CustomNeuron<TNeuron> neuron, double timeStep)
        where TNeuron : unmanaged, INeuronEquations;

    /// <summary>Stands in for what the balance of weights needs: a current of the same integral.</summary>
    internal override MembraneEquations Into(double membraneTime, double timeStep) => new(timeStep, membraneTime, Time);
}
