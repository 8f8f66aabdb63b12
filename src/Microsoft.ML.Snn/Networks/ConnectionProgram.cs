namespace Microsoft.ML.Snn.Networks;

/// <summary>One dense weight matrix of shape [row, column] = [presynaptic, postsynaptic] neuron.</summary>
/// <param name="Index">Place of the connection in <see cref="NetworkProgram.Connections"/> and of its weights in <see cref="NetworkWeights"/>.</param>
/// <param name="Name">What a person calls it, for messages and model summaries.</param>
/// <param name="Rows">Number of presynaptic neurons or input channels.</param>
/// <param name="Columns">Number of postsynaptic neurons.</param>
/// <param name="Initial">How its weights begin.</param>
internal sealed record ConnectionProgram(int Index, string Name, int Rows, int Columns, Weights Initial);
