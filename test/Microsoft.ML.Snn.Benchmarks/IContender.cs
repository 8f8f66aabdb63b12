using System;

namespace Microsoft.ML.Snn.Benchmarks;

/// <summary>One implementation that learns a <see cref="BenchmarkTask"/>.</summary>
internal interface IContender : IDisposable
{
    /// <summary>Name in the output.</summary>
    string Name { get; }

    /// <summary>Trains on all training examples once, in an order of its own seed.</summary>
    EpochResult TrainEpoch();

    /// <summary>Classifies examples with the present weights.</summary>
    EvaluationResult Evaluate(SpikeExamples examples);
}
