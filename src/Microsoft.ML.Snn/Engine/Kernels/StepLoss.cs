using ILGPU;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>The loss of the membrane at every step: each thread has the steps whose index modulo the block size is its own.</summary>
/// <remarks>V of every step is in <see cref="LossViews.StepReadout"/>.</remarks>
internal static class StepLoss
{
    /// <summary>Puts ∂L/∂V in the place of V.</summary>
    /// <returns>This thread's part of the unweighted loss.</returns>
    public static float Derive(in LossViews output, int slot, float scale)
    {
        int steps = output.Batch.Steps[slot];
        float share = output.Target.Rows == 1 ? LossEquations.StepShare(steps) : output.Target.Share[output.Batch.Example[slot]];
        float loss = 0;
        for (int step = Group.IdxX; step < steps; step += Group.DimX)
        {
            long first = ((long)slot * output.Steps + step) * output.Classes;
            loss += share * DeriveStep(output, slot, step, first, share * scale);
        }

        return loss;
    }

    /// <summary>Counts this thread's right decisions, one vector per step; before <see cref="Derive"/>.</summary>
    public static int Correct(in LossViews output, int slot)
    {
        int steps = output.Batch.Steps[slot];
        int correct = 0;
        for (int step = Group.IdxX; step < steps; step += Group.DimX)
        {
            long first = ((long)slot * output.Steps + step) * output.Classes;
            if (!HasLoss(output, slot, step))
            {
                continue;
            }

            if (output.Loss == LossKind.SoftmaxCrossEntropy)
            {
                correct += Best(output, first) == ClassOf(output, slot, step) ? 1 : 0;
            }

            for (int k = 0; k < output.Classes && output.Loss == LossKind.SigmoidCrossEntropy; k++)
            {
                correct += SigmoidEquations.IsCorrect(output.StepReadout[first + k], ValueOf(output, slot, step, k)) ? 1 : 0;
            }
        }

        return correct;
    }

    /// <summary>Puts probabilities in the place of V where outputs are classes.</summary>
    public static void ToScores(in LossViews output, int slot)
    {
        int steps = output.Batch.Steps[slot];
        for (int step = Group.IdxX; step < steps && output.Loss == LossKind.SoftmaxCrossEntropy; step += Group.DimX)
        {
            ToProbabilities(output, ((long)slot * output.Steps + step) * output.Classes, out _, out _);
        }
    }

    /// <summary>Class that an example should have; a target for the whole trial is that of every step.</summary>
    public static int ClassOf(in LossViews output, int slot, int step) =>
        output.Target.Class[(long)output.Batch.Example[slot] * output.Target.Rows + RowOf(output, step)];

    /// <summary>Number that an output should give.</summary>
    public static float ValueOf(in LossViews output, int slot, int step, int k) =>
        output.Target.Value[((long)output.Batch.Example[slot] * output.Target.Rows + RowOf(output, step)) * output.Classes + k];

    private static int RowOf(in LossViews output, int step) => output.Target.Rows == 1 ? 0 : step;

    private static bool HasLoss(in LossViews output, int slot, int step)
    {
        if (output.Target.AreClasses != 0)
        {
            return ClassOf(output, slot, step) != Target.NoClass;
        }

        return !float.IsNaN(ValueOf(output, slot, step, 0));
    }

    private static float DeriveStep(in LossViews output, int slot, int step, long first, float scale)
    {
        float loss = 0;
        if (!HasLoss(output, slot, step))
        {
            for (int k = 0; k < output.Classes; k++)
            {
                output.StepReadout[first + k] = 0;
            }
        }
        else if (output.Loss == LossKind.SoftmaxCrossEntropy)
        {
            int label = ClassOf(output, slot, step);
            float labelReadout = output.StepReadout[first + label];
            ToProbabilities(output, first, out float maximum, out float total);
            loss = SoftmaxEquations.Loss(labelReadout, maximum, total);
            float others = 0;
            for (int k = 0; k < output.Classes; k++)
            {
                others += SoftmaxEquations.OtherThan(label, k, output.StepReadout[first + k]);
            }

            for (int k = 0; k < output.Classes; k++)
            {
                output.StepReadout[first + k] = scale * SoftmaxEquations.LossByReadout(output.StepReadout[first + k], others, k == label);
            }
        }
        else
        {
            for (int k = 0; k < output.Classes; k++)
            {
                float y = output.StepReadout[first + k];
                float target = ValueOf(output, slot, step, k);
                loss += LossEquations.OutputLoss(output.Loss, y, target) / output.Classes;
                output.StepReadout[first + k] = scale / output.Classes * LossEquations.LossByOutput(output.Loss, y, target);
            }
        }

        return loss;
    }

    private static int Best(in LossViews output, long first)
    {
        int best = 0;
        for (int k = 1; k < output.Classes; k++)
        {
            best = output.StepReadout[first + k] > output.StepReadout[first + best] ? k : best;
        }

        return best;
    }

    private static void ToProbabilities(in LossViews output, long first, out float maximum, out float total)
    {
        maximum = output.StepReadout[first + Best(output, first)];
        total = 0;
        for (int k = 0; k < output.Classes; k++)
        {
            float exponential = SoftmaxEquations.Exponential(output.StepReadout[first + k], maximum);
            output.StepReadout[first + k] = exponential;
            total += exponential;
        }

        for (int k = 0; k < output.Classes; k++)
        {
            output.StepReadout[first + k] = SoftmaxEquations.Probability(output.StepReadout[first + k], total);
        }
    }
}
