using System;

namespace Microsoft.ML.Snn.Networks;

/// <summary>A neuron whose equations are a user's, whatever their type.</summary>
/// <param name="SubSteps">Integration steps per time step.</param>
/// <param name="TimeConstant">Time scale of spike-count regularisation and of the grazing limit, in milliseconds.</param>
internal abstract record CustomNeuron(int SubSteps, double TimeConstant) : Neuron
{
    /// <summary>The user's struct.</summary>
    public abstract ValueType Equations { get; }

    internal override double LeakTime => TimeConstant;

    /// <summary>The neuron behind a synapse.</summary>
    public abstract CellProgram Behind(Synapse synapse, double timeStep);

    internal override void Validate()
    {
        Require.InRange(SubSteps, 1, 1000, "The default is 1; a neuron with fast changes may need 2 to 10.");
        Require.Positive(TimeConstant, "The default is 20 ms.");
        EquationFields.Validate(Equations.GetType());
        if (Threshold != 1 || Reset != 0 || ResetMode != ResetMode.Absolute || RefractoryPeriod != 0)
        {
            throw new ArgumentException(
                $"A custom neuron must leave Threshold, Reset, ResetMode and RefractoryPeriod alone, but one of them was set. Say it in {Equations.GetType().Name} instead.");
        }
    }
}
