using System;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Reference;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>A direction in which parameters move.</summary>
/// <param name="Move">The network without a time step, moved by a distance.</param>
/// <param name="Project">The derivative along the direction, from a gradient of the engine.</param>
internal sealed record GraphDirection(
    Func<double, (ExactPopulation[] Populations, ExactConnection[] Connections)> Move, Func<NetworkProgram, NetworkWeights, double> Project);
