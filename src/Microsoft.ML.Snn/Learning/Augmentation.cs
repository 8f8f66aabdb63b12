using Microsoft.ML.Snn.Encoding;
using Microsoft.ML.Snn.Learning;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn;

/// <summary>Changes the training examples at random, anew in every epoch, so that a network cannot learn them by heart. Immutable.</summary>
/// <remarks>
/// <para>All but <see cref="AddNoise"/> change spikes.</para>
/// <para>Augmentations are applied in the order in which they are listed, and never to validation data. What happens to an example
/// depends on the seed, the epoch and the example alone: not on the batch, the number of threads, or an interruption.</para>
/// <para>Source of shift and blend, with the numbers for the Heidelberg digits: Nowotny, Turner and Knight, Neuromorph. Comput. Eng.
/// 5:014001 (2025).</para>
/// </remarks>
public abstract record Augmentation
{
    private protected Augmentation()
    {
    }

    /// <summary>Moves all spikes of an example by the same number of channels, up or down, each number equally likely.</summary>
    /// <param name="maximum">The largest number of channels, 1 or more. The source used 40 of 700.</param>
    /// <remarks>Spikes that would leave the channels are dropped. It makes sense where neighbouring channels are alike, as in sound.</remarks>
    /// <exception cref="System.ArgumentOutOfRangeException">The number is below 1.</exception>
    public static Augmentation ShiftChannels(int maximum)
    {
        Require.InRange(maximum, 1, 1 << 24, "Typical values are 5 % of the channels.");
        return new ChannelShift(maximum);
    }

    /// <summary>Moves every spike in time by a normal random number of steps, rounded.</summary>
    /// <param name="standardDeviation">Standard deviation in time steps, above 0.</param>
    /// <remarks>A spike that would leave the trial stays at its first or last step.</remarks>
    /// <exception cref="System.ArgumentOutOfRangeException">The deviation is not above 0.</exception>
    public static Augmentation JitterTimes(double standardDeviation)
    {
        Require.Positive(standardDeviation, "Typical values are 0.5 to 5 steps.");
        return new TimeJitter(standardDeviation);
    }

    /// <summary>Drops every spike with the same probability.</summary>
    /// <param name="probability">Above 0 and below 1.</param>
    /// <exception cref="System.ArgumentOutOfRangeException">The probability is out of its range.</exception>
    public static Augmentation DropSpikes(double probability)
    {
        Require.Fraction(probability, "Typical values are 0.05 to 0.3.");
        return new SpikeDrop(probability);
    }

    /// <summary>Blends an example with another one of its class: of either, each spike is kept with probability one half.</summary>
    /// <param name="probability">How likely an example is blended at all, above 0 and at most 1.</param>
    /// <remarks>
    /// The other example is moved in time and channel first, so that the centres of both coincide; spikes that leave the trial or the
    /// channels are dropped. It needs labels that are classes.
    /// </remarks>
    /// <exception cref="System.ArgumentOutOfRangeException">The probability is out of its range.</exception>
    public static Augmentation BlendWithSameClass(double probability = 0.5)
    {
        Require.Factor(probability, "The source used 0.5.");
        return new ClassBlend(probability);
    }

    /// <summary>Adds a normal random number to every feature of a plain vector, the only kind of input that it is for.</summary>
    /// <remarks>
    /// Rows near a training row then have its class: the boundary between two classes moves to where both are equally near, as with
    /// nearest neighbours, and no longer follows single rows. In the limit of many epochs a wide network learns the estimate of
    /// Parzen. It takes more epochs than training without. Source: Bishop, Neural Computation 7:108 (1995).
    /// </remarks>
    /// <param name="standardDeviation">Standard deviation in the unit of the features, above 0; 0.1 to 0.3 are typical of features from 0 to 1.</param>
    /// <exception cref="System.ArgumentOutOfRangeException">The deviation is not above 0.</exception>
    public static Augmentation AddNoise(double standardDeviation)
    {
        Require.Positive(standardDeviation, "Typical values are 0.1 to 0.3 for features from 0 to 1.");
        return new FeatureNoise(standardDeviation);
    }

    /// <summary>Whether it is for plain vectors, presented as constant currents; else it is for spikes.</summary>
    internal virtual bool IsForCurrents => false;

    /// <summary>Whether another example of the same class is needed.</summary>
    internal virtual bool NeedsClasses => false;

    /// <summary>Changes one example in place.</summary>
    /// <param name="spikes">The example.</param>
    /// <param name="example">Its index in the data set.</param>
    /// <param name="source">The data set.</param>
    /// <param name="random">Random numbers of this augmentation, example and epoch.</param>
    internal abstract void Apply(SpikeEdit spikes, int example, AugmentationSource source, ref CounterRandom random);
}
