using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>A weight or delay that several synapses share, given to each of them for itself.</summary>
/// <param name="Parameter">What is shared.</param>
/// <param name="Direction">How the number of each synapse moves, shape [synapse] in the order of the table.</param>
internal sealed record GraphSplit(ParameterProgram Parameter, double[] Direction);
