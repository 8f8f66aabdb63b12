using System.Globalization;

namespace Microsoft.ML.Snn;

/// <summary>One derivative of a <see cref="GradientCheck"/>.</summary>
/// <param name="Name">What the loss was differentiated by.</param>
/// <param name="Automatic">The derivative that the adjoint gave.</param>
/// <param name="Numerical">The derivative that central differences gave.</param>
/// <param name="RelativeError">
/// The difference of the two, relative to the numerical one, or to a hundredth of the largest of its kind where that is larger.
/// </param>
public sealed record GradientCheckEntry(string Name, double Automatic, double Numerical, double RelativeError)
{
    /// <summary>One line of the report.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Name,-34} {Automatic,16:G8} {Numerical,16:G8} {RelativeError,10:E1}");
}
