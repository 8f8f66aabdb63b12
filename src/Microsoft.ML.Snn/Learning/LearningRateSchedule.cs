using Microsoft.ML.Snn.Learning;

namespace Microsoft.ML.Snn;

/// <summary>How the learning rate changes during training: a factor for every update. Immutable.</summary>
/// <remarks>
/// <para>Schedules combine by multiplication: <c>LearningRateSchedule.WarmUp(1).Times(LearningRateSchedule.Cosine())</c>. A factor depends only on
/// how far training has come and on the losses of the epochs before, so that a resumed training has the same rates.</para>
/// <para>A schedule of your own derives from this class and implements <see cref="Factor"/>.</para>
/// </remarks>
public abstract record LearningRateSchedule
{
    /// <summary>Gets the schedule that changes nothing: a factor of 1.</summary>
    public static LearningRateSchedule Constant { get; } = new ConstantSchedule();

    /// <summary>Multiplies the rate by <paramref name="factor"/> once every so many epochs.</summary>
    /// <param name="epochs">Number of epochs between two steps, 1 or more.</param>
    /// <param name="factor">Above 0 and at most 1.</param>
    /// <exception cref="System.ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static LearningRateSchedule Step(int epochs, double factor = 0.1)
    {
        Require.InRange(epochs, 1, int.MaxValue, "Typical values are 10 to 30.");
        Require.Factor(factor, "Typical values are 0.1 to 0.5.");
        return new StepSchedule(epochs, factor);
    }

    /// <summary>Multiplies the rate by <paramref name="factor"/> in the course of every epoch, a little at each update.</summary>
    /// <param name="factor">Above 0 and at most 1.</param>
    /// <exception cref="System.ArgumentOutOfRangeException">The factor is out of its range.</exception>
    public static LearningRateSchedule Exponential(double factor)
    {
        Require.Factor(factor, "Typical values are 0.9 to 0.99.");
        return new ExponentialSchedule(factor);
    }

    /// <summary>Lowers the rate along half a cosine, slowly at both ends.</summary>
    /// <param name="minimum">The factor at the end, 0 to 1.</param>
    /// <param name="epochs">After how many epochs the end is reached, 1 or more; null for the number of epochs of the training.</param>
    /// <remarks>Source: Loshchilov and Hutter, ICLR (2017), without restarts.</remarks>
    /// <exception cref="System.ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static LearningRateSchedule Cosine(double minimum = 0, int? epochs = null)
    {
        Require.InRange(minimum, 0.0, 1.0, "Use 0 or, for example, 0.01.");
        Require.InRange(epochs ?? 1, 1, int.MaxValue, "Leave it null for the whole training.", nameof(epochs));
        return new CosineSchedule(minimum, epochs);
    }

    /// <summary>Raises the rate along a straight line from <paramref name="start"/> to 1, and leaves it there.</summary>
    /// <param name="epochs">After how many epochs the full rate is reached, above 0; parts of an epoch count.</param>
    /// <param name="start">The factor of the first update, 0 to 1.</param>
    /// <exception cref="System.ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static LearningRateSchedule WarmUp(double epochs, double start = 0.01)
    {
        Require.Positive(epochs, "Typical values are 0.5 to 5.");
        Require.InRange(start, 0.0, 1.0, "Use for example 0.01.");
        return new WarmUpSchedule(epochs, start);
    }

    /// <summary>Eases in: the rate starts small and grows by a factor at each update until it is whole.</summary>
    /// <param name="start">The factor of the first update, above 0 and at most 1.</param>
    /// <param name="growth">By what the factor grows at each update, 1 or more.</param>
    /// <remarks>Source: Nowotny, Turner and Knight, Neuromorph. Comput. Eng. 5:014001 (2025), where it is 0.001 and 1.05.</remarks>
    /// <exception cref="System.ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static LearningRateSchedule EaseIn(double start = 0.001, double growth = 1.05)
    {
        Require.Factor(start, "The usual value is 0.001.");
        Require.InRange(growth, 1.0, double.MaxValue, "The usual value is 1.05.");
        return new EaseInSchedule(start, growth);
    }

    /// <summary>Lowers the rate whenever the loss has not fallen for some epochs: the validation loss if there is one, else the training loss.</summary>
    /// <param name="patience">Number of epochs without improvement that are waited for, 1 or more.</param>
    /// <param name="factor">What the rate is multiplied by, above 0 and below 1.</param>
    /// <param name="minimumImprovement">How much lower a loss must be to count, 0 or more.</param>
    /// <param name="minimum">The factor below which the rate does not fall, 0 to 1.</param>
    /// <exception cref="System.ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static LearningRateSchedule ReduceOnPlateau(
        int patience = 5, double factor = 0.5, double minimumImprovement = 0, double minimum = 0.001)
    {
        Require.InRange(patience, 1, int.MaxValue, "Typical values are 3 to 10.");
        Require.Fraction(factor, "Typical values are 0.1 to 0.5.");
        Require.NotNegative(minimumImprovement, "Use 0 to count every improvement.");
        Require.InRange(minimum, 0.0, 1.0, "Use for example 0.001.");
        return new PlateauSchedule(patience, factor, minimumImprovement, minimum);
    }

    /// <summary>Both schedules at once: their factors are multiplied.</summary>
    /// <param name="other">The other schedule.</param>
    public LearningRateSchedule Times(LearningRateSchedule other)
    {
        System.ArgumentNullException.ThrowIfNull(other);
        return new ProductSchedule(this, other);
    }

    /// <summary>What the learning rate of an update is multiplied by.</summary>
    /// <param name="moment">How far training has come.</param>
    /// <returns>0 or more.</returns>
    public abstract double Factor(ScheduleMoment moment);
}
