using System;
using Microsoft.ML.Snn;

namespace Microsoft.ML;

/// <summary>The way from an <see cref="MLContext"/> to spiking neural networks.</summary>
public static class SnnCatalog
{
    /// <summary>Gives the spike encoders, trainers and data loaders of Microsoft.ML.Snn.</summary>
    /// <param name="mlContext">The context whose seed, log and device settings they use.</param>
    /// <returns>The operations.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="mlContext"/> is null.</exception>
    public static SnnOperations Snn(this MLContext mlContext)
    {
        ArgumentNullException.ThrowIfNull(mlContext);
        return new SnnOperations(mlContext);
    }
}
