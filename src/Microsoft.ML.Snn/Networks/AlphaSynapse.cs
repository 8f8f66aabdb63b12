using System.Globalization;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn;

/// <summary>Synapse whose current rises and falls: after a spike of weight w it is w·(t/τs)·exp(-t/τs). Immutable.</summary>
/// <remarks>Its integral is that of an <see cref="ExponentialSynapse"/> of the same time constant. It is trained with EventProp.</remarks>
public sealed record AlphaSynapse : Synapse
{
    /// <summary>Creates a synapse.</summary>
    /// <param name="time">Synapse time constant τs in milliseconds, above 0.</param>
    public AlphaSynapse(double time = 5) => Time = time;

    /// <summary>Gets the synapse time constant τs: the current is largest that long after a spike.</summary>
    /// <value>Milliseconds, above 0. The default is 5.</value>
    public double Time { get; init; }

    /// <summary>The synapse in words.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"alpha synapse {Time} ms");

    internal override CurrentGroup Group => new(SynapseKind.Alpha, Time);

    // The engines for layers do not know it; what stands in for it in their program is never run.
    internal override MembraneEquations Into(double membraneTime, double timeStep) => new(timeStep, membraneTime, Time);

    internal override void Validate() => Require.Positive(Time, "Typical values are 2 to 20 ms.");
}
