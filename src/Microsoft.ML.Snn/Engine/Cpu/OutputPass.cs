using System.Runtime.CompilerServices;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>Runs the output layer through one trial, forward to the readouts and backward from the loss.</summary>
internal unsafe ref struct OutputPass<TLane>
    where TLane : struct, ISimdLane<TLane>
{
    public required MembraneEquations Membrane;
    public required bool IsMaximum;

    /// <summary>∂Y/∂V at the end of each step, shape [step]; unused for the maximum.</summary>
    public required float* ReadoutWeight;

    /// <summary>Receives V at the end of each step, then holds ∂L/∂V of each step; shape [step, output]; null where no step is read.</summary>
    public required float* StepReadout;

    /// <summary>Number of outputs, padded to whole lanes; also the distance between two rows.</summary>
    public required int Stride;
    public required int Steps;

    /// <summary>Weights from the layer before, shape [row, output].</summary>
    public required float* Input;
    public required EventList Events;

    /// <summary>Current added at every step, shape [output], or null.</summary>
    public required float* Drive;

    /// <summary>Scratch memory of shape [output] each; λV and λI take the place of V and I in the backward pass.</summary>
    public required float* V;
    public required float* I;

    /// <summary>Receives the readouts Y; shape [output].</summary>
    public required float* Readout;

    /// <summary>Step that ended at the maximum of each output, and the slope I - V there; shape [output]; only for the maximum.</summary>
    public required int* MaximumStep;
    public required float* MaximumSlope;

    public readonly void Forward()
    {
        Unsafe.InitBlock(V, 0, (uint)(Stride * sizeof(float)));
        Unsafe.InitBlock(I, 0, (uint)(Stride * sizeof(float)));
        for (int j = 0; j < Stride; j++)
        {
            Readout[j] = IsMaximum ? float.NegativeInfinity : 0;
        }

        int end = 0;
        for (int step = 0; step < Steps; step++)
        {
            int first = end;
            end = Events.End == null ? 0 : Events.End[step];
            for (int j = 0; j < Stride; j += TLane.Width)
            {
                Step(step, first, end, j);
            }
        }
    }

    /// <summary>Writes λI of every step, given ∂L/∂Y or ∂L/∂V of every step, and sends the errors to the layer before.</summary>
    /// <param name="lossByReadout">∂L/∂Y, shape [output]; 0 in the padding; null where the loss is of every step.</param>
    /// <param name="trace">Receives λI at every step, shape [step, output], or null.</param>
    /// <param name="traceSum">Receives the sum of λI over the steps, shape [output], or null.</param>
    /// <param name="presynaptic">Receives the errors, or null if the input are not neurons.</param>
    public readonly void Backward(float* lossByReadout, float* trace, float* traceSum, SpikeTape? presynaptic)
    {
        float* lambdaV = V;
        float* lambdaI = I;
        Unsafe.InitBlock(lambdaV, 0, (uint)(Stride * sizeof(float)));
        Unsafe.InitBlock(lambdaI, 0, (uint)(Stride * sizeof(float)));
        if (traceSum != null)
        {
            Unsafe.InitBlock(traceSum, 0, (uint)(Stride * sizeof(float)));
        }

        for (int step = Steps - 1; step >= 0; step--)
        {
            for (int j = 0; j < Stride; j++)
            {
                lambdaV[j] += lossByReadout == null
                    ? ReadoutEquations.Drive(StepReadout[(nint)step * Stride + j], 1, Membrane.MembraneTime)
                    : ReadoutEquations.Drive(
                        lossByReadout[j], IsMaximum ? (MaximumStep[j] == step ? 1 : 0) : ReadoutWeight[step], Membrane.MembraneTime);
            }

            RowLoops<TLane>.StepBack(
                Membrane, lambdaV, lambdaI, trace == null ? null : trace + (nint)step * Stride, traceSum, Stride);
            if (presynaptic != null)
            {
                RowLoops<TLane>.SendErrors(presynaptic, step, Input, lambdaV, lambdaI, Stride);
                if (IsMaximum && lossByReadout != null && step > 0)
                {
                    SendMovedMaxima(lossByReadout, step, presynaptic);
                }
            }
        }
    }

    /// <summary>A spike that ends the rise of a maximum moves it; the adjoint between the spikes does not see that.</summary>
    private readonly void SendMovedMaxima(float* lossByReadout, int gridIndex, SpikeTape presynaptic)
    {
        float error = 0;
        for (int j = 0; j < Stride; j++)
        {
            error += MaximumStep[j] == gridIndex - 1
                ? ReadoutEquations.MovedMaximum(lossByReadout[j], MaximumSlope[j], Membrane.MembraneTime)
                : 0;
        }

        for (int k = presynaptic.End[gridIndex - 1]; k < presynaptic.End[gridIndex]; k++)
        {
            presynaptic.Error[k] += error;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Step(int step, int first, int end, int j)
    {
        TLane i = TLane.Load(I + j);
        for (int k = first; k < end; k++)
        {
            TLane row = TLane.Load(Input + (nint)Events.Row[k] * Stride + j);
            i += Events.Value == null ? row : TLane.Splat(Events.Value[k]) * row;
        }

        if (Drive != null)
        {
            i += TLane.Load(Drive + j);
        }

        TLane v = TLane.Load(V + j);
        Membrane.Step(ref v, ref i);
        TLane.Store(v, V + j);
        TLane.Store(i, I + j);
        if (StepReadout != null)
        {
            TLane.Store(v, StepReadout + (nint)step * Stride + j);
        }

        if (IsMaximum)
        {
            for (int k = j; k < j + TLane.Width; k++)
            {
                if (V[k] > Readout[k])
                {
                    (Readout[k], MaximumStep[k], MaximumSlope[k]) = (V[k], step, I[k] - V[k]);
                }
            }
        }
        else
        {
            TLane.Store(TLane.Load(Readout + j) + TLane.Splat(ReadoutWeight[step]) * v, Readout + j);
        }
    }
}
