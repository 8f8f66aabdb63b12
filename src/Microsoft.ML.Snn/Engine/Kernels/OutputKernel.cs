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
        for (int k = Group.IdxX; k < output.Loss.Classes; k += Group.DimX)
        {
            Integrate(output, slot, k);
        }

        Group.Barrier();
        TrialLoss.Take(output.Loss, slot, value, index);
        for (int k = Group.IdxX; k < output.Loss.Classes && output.Loss.Learns != 0; k += Group.DimX)
        {
            Backward(output, slot, k, output.Loss.LearnsEveryStep != 0 ? 0 : output.Loss.Readout[(long)slot * output.Loss.Classes + k]);
        }

        if (output.Loss.Learns != 0 && output.Loss.LearnsEveryStep == 0 && output.IsMaximum != 0)
        {
            Group.Barrier();
            MoveMaxima(output, slot);
        }
    }

    /// <summary>Every (step, class) on its own: no thread waits for the steps before.</summary>
    private static void Gather(in OutputParameters output, int slot)
    {
        long first = (long)slot * output.Loss.Steps * output.Loss.Classes;
        for (int at = Group.IdxX; at < output.Loss.Steps * output.Loss.Classes; at += Group.DimX)
        {
            int step = at / output.Loss.Classes;
            output.Loss.StepReadout[first + at] = output.Input.AddTo(0, slot, step, at - step * output.Loss.Classes);
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
        long at = (long)slot * output.Loss.Steps * output.Loss.Classes + k;
        for (int step = 0; step < output.Loss.Steps; step++, at += output.Loss.Classes)
        {
            i += new FloatLane(isConstant ? drive : output.Loss.StepReadout[at]);
            output.Membrane.Step(ref v, ref i);
            if (output.Loss.ReadsEveryStep != 0 || output.Loss.LearnsEveryStep != 0)
            {
                output.Loss.StepReadout[at] = v.Value;
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

        output.Loss.Readout[(long)slot * output.Loss.Classes + k] = readout;
        if (output.IsMaximum != 0)
        {
            output.MaximumStep[(long)slot * output.Loss.Classes + k] = maximumStep;
            output.MaximumSlope[(long)slot * output.Loss.Classes + k] = maximumSlope;
        }
    }

    private static void Backward(in OutputParameters output, int slot, int k, float lossByReadout)
    {
        int maximumStep = -1;
        if (output.IsMaximum != 0 && output.Loss.LearnsEveryStep == 0)
        {
            long maximum = (long)slot * output.Loss.Classes + k;
            maximumStep = output.MaximumStep[maximum];
            output.MaximumSlope[maximum] = ReadoutEquations.MovedMaximum(
                lossByReadout, output.MaximumSlope[maximum], output.Membrane.MembraneTime);
        }

        var lambdaV = new FloatLane(0);
        var lambdaI = new FloatLane(0);
        float sum = 0;
        long at = ((long)slot * output.Loss.Steps + output.Loss.Steps - 1) * output.Loss.Classes + k;
        for (int step = output.Loss.Steps - 1; step >= 0; step--, at -= output.Loss.Classes)
        {
            float weight = output.IsMaximum == 0 ? output.ReadoutWeight[step] : step == maximumStep ? 1 : 0;
            lambdaV += new FloatLane(output.Loss.LearnsEveryStep == 0
                ? ReadoutEquations.Drive(lossByReadout, weight, output.Membrane.MembraneTime)
                : ReadoutEquations.Drive(output.Loss.StepReadout[at], 1, output.Membrane.MembraneTime));
            output.Membrane.StepBack(ref lambdaV, ref lambdaI);
            output.Trace.Write(at, lambdaV.Value, lambdaI.Value);
            sum += lambdaI.Value;
        }

        if (output.Trace.WritesSum != 0)
        {
            output.Trace.Sum[(long)slot * output.Loss.Classes + k] = sum;
        }
    }

    /// <summary>A spike that ends the rise of a maximum moves it; the adjoint between the spikes does not see that.</summary>
    private static void MoveMaxima(in OutputParameters output, int slot)
    {
        long first = (long)slot * output.Loss.Classes;
        for (int step = Group.IdxX; step < output.Loss.Steps; step += Group.DimX)
        {
            float error = 0;
            for (int k = 0; k < output.Loss.Classes; k++)
            {
                error += output.MaximumStep[first + k] == step - 1 ? output.MaximumSlope[first + k] : 0;
            }

            output.MovedMaxima[(long)slot * output.Loss.Steps + step] = error;
        }
    }
}
