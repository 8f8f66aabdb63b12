using System;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Exact;

/// <summary>Runs the adjoint of one recurrent layer backward through one trial, from moment to moment.</summary>
/// <remarks>
/// A spike of the layer is an arrival at the layer too: Σ w·(λV - λI) over its recurrent weights, with λ as it is after the moment,
/// joins what the next layer sent back, and λI is the gradient of those weights (Wunderlich and Pehle, Sci. Rep. 11:12829 (2021),
/// Table 2). A weight of a neuron to itself needs nothing else: what it adds to the slope after the reset is the part w·λV of that sum.
/// </remarks>
internal unsafe ref struct RecurrentBackward<TLane>
    where TLane : struct, ISimdLane<TLane>
{
    /// <summary>The same layer without its recurrent weights.</summary>
    public required SpikingBackward<TLane> Free;

    /// <summary>Weights from the layer to itself, shape [row, neuron].</summary>
    public required float* Recurrent;

    public required MomentTable Moments;

    /// <summary>Receives the sum of λI over the spikes of each row; shape as the recurrent weights.</summary>
    public required float* RecurrentGradient;

    /// <summary>How many spikes were so close to grazing the threshold that the limit acted.</summary>
    public int Grazing { get; private set; }

    public void Run()
    {
        Free.Scratch.Clear(Free.Stride);
        for (int moment = Moments.MomentsUntil(Free.Arrivals.Used, Free.Tape.Used) - 1; moment >= 0; moment--)
        {
            // The loss sees the first spikes and the first arrivals, and none of the others.
            Arrivals(Moments.FirstArrival[moment], Math.Min(Moments.FirstArrival[moment + 1], Free.Arrivals.Used));
            Spikes(Moments.FirstSpike[moment], Math.Min(Moments.FirstSpike[moment + 1], Free.Tape.Used));
            Free.Move(Moments.StepBackFrom(moment));
            Free.Scratch.Turn();
        }
    }

    private readonly void Arrivals(int first, int end)
    {
        EventTape arrivals = Free.Arrivals;
        for (int k = first; k < end; k++)
        {
            float error = Collect(Free.Input, Free.Gradient, arrivals.Neuron[k], arrivals.HasValues ? arrivals.Value[k] : 1, Free.SendsErrors);
            if (Free.SendsErrors)
            {
                arrivals.Error[k] = error;
            }
        }
    }

    private void Spikes(int first, int end)
    {
        EventTape tape = Free.Tape;
        for (int k = first; k < end; k++)
        {
            tape.Error[k] += Collect(Recurrent, RecurrentGradient, tape.Neuron[k], 1, sendsErrors: true);
        }

        for (int k = first; k < end; k++)
        {
            int neuron = tape.Neuron[k];
            float current = Moments.Current[k];
            float slope = Free.Layer.Spike.Slope(current, Free.GrazingLimit);
            Grazing += slope == Free.GrazingLimit ? 1 : 0;
            float push = SpikeEquations.Push(Free.Scratch.V[neuron], current - Free.Layer.Reset);
            Free.Scratch.V[neuron] = SpikeEquations.LambdaVBeforeSpike(push, tape.Error[k], slope) - (Free.Push == null ? 0 : Free.Push[neuron]);
        }
    }

    /// <summary>Adds one arrival to the gradient of its row and gives its error Σ w·(λV - λI).</summary>
    private readonly float Collect(float* weights, float* gradient, int row, float value, bool sendsErrors)
    {
        nint at = (nint)row * Free.Stride;
        SegmentLoops<TLane>.AddScaled(Free.Scratch.I, value, gradient + at, Free.Stride);
        return sendsErrors ? RowLoops<TLane>.DotDifference(weights + at, Free.Scratch.V, Free.Scratch.I, Free.Stride) : 0;
    }
}
