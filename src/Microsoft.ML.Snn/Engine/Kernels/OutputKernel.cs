using ILGPU;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>Leaky integrators forward, readout, softmax, loss, and the integrators' adjoint backward.</summary>
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
        int label = output.Learns == 0 ? 0 : output.Batch.Label[slot];
        float labelReadout = output.Probability[(long)slot * output.Classes + label];
        float maximum = FindMaximum(output, slot, value, index, out int best);
        float total = ToProbabilities(output, slot, maximum, value);
        if (output.Learns == 0)
        {
            return;
        }

        float weight = Interop.IntAsFloat((uint)output.Batch.Weight[slot]);
        if (Group.IdxX == 0)
        {
            float loss = weight * SoftmaxEquations.Loss(labelReadout, maximum, total);
            output.Batch.Loss[slot] = (int)Interop.FloatAsInt(loss);
            output.Batch.Correct[slot] = best == label ? 1 : 0;
        }

        for (int k = Group.IdxX; k < output.Classes; k += Group.DimX)
        {
            float probability = output.Probability[(long)slot * output.Classes + k];
            float lossByReadout = weight / output.Batch.Size * SoftmaxEquations.LossByReadout(probability, k == label);
            Backward(output, slot, k, lossByReadout);
        }

        if (output.IsMaximum != 0)
        {
            Group.Barrier();
            MoveMaxima(output, slot);
        }
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

        value[Group.IdxX] = sum;
        Group.Barrier();
        float total = 0;
        for (int thread = 0; thread < Group.DimX; thread++)
        {
            total += value[thread];
        }

        for (int k = Group.IdxX; k < output.Classes; k += Group.DimX)
        {
            output.Probability[first + k] = SoftmaxEquations.Probability(output.Probability[first + k], total);
        }

        return total;
    }

    private static void Backward(in OutputParameters output, int slot, int k, float lossByReadout)
    {
        int maximumStep = -1;
        if (output.IsMaximum != 0)
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
            lambdaV += new FloatLane(ReadoutEquations.Drive(lossByReadout, weight, output.Membrane.MembraneTime));
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
