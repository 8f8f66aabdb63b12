using System.Runtime.CompilerServices;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Exact;

/// <summary>Runs the adjoint of one spiking layer backward through one trial, from arrival to arrival.</summary>
/// <remarks>All neurons are moved at once; those that spiked since the last arrival go ahead one by one and jump on the way.</remarks>
internal unsafe ref struct SpikingBackward<TLane>
    where TLane : struct, ISimdLane<TLane>
{
    public required ExactLayer Layer;

    public required float GrazingLimit;

    /// <summary>Length of the trial in milliseconds.</summary>
    public required double Duration;

    /// <summary>Number of neurons, padded to whole lanes; also the distance between two rows of weights and of the trace.</summary>
    public required int Stride;

    /// <summary>Weights from the layer before, shape [row, neuron].</summary>
    public required float* Input;

    public required EventTape Arrivals;

    /// <summary>Whether the arrivals are spikes of neurons, which receive errors.</summary>
    public required bool SendsErrors;

    public required ExactScratch Scratch;

    /// <summary>The spikes of this layer, with the errors that the next layer sent back.</summary>
    public required EventTape Tape;

    /// <summary>What regularisation takes from λV at each spike, shape [neuron], or null.</summary>
    public required float* Push;

    /// <summary>Receives λI at every arrival that is used, shape [arrival, neuron].</summary>
    public required float* Trace;

    /// <summary>How many spikes were so close to grazing the threshold that the limit acted.</summary>
    public int Grazing { get; private set; }

    public void Run()
    {
        Unsafe.InitBlock(Scratch.V, 0, (uint)(Stride * sizeof(float)));
        Unsafe.InitBlock(Scratch.I, 0, (uint)(Stride * sizeof(float)));
        new System.Span<double>(Scratch.Reached, Stride).Fill(double.NaN);
        double now = Duration;
        int spike = Tape.Used;
        for (int k = Arrivals.Used - 1; k >= 0; k--)
        {
            double time = Arrivals.Time[k];
            if (time < now)
            {
                spike = Back(now, time, spike);
                now = time;
            }

            float* trace = Trace + (nint)k * Stride;
            Unsafe.CopyBlock(trace, Scratch.I, (uint)(Stride * sizeof(float)));
            if (SendsErrors)
            {
                Arrivals.Error[k] = RowLoops<TLane>.DotDifference(
                    Input + (nint)Arrivals.Neuron[k] * Stride, Scratch.V, Scratch.I, Stride);
            }
        }
    }

    /// <summary>Moves the layer back through one stretch; returns the number of spikes that are left.</summary>
    private int Back(double now, double time, int spike)
    {
        int touched = 0;

        // A spike at the very time of an arrival came first: it lies in the stretch before.
        while (spike > 0 && Tape.Time[spike - 1] > time)
        {
            Jump(--spike, now, ref touched);
        }

        SegmentDecay decay = Layer.Membrane.Over(now - time);
        float* ahead = Scratch.Ahead;
        for (int n = 0; n < touched; n++)
        {
            int neuron = Scratch.Touched[n];
            (double v, double i) = Layer.Membrane.Over(Scratch.Reached[neuron] - time).StepBack(Scratch.V[neuron], Scratch.I[neuron]);
            (ahead[2 * n], ahead[2 * n + 1]) = ((float)v, (float)i);
            Scratch.Reached[neuron] = double.NaN;
        }

        for (int j = 0; j < Stride; j += TLane.Width)
        {
            TLane v = TLane.Load(Scratch.V + j);
            TLane i = TLane.Load(Scratch.I + j);
            decay.StepBack(ref v, ref i);
            TLane.Store(Denormal.Flush(v), Scratch.V + j);
            TLane.Store(Denormal.Flush(i), Scratch.I + j);
        }

        for (int n = 0; n < touched; n++)
        {
            int neuron = Scratch.Touched[n];
            (Scratch.V[neuron], Scratch.I[neuron]) = (ahead[2 * n], ahead[2 * n + 1]);
        }

        return spike;
    }

    private void Jump(int spike, double now, ref int touched)
    {
        int neuron = Tape.Neuron[spike];
        double from = Scratch.Reached[neuron];
        if (double.IsNaN(from))
        {
            from = now;
            Scratch.Touched[touched++] = neuron;
        }

        (double lambdaV, double lambdaI) = Layer.Membrane.Over(from - Tape.Time[spike]).StepBack(Scratch.V[neuron], Scratch.I[neuron]);
        float current = Tape.Current[spike];
        float slope = Layer.Spike.Slope(current, GrazingLimit);
        Grazing += slope == GrazingLimit ? 1 : 0;
        float push = SpikeEquations.Push((float)lambdaV, current - Layer.Reset);
        float regularisation = Push == null ? 0 : Push[neuron];
        Scratch.V[neuron] = SpikeEquations.LambdaVBeforeSpike(push, Tape.Error[spike], slope) - regularisation;
        Scratch.I[neuron] = (float)lambdaI;
        Scratch.Reached[neuron] = Tape.Time[spike];
    }
}
