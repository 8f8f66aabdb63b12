using System;
using System.Globalization;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Networks;

/// <summary>A synapse whose equations are a user's.</summary>
internal sealed record CustomSynapse<TSynapse>(TSynapse Synapse) : CustomSynapse
    where TSynapse : unmanaged, ISynapseEquations
{
    public override ValueType Equations => Synapse;

    public override double Time => SynapseResponse.Integral(Synapse);

    public override CellProgram Before<TNeuron>(CustomNeuron<TNeuron> neuron, double timeStep) =>
        CellProgram.Of(neuron, this, Synapse, timeStep);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{typeof(TSynapse).Name} ({EquationFields.Describe(Synapse)})");

    internal override void Validate()
    {
        EquationFields.Validate(typeof(TSynapse));
        EquationChecks.Validate(Synapse);
        Require.Positive(Time, "A weight of 1 must inject a current that decays and whose integral is above 0.", typeof(TSynapse).Name);
    }
}
