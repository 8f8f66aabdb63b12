namespace Microsoft.ML.Snn;

/// <summary>Gives some parameters an optimiser of their own, or keeps them as they are. Immutable.</summary>
/// <remarks>Where several groups name a parameter, the first of them holds.</remarks>
public sealed record OptimizerGroup
{
    /// <summary>Creates the group.</summary>
    /// <param name="optimizer">The optimiser, or null to keep the parameters as they are.</param>
    /// <param name="name">
    /// The connection or layer whose parameters it is for, as <see cref="SnnModelParametersBase{TOutput}.GetWeights"/> names it, for example
    /// "input to hidden 1"; null for all.
    /// </param>
    /// <param name="kind">Which parameters, or null for every kind.</param>
    public OptimizerGroup(Optimizer? optimizer, string? name = null, ParameterKind? kind = null)
    {
        Optimizer = optimizer;
        Name = name;
        Kind = kind;
    }

    /// <summary>Gets the optimiser, or null where the parameters are kept as they are.</summary>
    public Optimizer? Optimizer { get; }

    /// <summary>Gets the connection or layer, or null for all.</summary>
    public string? Name { get; }

    /// <summary>Gets the kind of parameters, or null for every kind.</summary>
    public ParameterKind? Kind { get; }

    internal bool Contains(Networks.ParameterProgram parameter) =>
        (Name == null || Name == parameter.Name) && (Kind == null || Kind == parameter.Kind);
}
