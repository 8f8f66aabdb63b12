using System.Runtime.CompilerServices;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>Runs the adjoint of one spiking layer backward through one trial.</summary>
internal unsafe ref struct HiddenBackward<TLane>
    where TLane : struct, ISimdLane<TLane>
{
    public required MembraneEquations Membrane;
    public required SpikeEquations Spike;
    public required float GrazingLimit;

    /// <summary>Number of neurons, padded to whole lanes; also the distance between two rows of the weight matrices and the trace.</summary>
    public required int Stride;
    public required int Steps;

    /// <summary>The spikes of this layer, with the errors that the next layer sent back.</summary>
    public required SpikeTape Tape;

    /// <summary>Weights within the layer, shape [neuron, neuron], or null.</summary>
    public required float* Recurrent;

    /// <summary>What regularisation takes from λV at each spike, shape [neuron], or null.</summary>
    public required float* Push;

    /// <summary>Where this layer sends errors, or null if its input are not neurons.</summary>
    public required SpikeTape? Presynaptic;

    /// <summary>Weights from the layer before, shape [presynaptic neuron, neuron].</summary>
    public required float* Input;

    /// <summary>Receives λI at every step, shape [step, neuron], or null.</summary>
    public required float* Trace;

    /// <summary>Receives the sum of λI over the steps, shape [neuron], or null.</summary>
    public required float* TraceSum;

    /// <summary>Scratch memory of shape [neuron] each.</summary>
    public required float* LambdaV;
    public required float* LambdaI;
    public required float* ReleasePush;

    /// <summary>How many spikes were so close to grazing the threshold that the limit acted.</summary>
    public int Grazing { get; private set; }

    public void Run()
    {
        Unsafe.InitBlock(LambdaV, 0, (uint)(Stride * sizeof(float)));
        Unsafe.InitBlock(LambdaI, 0, (uint)(Stride * sizeof(float)));
        Unsafe.InitBlock(ReleasePush, 0, (uint)(Stride * sizeof(float)));
        if (TraceSum != null)
        {
            Unsafe.InitBlock(TraceSum, 0, (uint)(Stride * sizeof(float)));
        }

        for (int step = Steps - 1; step >= 0; step--)
        {
            CollectErrors(step + 1);
            Release(step + 1);
            Jump(step + 1);
            RowLoops<TLane>.StepBack(
                Membrane, LambdaV, LambdaI, Trace == null ? null : Trace + (nint)step * Stride, TraceSum, Stride);
            if (step % Denormal.StepsBetweenFlushes == 0)
            {
                RowLoops<TLane>.Flush(LambdaV, Stride);
                RowLoops<TLane>.Flush(LambdaI, Stride);
            }

            if (Presynaptic != null)
            {
                RowLoops<TLane>.SendErrors(Presynaptic, step, Input, LambdaV, LambdaI, Stride);
            }
        }
    }

    /// <summary>Takes all errors of a moment before any jump: its spikes do not see each other.</summary>
    private readonly void CollectErrors(int gridIndex)
    {
        if (Recurrent == null)
        {
            return;
        }

        for (int k = Tape.End[gridIndex - 1]; k < Tape.End[gridIndex]; k++)
        {
            float* row = Recurrent + (nint)Tape.Neuron[k] * Stride;
            Tape.Error[k] += RowLoops<TLane>.DotDifference(row, LambdaV, LambdaI, Stride);
        }
    }

    /// <summary>Before its release a neuron's potential was held: what reached λV belongs to the spike.</summary>
    private readonly void Release(int gridIndex)
    {
        int spikeIndex = gridIndex - Spike.RefractorySteps;
        if (Spike.RefractorySteps == 0 || spikeIndex < 1)
        {
            return;
        }

        for (int k = Tape.End[spikeIndex - 1]; k < Tape.End[spikeIndex]; k++)
        {
            int neuron = Tape.Neuron[k];
            ReleasePush[neuron] = SpikeEquations.Push(LambdaV[neuron], Tape.ReleaseSlope[k]);
            LambdaV[neuron] = 0;
        }
    }

    private void Jump(int gridIndex)
    {
        bool refractory = Spike.RefractorySteps > 0;
        int* neurons = Tape.Neuron;
        int end = Tape.End[gridIndex];
        for (int k = Tape.End[gridIndex - 1]; k < end; k++)
        {
            int neuron = neurons[k];
            float slope = Spike.Slope(Tape.Current[k], GrazingLimit);
            Grazing += slope == GrazingLimit ? 1 : 0;
            float push = refractory ? ReleasePush[neuron] : SpikeEquations.Push(LambdaV[neuron], Tape.ReleaseSlope[k]);
            ReleasePush[neuron] = 0;
            float regularisation = Push == null ? 0 : Push[neuron];
            LambdaV[neuron] = SpikeEquations.LambdaVBeforeSpike(push, Tape.Error[k], slope) - regularisation;
        }
    }
}
