using ILGPU;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>The loss of one output in one trial, by all threads of a block.</summary>
internal static class TrialLoss
{
    /// <summary>Turns readouts into scores; or, to learn, into the derivatives of the loss, which it reports.</summary>
    /// <param name="output">The output.</param>
    /// <param name="slot">The trial.</param>
    /// <param name="value">Shared memory, shape [thread].</param>
    /// <param name="index">Shared memory, shape [thread].</param>
    /// <remarks>The thread of an output writes its ∂L/∂Y; all threads see every ∂L/∂V.</remarks>
    public static void Take(in LossViews output, int slot, ArrayView<float> value, ArrayView<int> index)
    {
        if (output.ReadsEveryStep != 0)
        {
            RunSteps(output, slot, value);
        }
        else
        {
            RunTrial(output, slot, value, index);
        }
    }

    /// <summary>Score, and learn, from a readout of every step.</summary>
    private static void RunSteps(in LossViews output, int slot, ArrayView<float> value)
    {
        if (output.Learns == 0)
        {
            StepLoss.ToScores(output, slot);
            return;
        }

        float correct = Sum(value, StepLoss.Correct(output, slot));
        LearnSteps(output, slot, (int)correct, value);
    }

    /// <summary>Score, and learn, from the readout of the trial.</summary>
    private static void RunTrial(in LossViews output, int slot, ArrayView<float> value, ArrayView<int> index)
    {
        int label = 0;
        float labelReadout = 0, maximum = 0, total = 0;
        float correct = 0;
        if (output.Loss == LossKind.SoftmaxCrossEntropy)
        {
            label = output.Learns == 0 ? 0 : StepLoss.ClassOf(output, slot, 0);
            labelReadout = output.Readout[(long)slot * output.Classes + label];
            maximum = FindMaximum(output, slot, value, index, out int best);
            total = ToProbabilities(output, slot, maximum, value);
            correct = best == label ? 1 : 0;
        }

        if (output.Learns == 0)
        {
            return;
        }

        if (output.Loss == LossKind.SigmoidCrossEntropy)
        {
            correct = Sum(value, Correct(output, slot));
        }

        if (output.LearnsEveryStep != 0)
        {
            LearnSteps(output, slot, (int)correct, value);
            return;
        }

        float loss = output.Loss == LossKind.SoftmaxCrossEntropy
            ? SoftmaxEquations.Loss(labelReadout, maximum, total)
            : Sum(value, Loss(output, slot)) / output.Classes;
        float others = output.Loss == LossKind.SoftmaxCrossEntropy ? Sum(value, Others(output, slot, label)) : 0;
        float weight = WeightOf(output, slot);
        Report(output, slot, weight * loss, (int)correct);
        for (int k = Group.IdxX; k < output.Classes; k += Group.DimX)
        {
            float y = output.Readout[(long)slot * output.Classes + k];
            output.Readout[(long)slot * output.Classes + k] = weight / output.Batch.Size * (output.Loss == LossKind.SoftmaxCrossEntropy
                ? SoftmaxEquations.LossByReadout(y, others, k == label)
                : LossEquations.LossByOutput(output.Loss, y, StepLoss.ValueOf(output, slot, 0, k)) / output.Classes);
        }
    }

    /// <summary>Loss of every step; leaves its derivatives.</summary>
    private static void LearnSteps(in LossViews output, int slot, int correct, ArrayView<float> value)
    {
        float weight = WeightOf(output, slot);
        float loss = Sum(value, StepLoss.Derive(output, slot, weight / output.Batch.Size));
        Report(output, slot, weight * loss, correct);
    }

    /// <summary>What a trial's loss counts for.</summary>
    public static float WeightOf(in LossViews output, int slot) =>
        Interop.IntAsFloat((uint)output.Batch.Weight[slot]) * output.LossWeight;

    /// <summary>Adds the loss of an output to those of the outputs before it. One thread of a trial calls it.</summary>
    public static void Write(in LossViews output, int slot, float loss, int correct)
    {
        float before = output.IsFirst != 0 ? 0 : Interop.IntAsFloat((uint)output.Batch.Loss[slot]);
        float further = output.IsFirst == 0 ? Interop.IntAsFloat((uint)output.Batch.FurtherLoss[slot])
            : output.LossWeight > 0 ? -loss / output.LossWeight
            : 0;
        output.Batch.Loss[slot] = (int)Interop.FloatAsInt(before + loss);
        output.Batch.FurtherLoss[slot] = (int)Interop.FloatAsInt(further + loss);
        if (output.IsFirst != 0)
        {
            output.Batch.Correct[slot] = correct;
        }
    }

