using System;
using System.Globalization;
using System.Linq;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Networks;

/// <summary>A neuron whose equations are a user's.</summary>
internal sealed record CustomNeuron<TNeuron>(TNeuron Neuron, int SubSteps, double TimeConstant)
    : CustomNeuron(SubSteps, TimeConstant)
    where TNeuron : unmanaged, INeuronEquations
{
    public override ValueType Equations => Neuron;

    public override CellProgram Behind(Synapse synapse, double timeStep) => synapse switch
    {
        ExponentialSynapse exponential =>
            CellProgram.Of(this, exponential, new ExponentialCurrent(exponential.Time), timeStep),
        CustomSynapse custom => custom.Before(this, timeStep),
        _ => throw new ArgumentException(
            $"A custom neuron must have an ExponentialSynapse or a Synapse.Custom, but has a {synapse}. Write that synapse as ISynapseEquations.",
            nameof(synapse)),
    };

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{typeof(TNeuron).Name} ({EquationFields.Describe(Neuron)})")
        + string.Concat(Numbers.Select(number => $", learned {number}"));

    internal override void Validate()
    {
        base.Validate();
        var cell = new CellEquations<TNeuron, ExponentialCurrent>(Neuron, new ExponentialCurrent(5), 1, 1);
        EquationChecks.Validate(cell);
        NumberChecks.Validate(Neuron, Numbers);
    }
}
