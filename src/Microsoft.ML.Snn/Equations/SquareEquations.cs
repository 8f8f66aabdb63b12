namespace Microsoft.ML.Snn.Equations;

/// <summary>Squared error of one output that is a number.</summary>
/// <remarks>L = (y - t)², ∂L/∂y = 2·(y - t).</remarks>
internal static class SquareEquations
{
    public static float Loss(float readout, float target) => (readout - target) * (readout - target);

    /// <summary>∂L/∂y.</summary>
    public static float LossByReadout(float readout, float target) => 2 * (readout - target);
}
