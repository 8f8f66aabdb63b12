namespace Microsoft.ML.Snn.Reference;

/// <summary>How a <see cref="GridNetwork"/> walks through time.</summary>
public sealed record GridSettings
{
    /// <summary>Gets the length dt of a step.</summary>
    /// <value>Milliseconds, above 0.</value>
    public required double TimeStep { get; init; }

    /// <summary>Gets the number N of steps of a trial.</summary>
    /// <value>1 or more.</value>
    public required int StepCount { get; init; }

    /// <summary>Gets what is read from the output layer.</summary>
    public ReferenceReadout Readout { get; init; }

    /// <summary>Gets what a spike does to its membrane.</summary>
    public GridReset Reset { get; init; }

    /// <summary>Gets which current a spike keeps.</summary>
    public SpikeCurrent SpikeCurrent { get; init; }

    /// <summary>Gets whether a spike that arrives where an output membrane is largest moves that maximum.</summary>
    /// <value>
    /// The default is false. Only for <see cref="ReferenceReadout.MaximumMembrane"/>: an arrival that ends the
    /// rise of V makes a kink, and moving it later by δ raises the maximum by V'δ. Without this term the
    /// gradient does not approach the exact one, however small the step.
    /// </value>
    public bool ArrivalMovesMaximum { get; init; }

    /// <summary>Gets the smallest I - ϑ that the backward pass divides by; below it, this is used instead.</summary>
    /// <value>Threshold units, above 0. The default is 0.01.</value>
    public double GrazingLimit { get; init; } = 0.01;
}
