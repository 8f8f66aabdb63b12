using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine;

/// <summary>The optimiser of every parameter of a program at one update.</summary>
internal readonly struct ParameterUpdates
{
    private readonly UpdateEquations _all;
    private readonly UpdateEquations[]? _each;

    /// <summary>One optimiser for every parameter.</summary>
    public ParameterUpdates(UpdateEquations all) => _all = all;

    /// <summary>An optimiser per parameter, by <see cref="Networks.ParameterProgram.Index"/>.</summary>
    /// <remarks>The array is read, not copied: an update allocates nothing.</remarks>
    public ParameterUpdates(UpdateEquations[] each) => _each = each;

    public UpdateEquations this[int parameter] => _each == null ? _all : _each[parameter];
}
