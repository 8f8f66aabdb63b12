using System;

namespace Microsoft.ML.Snn.Equations;

/// <summary>Softmax cross-entropy of one trial.</summary>
/// <remarks>
/// p = exp(y - max y)/Σ exp(y - max y), L = -ln p[label], ∂L/∂y = p - onehot(label).
/// Source: Bishop, Pattern Recognition and Machine Learning (2006), eqs. 4.104 and 4.109.
/// </remarks>
internal static class SoftmaxEquations
{
    /// <summary>Overwrites readouts with probabilities. Shape [class].</summary>
    /// <returns>max y and Σ exp(y - max y), from which <see cref="Loss(float, float, float)"/> follows for any size of y.</returns>
    public static (float Maximum, float Total) ToProbabilities(Span<float> readouts)
    {
        float maximum = float.NegativeInfinity;
        foreach (float y in readouts)
        {
            maximum = MathF.Max(maximum, y);
        }

        float total = 0;
        foreach (ref float y in readouts)
        {
            y = Exponential(y, maximum);
            total += y;
        }

        foreach (ref float y in readouts)
        {
            y = Probability(y, total);
        }

        return (maximum, total);
    }

    /// <summary>exp(y - max y), which cannot overflow.</summary>
    public static float Exponential(float readout, float maximum) => MathF.Exp(readout - maximum);

    /// <summary>The probability of a class, given its exponential and the sum over all classes.</summary>
    public static float Probability(float exponential, float total) => exponential / total;

    /// <summary>Cross-entropy given the label's readout, the largest readout and the sum of all exponentials.</summary>
    public static float Loss(float labelReadout, float maximum, float total) =>
        MathF.Log(total) + (maximum - labelReadout);

    /// <summary>Cross-entropy of a probability; finite down to the smallest float, so that one bad example is not infinite.</summary>
    public static float Loss(float probability) => -MathF.Log(MathF.Max(probability, float.Epsilon));

    /// <summary>Overwrites probabilities with scale·∂L/∂y. Shape [class].</summary>
    public static void ToLossByReadouts(Span<float> probabilities, int label, float scale)
    {
        float others = 0;
        for (int k = 0; k < probabilities.Length; k++)
        {
            others += OtherThan(label, k, probabilities[k]);
        }

        for (int k = 0; k < probabilities.Length; k++)
        {
            probabilities[k] = scale * LossByReadout(probabilities[k], others, k == label);
        }
    }

    /// <summary>What the probability of a class adds to the sum over all classes but the label.</summary>
    public static float OtherThan(int label, int k, float probability) => k == label ? 0 : probability;

    /// <summary>∂L/∂y of one class.</summary>
    /// <param name="probability">Its probability p.</param>
    /// <param name="others">Sum of the probabilities of all classes but the label.</param>
    /// <param name="isLabel">Whether it is the label.</param>
    /// <remarks>
    /// p[label] - 1 is taken as -Σ of the others: the same number, but where the network is sure the difference would have no more
    /// digits than the rounding of p leaves.
    /// </remarks>
    public static float LossByReadout(float probability, float others, bool isLabel) => isLabel ? -others : probability;
}
