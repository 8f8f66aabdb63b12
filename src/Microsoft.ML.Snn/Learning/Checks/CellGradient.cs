namespace Microsoft.ML.Snn.Learning.Checks;

/// <summary>The gradient of one trial.</summary>
/// <param name="Weights">∂L/∂w, shape [input].</param>
/// <param name="Times">∂L/∂t, shape [input].</param>
/// <param name="Initial">∂L/∂y at the begin, shape [slot].</param>
internal sealed record CellGradient(double[] Weights, double[] Times, double[] Initial);
