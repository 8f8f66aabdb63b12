using System;

namespace Microsoft.ML.Snn.Equations;

/// <summary>Times and derivatives in spans, in double precision. Both of shape [output].</summary>
internal readonly ref struct HostOutputTimes(ReadOnlySpan<double> times, Span<double> derivatives) : IOutputTimes<DoubleLane>
{
    private readonly ReadOnlySpan<double> _times = times;
    private readonly Span<double> _derivatives = derivatives;

    public static DoubleLane Log(DoubleLane value) => new(Math.Log(value.Value));

    public DoubleLane TimeOf(int output) => new(_times[output]);

    public DoubleLane DerivativeOf(int output) => new(_derivatives[output]);

    public void SetDerivative(int output, DoubleLane value) => _derivatives[output] = value.Value;
}
