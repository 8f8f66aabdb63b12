namespace Microsoft.ML.Snn.Networks;

/// <summary>A group of numbers that are learned together by one optimiser.</summary>
/// <param name="Index">Place among the parameters of the program.</param>
/// <param name="Name">Name of the connection or layer it belongs to.</param>
/// <param name="Kind">What it is.</param>
internal sealed record ParameterProgram(int Index, string Name, ParameterKind Kind);
