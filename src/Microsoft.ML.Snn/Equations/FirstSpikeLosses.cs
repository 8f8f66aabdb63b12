namespace Microsoft.ML.Snn.Equations;

/// <summary>The losses of <see cref="FirstSpikeEquations"/> in a lane of one number: double on the CPU, single in kernels.</summary>
/// <param name="Temperature">See there.</param>
/// <param name="LateStrength">See there.</param>
/// <param name="LateTime">See there.</param>
/// <param name="Delay">See there.</param>
/// <param name="IsRelative">1 for the relative mean square error, 0 for the cross-entropy.</param>
/// <param name="HasLate">1 if the cross-entropy has its second term, else 0.</param>
internal readonly record struct FirstSpikeLosses<TLane>(
    TLane Temperature, TLane LateStrength, TLane LateTime, TLane Delay, int IsRelative, int HasLate)
    where TLane : struct, ILane<TLane>
{
    /// <summary>
    /// How many of its time constants the exponential of the second term may last: e^32 is 8e13, so that even the square of a
    /// derivative, which optimisers keep, is a number in single precision.
    /// </summary>
    private const float LongestRise = 32;

    /// <summary>The loss; puts ∂L/∂t in the place of every derivative.</summary>
    /// <param name="times">The times of the outputs.</param>
    /// <param name="outputs">Their number.</param>
    /// <param name="label">The class.</param>
    /// <param name="duration">Length of the trial in milliseconds: later times are those of silent outputs.</param>
    public TLane Loss<TTimes>(TTimes times, int outputs, int label, TLane duration)
        where TTimes : struct, IOutputTimes<TLane>, allows ref struct =>
        IsRelative != 0 ? RelativeSquares(times, outputs, label) : CrossEntropy(times, outputs, label, duration);

    /// <summary>Puts softmax(-t/temperature) in the place of every derivative.</summary>
    /// <returns>The earliest time, and the sum of exp((earliest - t)/temperature).</returns>
    public (TLane First, TLane Total) ToProbabilities<TTimes>(TTimes times, int outputs)
        where TTimes : struct, IOutputTimes<TLane>, allows ref struct
    {
        TLane first = times.TimeOf(0);
        for (int k = 1; k < outputs; k++)
        {
            first = TLane.Min(first, times.TimeOf(k));
        }

        TLane total = TLane.Splat(0);
        for (int k = 0; k < outputs; k++)
        {
            TLane odds = TLane.Exp((first - times.TimeOf(k)) / Temperature);
            times.SetDerivative(k, odds);
            total += odds;
        }

        for (int k = 0; k < outputs; k++)
        {
            times.SetDerivative(k, times.DerivativeOf(k) / total);
        }

        return (first, total);
    }

    private TLane CrossEntropy<TTimes>(TTimes times, int outputs, int label, TLane duration)
        where TTimes : struct, IOutputTimes<TLane>, allows ref struct
    {
        (TLane first, TLane total) = ToProbabilities(times, outputs);

        // 1 - p[label] as the sum of the others: see SoftmaxEquations.LossByReadout.
        TLane others = TLane.Splat(0);
        for (int k = 0; k < outputs; k++)
        {
            others += k == label ? TLane.Splat(0) : times.DerivativeOf(k);
        }

        for (int k = 0; k < outputs; k++)
        {
            times.SetDerivative(k, (k == label ? others : -times.DerivativeOf(k)) / Temperature);
        }

        TLane loss = TTimes.Log(total) + (times.TimeOf(label) - first) / Temperature;
        if (HasLate == 0)
        {
            return loss;
        }

        // Behind the joint the tangent: a silent output has a time without bound, and its exponential would be no number.
        TLane joint = TLane.Min(duration, TLane.Splat(LongestRise) * LateTime);
        TLane rising = TLane.Min(times.TimeOf(label), joint);
        TLane late = LateStrength * TLane.Exp(rising / LateTime);
        times.SetDerivative(label, times.DerivativeOf(label) + late / LateTime);
        return loss + (late - LateStrength) + late / LateTime * (times.TimeOf(label) - rising);
    }

    private TLane RelativeSquares<TTimes>(TTimes times, int outputs, int label)
        where TTimes : struct, IOutputTimes<TLane>, allows ref struct
    {
        TLane loss = TLane.Splat(0), byLabel = TLane.Splat(0);
        TLane share = TLane.Splat(1) / TLane.Splat(outputs > 2 ? outputs - 1 : 1);
        for (int k = 0; k < outputs; k++)
        {
            if (k != label)
            {
                TLane miss = times.TimeOf(k) - times.TimeOf(label) - Delay;
                loss += TLane.Splat(0.5f) * share * miss * miss;
                times.SetDerivative(k, share * miss);
                byLabel -= share * miss;
            }
        }

        times.SetDerivative(label, byLabel);
        return loss;
    }
}
