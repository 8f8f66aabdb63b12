using System.Globalization;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn;

/// <summary>Synapse whose current jumps by the weight at a spike and decays exponentially: τs dI/dt = -I. Immutable.</summary>
public sealed record ExponentialSynapse : Synapse
{
    /// <summary>Creates a synapse.</summary>
    /// <param name="time">Synapse time constant τs in milliseconds, above 0.</param>
    public ExponentialSynapse(double time = 5) => Time = time;

    /// <summary>Gets the synapse time constant τs.</summary>
    /// <value>Milliseconds, above 0. The default is 5.</value>
    public double Time { get; init; }

    /// <summary>The synapse in words.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"synapse {Time} ms");

    internal override MembraneEquations Into(double membraneTime, double timeStep) => new(timeStep, membraneTime, Time);

    internal override CurrentGroup Group => new(SynapseKind.Exponential, Time);

    internal override void Validate() => Require.Positive(Time, "Typical values are 2 to 20 ms.");
}
