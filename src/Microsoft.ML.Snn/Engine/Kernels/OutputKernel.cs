using ILGPU;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>Leaky integrators forward, readout, loss, and the integrators' adjoint backward.</summary>
/// <remarks>
/// A block is one trial. What arrives at each step is summed first, by all threads at once; then a thread has every
/// class whose index modulo the block size is its own. Threads meet a few times, not once per step.
/// </remarks>
internal static class OutputKernel
{
    /// <summary>Most threads of a block.</summary>
    public const int MaximumThreads = 128;

    public static void Run(OutputParameters output)
    {
        ArrayView<float> value = SharedMemory.Allocate<float>(MaximumThreads);
        ArrayView<int> index = SharedMemory.Allocate<int>(MaximumThreads);
        int slot = Grid.IdxX;
        if (output.Input.Kind != ArrivalKind.ConstantCurrent)
        {
            Gather(output, slot);
        }

        Group.Barrier();
        for (int k = Group.IdxX; k < output.Classes; k += Group.DimX)
        {
            Integrate(output, slot, k);
        }

        Group.Barrier();
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
    private static void RunSteps(in OutputParameters output, int slot, ArrayView<float> value)
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
    private static void RunTrial(in OutputParameters output, int slot, ArrayView<float> value, ArrayView<int> index)
    {
        int label = 0;
        float labelReadout = 0, maximum = 0, total = 0;
        float correct = 0;
        if (output.Loss == LossKind.SoftmaxCrossEntropy)
        {
            label = output.Learns == 0 ? 0 : StepLoss.ClassOf(output, slot, 0);
            labelReadout = output.Probability[(long)slot * output.Classes + label];
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
        float weight = WeightOf(output, slot);
        Report(output, slot, weight * loss, (int)correct);
        for (int k = Group.IdxX; k < output.Classes; k += Group.DimX)
        {
            float y = output.Probability[(long)slot * output.Classes + k];
            Backward(output, slot, k, weight / output.Batch.Size * (output.Loss == LossKind.SoftmaxCrossEntropy
                ? SoftmaxEquations.LossByReadout(y, k == label)
                : LossEquations.LossByOutput(output.Loss, y, StepLoss.ValueOf(output, slot, 0, k)) / output.Classes));
        }

        if (output.IsMaximum != 0)
        {
            Group.Barrier();
            MoveMaxima(output, slot);
        }
    }

    /// <summary>Loss of every step, and the adjoint backward from it.</summary>
    private static void LearnSteps(in OutputParameters output, int slot, int correct, ArrayView<float> value)
    {
        float weight = WeightOf(output, slot);
        float loss = Sum(value, StepLoss.Derive(output, slot, weight / output.Batch.Size));
        Report(output, slot, weight * loss, correct);
        for (int k = Group.IdxX; k < output.Classes; k += Group.DimX)
        {
            Backward(output, slot, k, 0);
        }
    }

    private static float WeightOf(in OutputParameters output, int slot) => Interop.IntAsFloat((uint)output.Batch.Weight[slot]);

    private static void Report(in OutputParameters output, int slot, float loss, int correct)
    {
        if (Group.IdxX == 0)
        {
            output.Batch.Loss[slot] = (int)Interop.FloatAsInt(loss);
            output.Batch.Correct[slot] = correct;
        }
    }

    /// <summary>This thread's part of the sum of the losses of all outputs.</summary>
    private static float Loss(in OutputParameters output, int slot)
    {
        float loss = 0;
        for (int k = Group.IdxX; k < output.Classes; k += Group.DimX)
        {
            loss += LossEquations.OutputLoss(
                output.Loss, output.Probability[(long)slot * output.Classes + k], StepLoss.ValueOf(output, slot, 0, k));
        }

        return loss;
    }

    /// <summary>This thread's number of outputs on the side of their targets.</summary>
    private static int Correct(in OutputParameters output, int slot)
    {
        int correct = 0;
        for (int k = Group.IdxX; k < output.Classes; k += Group.DimX)
        {
            correct += SigmoidEquations.IsCorrect(
                output.Probability[(long)slot * output.Classes + k], StepLoss.ValueOf(output, slot, 0, k)) ? 1 : 0;
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

    /// <summary>Every (step, class) on its own: no thread waits for the steps before.</summary>
    private static void Gather(in OutputParameters output, int slot)
    {
        long first = (long)slot * output.Steps * output.Classes;
        for (int at = Group.IdxX; at < output.Steps * output.Classes; at += Group.DimX)
        {
            int step = at / output.Classes;
            output.Arrived[first + at] = output.Input.AddTo(0, slot, step, at - step * output.Classes);
        }
    }

    private static void Integrate(in OutputParameters output, int slot, int k)
    {
        bool isConstant = output.Input.Kind == ArrivalKind.ConstantCurrent;
        float drive = output.Input.ConstantDrive(slot, k, output.Membrane.CurrentGain);
        float readout = output.IsMaximum != 0 ? float.NegativeInfinity : 0;
        int maximumStep = 0;
        float maximumSlope = 0;
        var v = new FloatLane(0);
        var i = new FloatLane(0);
        long at = (long)slot * output.Steps * output.Classes + k;
        for (int step = 0; step < output.Steps; step++, at += output.Classes)
        {
            i += new FloatLane(isConstant ? drive : output.Arrived[at]);
            output.Membrane.Step(ref v, ref i);
            if (output.ReadsEveryStep != 0 || output.LearnsEveryStep != 0)
            {
                output.Arrived[at] = v.Value;
            }

            if (output.IsMaximum == 0)
            {
                readout += output.ReadoutWeight[step] * v.Value;
            }
            else if (v.Value > readout)
            {
                readout = v.Value;
                maximumStep = step;
                maximumSlope = i.Value - v.Value;
            }
        }

        output.Probability[(long)slot * output.Classes + k] = readout;
        if (output.IsMaximum != 0)
        {
            output.MaximumStep[(long)slot * output.Classes + k] = maximumStep;
            output.MaximumSlope[(long)slot * output.Classes + k] = maximumSlope;
        }
    }

    /// <summary>Finds the highest readout of a trial. All threads get the same.</summary>
    /// <param name="output">The layer.</param>
    /// <param name="slot">The trial.</param>
    /// <param name="value">Shared memory, shape [thread].</param>
    /// <param name="index">Shared memory, shape [thread].</param>
    /// <param name="best">Class of the highest readout, the first one where several are equal.</param>
    private static float FindMaximum(
        in OutputParameters output, int slot, ArrayView<float> value, ArrayView<int> index, out int best)
    {
        long first = (long)slot * output.Classes;
        float maximum = float.NegativeInfinity;
        best = 0;
        for (int k = Group.IdxX; k < output.Classes; k += Group.DimX)
        {
            float readout = output.Probability[first + k];
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
    private static float ToProbabilities(in OutputParameters output, int slot, float maximum, ArrayView<float> value)
    {
        long first = (long)slot * output.Classes;
        float sum = 0;
        for (int k = Group.IdxX; k < output.Classes; k += Group.DimX)
        {
            float exponential = SoftmaxEquations.Exponential(output.Probability[first + k], maximum);
            output.Probability[first + k] = exponential;
            sum += exponential;
        }

        float total = Sum(value, sum);
        for (int k = Group.IdxX; k < output.Classes; k += Group.DimX)
        {
            output.Probability[first + k] = SoftmaxEquations.Probability(output.Probability[first + k], total);
        }

        return total;
    }

    private static void Backward(in OutputParameters output, int slot, int k, float lossByReadout)
    {
        int maximumStep = -1;
        if (output.IsMaximum != 0 && output.LearnsEveryStep == 0)
        {
            long maximum = (long)slot * output.Classes + k;
            maximumStep = output.MaximumStep[maximum];
            output.MaximumSlope[maximum] = ReadoutEquations.MovedMaximum(
                lossByReadout, output.MaximumSlope[maximum], output.Membrane.MembraneTime);
        }

        var lambdaV = new FloatLane(0);
        var lambdaI = new FloatLane(0);
        float sum = 0;
        long at = ((long)slot * output.Steps + output.Steps - 1) * output.Classes + k;
        for (int step = output.Steps - 1; step >= 0; step--, at -= output.Classes)
        {
            float weight = output.IsMaximum == 0 ? output.ReadoutWeight[step] : step == maximumStep ? 1 : 0;
            lambdaV += new FloatLane(output.LearnsEveryStep == 0
                ? ReadoutEquations.Drive(lossByReadout, weight, output.Membrane.MembraneTime)
                : ReadoutEquations.Drive(output.Arrived[at], 1, output.Membrane.MembraneTime));
            output.Membrane.StepBack(ref lambdaV, ref lambdaI);
            output.Trace.Write(at, lambdaV.Value, lambdaI.Value);
            sum += lambdaI.Value;
        }

        if (output.Trace.WritesSum != 0)
        {
            output.Trace.Sum[(long)slot * output.Classes + k] = sum;
        }
    }

    /// <summary>A spike that ends the rise of a maximum moves it; the adjoint between the spikes does not see that.</summary>
    private static void MoveMaxima(in OutputParameters output, int slot)
    {
        long first = (long)slot * output.Classes;
        for (int step = Group.IdxX; step < output.Steps; step += Group.DimX)
        {
            float error = 0;
            for (int k = 0; k < output.Classes; k++)
            {
                error += output.MaximumStep[first + k] == step - 1 ? output.MaximumSlope[first + k] : 0;
            }

            output.MovedMaxima[(long)slot * output.Steps + step] = error;
        }
    }
}