    private static void Report(in LossViews output, int slot, float loss, int correct)
    {
        if (Group.IdxX == 0)
        {
            Write(output, slot, loss, correct);
        }
    }

    /// <summary>This thread's part of the sum of the losses of all outputs.</summary>
    private static float Loss(in LossViews output, int slot)
    {
        float loss = 0;
        for (int k = Group.IdxX; k < output.Classes; k += Group.DimX)
        {
            loss += LossEquations.OutputLoss(
                output.Loss, output.Readout[(long)slot * output.Classes + k], StepLoss.ValueOf(output, slot, 0, k));
        }

        return loss;
    }

    /// <summary>This thread's part of the sum of the probabilities of all classes but the label.</summary>
    private static float Others(in LossViews output, int slot, int label)
    {
        float others = 0;
        for (int k = Group.IdxX; k < output.Classes; k += Group.DimX)
        {
            others += SoftmaxEquations.OtherThan(label, k, output.Readout[(long)slot * output.Classes + k]);
        }

        return others;
    }

    /// <summary>This thread's number of outputs on the side of their targets.</summary>
    private static int Correct(in LossViews output, int slot)
    {
        int correct = 0;
        for (int k = Group.IdxX; k < output.Classes; k += Group.DimX)
        {
            correct += SigmoidEquations.IsCorrect(
                output.Readout[(long)slot * output.Classes + k], StepLoss.ValueOf(output, slot, 0, k)) ? 1 : 0;
        }

        return correct;
    }

    /// <summary>Sums what each thread has, in their order. All threads get the sum and see what was written before.</summary>
    private static float Sum(ArrayView<float> value, float part)
    {
        value[Group.IdxX] = part;
        Group.Barrier();
        float total = 0;
        for (int thread = 0; thread < Group.DimX; thread++)
        {
            total += value[thread];
        }

        Group.Barrier();
        return total;
    }

    /// <summary>Finds the highest readout of a trial. All threads get the same.</summary>
    /// <param name="output">The layer.</param>
    /// <param name="slot">The trial.</param>
    /// <param name="value">Shared memory, shape [thread].</param>
    /// <param name="index">Shared memory, shape [thread].</param>
    /// <param name="best">Class of the highest readout, the first one where several are equal.</param>
    private static float FindMaximum(
        in LossViews output, int slot, ArrayView<float> value, ArrayView<int> index, out int best)
    {
        long first = (long)slot * output.Classes;
        float maximum = float.NegativeInfinity;
        best = 0;
        for (int k = Group.IdxX; k < output.Classes; k += Group.DimX)
        {
            float readout = output.Readout[first + k];
            if (readout > maximum)
            {
                maximum = readout;
                best = k;
            }
        }

        value[Group.IdxX] = maximum;
        index[Group.IdxX] = best;
        Group.Barrier();
        for (int thread = 0; thread < Group.DimX; thread++)
        {
            float other = value[thread];
            if (other > maximum || (other == maximum && index[thread] < best))
            {
                maximum = other;
                best = index[thread];
            }
        }

        Group.Barrier();
        return maximum;
    }

    /// <summary>Replaces the readouts of a trial by probabilities.</summary>
    /// <returns>The sum of all exponentials; all threads get the same.</returns>
    private static float ToProbabilities(in LossViews output, int slot, float maximum, ArrayView<float> value)
    {
        long first = (long)slot * output.Classes;
        float sum = 0;
        for (int k = Group.IdxX; k < output.Classes; k += Group.DimX)
        {
            float exponential = SoftmaxEquations.Exponential(output.Readout[first + k], maximum);
            output.Readout[first + k] = exponential;
            sum += exponential;
        }

        float total = Sum(value, sum);
        for (int k = Group.IdxX; k < output.Classes; k += Group.DimX)
        {
            output.Readout[first + k] = SoftmaxEquations.Probability(output.Readout[first + k], total);
        }

        return total;
    }
}
