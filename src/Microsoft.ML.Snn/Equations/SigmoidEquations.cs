using System;

namespace Microsoft.ML.Snn.Equations;

/// <summary>Sigmoid cross-entropy of one output that says yes or no.</summary>
/// <remarks>
/// p = 1/(1 + exp(-y)), L = -t·ln p - (1 - t)·ln(1 - p), ∂L/∂y = p - t, for a target t from 0 to 1.
/// Source: Bishop, Pattern Recognition and Machine Learning (2006), eqs. 4.90 and 4.91.
/// </remarks>
internal static class SigmoidEquations
{
    /// <summary>The probability of yes. The exponential is taken of a number of 0 or less: it cannot overflow.</summary>
    public static float Probability(float readout)
    {
        float exponential = MathF.Exp(-MathF.Abs(readout));
        return (readout >= 0 ? 1 : exponential) / (1 + exponential);
    }

    /// <summary>max(y, 0) - y·t + ln(1 + exp(-|y|)): the cross-entropy without a logarithm of something near 0.</summary>
    public static float Loss(float readout, float target) =>
        MathF.Max(readout, 0) - readout * target + MathF.Log(1 + MathF.Exp(-MathF.Abs(readout)));

    /// <summary>∂L/∂y.</summary>
    public static float LossByReadout(float readout, float target) => Probability(readout) - target;

    /// <summary>Whether the output is on the side of the target: yes for a readout above 0.</summary>
    public static bool IsCorrect(float readout, float target) => readout > 0 == target >= 0.5f;
}
