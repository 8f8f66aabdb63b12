using System;

namespace Microsoft.ML.Snn.Equations;

/// <summary>The loss of one example and its derivative by what the output layer gives.</summary>
/// <remarks>
/// <para>Of one vector y of K outputs: softmax cross-entropy of a class (<see cref="SoftmaxEquations"/>); the mean over
/// the outputs of the sigmoid cross-entropy (<see cref="SigmoidEquations"/>) or of the squared error
/// (<see cref="SquareEquations"/>).</para>
/// <para>Of a trial: with y = Y, the readout, once; or at every step with y = V, the output membrane at the end of the
/// step, and the mean over the steps that have a target. A target for the whole trial then counts at every step.</para>
/// <para>Source: Nowotny, Turner and Knight, Neuromorph. Comput. Eng. 5:014001 (2025), who compare losses of the
/// trial with losses of every step.</para>
/// </remarks>
/// <param name="Kind">Which loss.</param>
/// <param name="IsEveryStep">Whether it is taken of the membrane at every step, not once of the readout.</param>
internal readonly record struct LossEquations(LossKind Kind, bool IsEveryStep)
{
    /// <summary>Loss of the readout of a trial.</summary>
    /// <param name="target">A target of one row.</param>
    /// <param name="readout">Y, shape [output].</param>
    /// <param name="scale">Factor of the derivative: the example's weight over the size of the batch.</param>
    /// <param name="lossByReadout">Receives scale·∂L/∂Y, shape [output]; may be the memory of <paramref name="readout"/>.</param>
    /// <returns>L.</returns>
    public float OfTrial(Target target, Span<float> readout, float scale, Span<float> lossByReadout) =>
        OfRow(target, 0, readout, scale, lossByReadout);

    /// <summary>Loss of the membrane at every step.</summary>
    /// <param name="target">A target of one row, or of one row per step.</param>
    /// <param name="membrane">V at the end of every step in, scale·∂L/∂V out. Shape [step, stride].</param>
    /// <param name="stride">Distance between two steps, at least <paramref name="units"/>; what is beyond the outputs is left alone.</param>
    /// <param name="units">Number of outputs.</param>
    /// <param name="scale">Factor of the derivative: the example's weight over the size of the batch.</param>
    /// <returns>L.</returns>
    public float OfSteps(Target target, Span<float> membrane, int stride, int units, float scale)
    {
        int steps = membrane.Length / stride;
        bool hasRows = target.Rows > 1;
        float share = StepShare(hasRows ? target.RowsWithLoss : steps);
        float loss = 0;
        for (int step = 0; step < steps; step++)
        {
            Span<float> v = membrane.Slice(step * stride, units);
            if (target.HasLoss(hasRows ? step : 0))
            {
                loss += share * OfRow(target, hasRows ? step : 0, v, share * scale, v);
            }
            else
            {
                v.Clear();
            }
        }

        return loss;
    }

    /// <summary>What each of so many steps with a target contributes to the mean.</summary>
    public static float StepShare(int steps) => steps == 0 ? 0 : 1f / steps;

    /// <summary>Loss of one vector, and its derivative in place of it or elsewhere.</summary>
    public float OfRow(Target target, int row, Span<float> y, float scale, Span<float> derivative)
    {
        if (Kind == LossKind.SoftmaxCrossEntropy)
        {
            int label = target.Class(row);
            float labelReadout = y[label];
            y.CopyTo(derivative);
            (float maximum, float total) = SoftmaxEquations.ToProbabilities(derivative);
            SoftmaxEquations.ToLossByReadouts(derivative, label, scale);
            return SoftmaxEquations.Loss(labelReadout, maximum, total);
        }

        ReadOnlySpan<float> values = target.Values(row);
        float sum = 0;
        for (int k = 0; k < y.Length; k++)
        {
            sum += OutputLoss(Kind, y[k], values[k]);
            derivative[k] = scale / y.Length * LossByOutput(Kind, y[k], values[k]);
        }

        return sum / y.Length;
    }

    /// <summary>Loss of one output that has a number as its target, before the mean over the outputs.</summary>
    public static float OutputLoss(LossKind kind, float y, float target) => kind == LossKind.SigmoidCrossEntropy
        ? SigmoidEquations.Loss(y, target)
        : SquareEquations.Loss(y, target);

    /// <summary>Derivative of <see cref="OutputLoss"/> by y.</summary>
    public static float LossByOutput(LossKind kind, float y, float target) => kind == LossKind.SigmoidCrossEntropy
        ? SigmoidEquations.LossByReadout(y, target)
        : SquareEquations.LossByReadout(y, target);

    /// <summary>How many decisions of one vector are right: the class of the highest output, or every output's yes or no. A number is no decision.</summary>
    public int Correct(Target target, int row, ReadOnlySpan<float> y)
    {
        if (Kind == LossKind.SoftmaxCrossEntropy)
        {
            return System.Numerics.Tensors.TensorPrimitives.IndexOfMax(y) == target.Class(row) ? 1 : 0;
        }

        int correct = 0;
        for (int k = 0; k < y.Length && Kind == LossKind.SigmoidCrossEntropy; k++)
        {
            correct += SigmoidEquations.IsCorrect(y[k], target.Values(row)[k]) ? 1 : 0;
        }

        return correct;
    }

    /// <summary>How many decisions there are to get right in a trial.</summary>
    /// <param name="target">The target of the trial.</param>
    /// <param name="units">Number of outputs.</param>
    public int Decisions(Target target, int units) => Kind switch
    {
        LossKind.SoftmaxCrossEntropy => target.RowsWithLoss,
        LossKind.SigmoidCrossEntropy => target.RowsWithLoss * units,
        _ => 0,
    };

    /// <summary>Turns outputs into scores: probabilities of classes; all else stays as it is.</summary>
    public void ToScores(Span<float> y)
    {
        if (Kind == LossKind.SoftmaxCrossEntropy)
        {
            SoftmaxEquations.ToProbabilities(y);
        }
    }

    /// <summary>Loss of scores that <see cref="ToScores"/> made.</summary>
    public float OfScores(Target target, int row, ReadOnlySpan<float> scores)
    {
        if (Kind == LossKind.SoftmaxCrossEntropy)
        {
            return SoftmaxEquations.Loss(scores[target.Class(row)]);
        }

        float sum = 0;
        for (int k = 0; k < scores.Length; k++)
        {
            sum += OutputLoss(Kind, scores[k], target.Values(row)[k]);
        }

        return sum / scores.Length;
    }
}
