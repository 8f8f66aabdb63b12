namespace Microsoft.ML.Snn;

/// <summary>Deep-R: learns which synapses of a sparse connection there are, at a number that never changes. Immutable.</summary>
/// <remarks>
/// <para>Every synapse has a sign that stays. At each update, its weight is pulled towards 0 by <see cref="Strength"/>,
/// however large the batch is, and moved by noise. A synapse whose weight would change its sign is taken away, and one
/// that was absent, each as likely as any other, takes its place with the same sign and the weight 0. So the numbers of
/// excitatory and of inhibitory synapses stay, too.</para>
/// <para>Where every pair is connected there is none to choose: the weight stays at 0 and the failure is counted, see
/// <see cref="TrainingEpoch.RewiringFailures"/>.</para>
/// <para>Source: Bellec, Kappel, Maass and Legenstein, Deep rewiring, ICLR (2018), algorithm 1.</para>
/// </remarks>
public sealed record DeepRewiring
{
    /// <summary>Creates a rule.</summary>
    /// <param name="strength">See <see cref="Strength"/>.</param>
    /// <param name="noise">See <see cref="Noise"/>.</param>
    public DeepRewiring(double strength = 1e-5, double noise = 0) => (Strength, Noise) = (strength, noise);

    /// <summary>Gets how far each update pulls a weight towards 0.</summary>
    /// <value>In units of the threshold, 0 or more. The default is 1e-5.</value>
    public double Strength { get; init; }

    /// <summary>Gets the standard deviation of what each update adds to a weight at random.</summary>
    /// <value>In units of the threshold, 0 or more. The default is 0.</value>
    public double Noise { get; init; }

    internal void Validate()
    {
        Require.NotNegative(Strength, "Typical values are 1e-6 to 1e-4.");
        Require.NotNegative(Noise, "Use 0, or a small part of a typical weight.");
    }
}
