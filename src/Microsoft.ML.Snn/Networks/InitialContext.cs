using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Networks;

/// <summary>What an initialiser may know of the connection whose weights it draws.</summary>
/// <param name="FanIn">Mean number of synapses that lead to a neuron.</param>
/// <param name="FanOut">Mean number of synapses that start from a neuron or channel.</param>
/// <param name="MatrixColumns">Columns of the matrix that the weights are, row by row; 0 where they are no matrix.</param>
/// <param name="Membrane">The postsynaptic neurons behind the synapse of the connection.</param>
/// <param name="Threshold">Threshold of the postsynaptic neurons; 1 where they have none.</param>
/// <param name="SpikesPerMillisecond">Mean rate of a presynaptic neuron or channel, as measured or assumed.</param>
internal readonly record struct InitialContext(
    double FanIn, double FanOut, int MatrixColumns, MembraneEquations Membrane, double Threshold, double SpikesPerMillisecond);
