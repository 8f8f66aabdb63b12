using System;

namespace Microsoft.ML.Snn;

/// <summary>Gives an output of a graph a label column of its own, see <see cref="SnnTrainer.Options.OutputLabels"/>. Immutable.</summary>
/// <remarks>
/// The output then has its own scores, in columns of the same names as those of the first output with its own name and a point
/// before them: <c>position.Score</c>, <c>position.PredictedLabel</c>. Its number of neurons and its loss follow from its label.
/// </remarks>
public sealed record OutputLabel
{
    /// <summary>Names an output and its label.</summary>
    /// <param name="outputName">The name that <see cref="GraphBuilder.Output"/> gave the output; not that of the first output.</param>
    /// <param name="labelColumnName">The label column, of one of the types that <see cref="SnnTask"/> lists.</param>
    /// <exception cref="ArgumentException">A name is empty.</exception>
    public OutputLabel(string outputName, string labelColumnName)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(outputName);
        ArgumentException.ThrowIfNullOrWhiteSpace(labelColumnName);
        (OutputName, LabelColumnName) = (outputName, labelColumnName);
    }

    /// <summary>Gets the output.</summary>
    public string OutputName { get; }

    /// <summary>Gets the label column.</summary>
    public string LabelColumnName { get; }

    /// <summary>Gets what the output is trained for.</summary>
    /// <value>The default of null follows from the label column.</value>
    public SnnTask? Task { get; init; }
}
