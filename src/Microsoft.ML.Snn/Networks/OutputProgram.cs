using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Networks;

/// <summary>The output layer with all its numbers worked out.</summary>
internal sealed record OutputProgram(int Units, MembraneEquations Membrane, ReadoutKind Readout, ConnectionProgram Input);
