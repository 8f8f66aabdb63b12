using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn;

/// <summary>Regularisation of the spike count of one population, in place of that of all, see <see cref="EventProp.SpikeCounts"/>. Immutable.</summary>
public sealed record SpikeCountGroup
{
    /// <summary>Creates the group.</summary>
    /// <param name="name">The population, or the layer of a stack, for example "hidden 1".</param>
    /// <param name="target">The number of spikes that is wanted of each of its neurons per trial, 0 or more.</param>
    /// <param name="strength">The strength of the pull down for neurons that spike more often, 0 or more.</param>
    /// <param name="strengthBelow">The strength of the pull up for neurons that spike less often, but do spike, 0 or more.</param>
    /// <exception cref="System.ArgumentException">The name is empty.</exception>
    /// <exception cref="System.ArgumentOutOfRangeException">A number is negative or not finite.</exception>
    public SpikeCountGroup(string name, double target, double strength, double strengthBelow = 0)
    {
        System.ArgumentException.ThrowIfNullOrWhiteSpace(name);
        Require.NotNegative(target, "Use the wanted number of spikes per trial, for example 5.");
        Require.NotNegative(strength, "Use 0 to switch this side of the regularisation off.");
        Require.NotNegative(strengthBelow, "Use 0 to switch this side of the regularisation off.");
        (Name, Target, Strength, StrengthBelow) = (name, target, strength, strengthBelow);
    }

    /// <summary>Gets the population.</summary>
    public string Name { get; }

    /// <summary>Gets the number of spikes that is wanted of each of its neurons per trial.</summary>
    public double Target { get; }

    /// <summary>Gets the strength of the pull down for neurons that spike more often.</summary>
    public double Strength { get; }

    /// <summary>Gets the strength of the pull up for neurons that spike less often.</summary>
    public double StrengthBelow { get; }

    internal SpikeCountEquations Equations => new((float)Target, (float)Strength, (float)StrengthBelow);
}
