using System;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Exact;

/// <summary>Runs the adjoint of the output layer backward through one trial, from arrival to arrival.</summary>
/// <remarks>
/// A readout at one moment is an impulse on λV there; an integral is a drive whose solution is known at all times, so that
/// only the free rest is carried along.
/// </remarks>
internal unsafe ref struct OutputBackward<TLane>
    where TLane : struct, ISimdLane<TLane>
{
    public required ExactOutput Layer;

    public required float GrazingLimit;

    /// <summary>Length of the trial in milliseconds.</summary>
    public required double Duration;

    public required int Outputs;

    /// <summary>Number of outputs, padded to whole lanes; also the distance between two rows of weights and of their gradient.</summary>
    public required int Stride;

    /// <summary>Weights from the layer before, shape [row, output].</summary>
    public required float* Input;

    public required EventTape Arrivals;

    /// <summary>What lies between the arrivals.</summary>
    public required StretchTable Stretches;

    /// <summary>Whether the arrivals are spikes of neurons, which receive errors.</summary>
    public required bool SendsErrors;

    public required ExactScratch Scratch;

    /// <summary>The forward pass, with the derivatives of the loss.</summary>
    public required ExactSlot Slot;

    /// <summary>Receives the sum of λI over the arrivals from each row, times their values; shape as the weights.</summary>
    public required float* Gradient;

    /// <summary>How many outputs came so close to grazing the threshold that the limit acted.</summary>
    public int Grazing { get; private set; }

    public void Run()
    {
        Scratch.Clear(Stride);
        CountGrazing();
        double end = Layer.Integral.Weight(Duration);
        for (int n = 0; n < Outputs && Layer.IsIntegral; n++)
        {
            Scratch.V[n] = -(float)(Slot.LossByReadout[n] * Layer.Integral.DrivenV * end);
            Scratch.I[n] = -(float)(Slot.LossByReadout[n] * Layer.Integral.DrivenI * end);
        }

        for (int j = 0; j < Stride; j += TLane.Width)
        {
            Run(j);
        }

        if (Layer.IsIntegral)
        {
            AddDriven();
        }
        else if (SendsErrors)
        {
            AddMovedMaxima();
        }
    }

    /// <summary>Carries one lane of outputs, whose state stays in registers: there are many more arrivals than lanes.</summary>
    private readonly void Run(int j)
    {
        TLane v = TLane.Load(Scratch.V + j);
        TLane i = TLane.Load(Scratch.I + j);
        double* time = Arrivals.Time;
        int* neuron = Arrivals.Neuron;
        float* value = Arrivals.HasValues ? Arrivals.Value : null;
        float* error = Arrivals.Error;
        StretchRows stretches = Stretches.Rows;
        float* gradient = Gradient + j;
        float* input = Input + j;
        nint stride = Stride;
        bool sendsErrors = SendsErrors;
        double nextMoment = Layer.IsIntegral ? double.NegativeInfinity : MomentBefore(double.PositiveInfinity, j);
        for (int k = Arrivals.Used - 1; k >= 0; k--)
        {
            double now = time[k];
            if (time[k + 1] > now)
            {
                stretches[k].OnLanes<TLane>().StepBack(ref v, ref i);
            }

            // An arrival at the very moment of an output came too late to be seen.
            if (nextMoment > now)
            {
                TLane.Store(v, Scratch.V + j);
                TLane.Store(i, Scratch.I + j);
                for (; nextMoment > now; nextMoment = MomentBefore(nextMoment, j))
                {
                    AddMoment(nextMoment, now, j);
                }

                v = TLane.Load(Scratch.V + j);
                i = TLane.Load(Scratch.I + j);
            }

            if (k % Denormal.StepsBetweenFlushes == 0)
            {
                (v, i) = (Denormal.Flush(v), Denormal.Flush(i));
            }

            nint at = neuron[k] * stride;
            TLane arrived = value == null ? i : TLane.Splat(value[k]) * i;
            TLane.Store(TLane.Load(gradient + at) + arrived, gradient + at);
            if (sendsErrors)
            {
                float own = TLane.Sum(TLane.Load(input + at) * (v - i));
                error[k] = j == 0 ? own : error[k] + own;
            }
        }
    }

    /// <summary>The last moment of an output of a lane before a time, or minus infinity.</summary>
    private readonly double MomentBefore(double time, int j)
    {
        double last = double.NegativeInfinity;
        for (int n = j; n < Math.Min(j + TLane.Width, Outputs); n++)
        {
            double moment = Slot.Moments.Time[n];
            last = moment < time ? Math.Max(last, moment) : last;
        }

        return last;
    }

    /// <summary>Adds the impulses of the outputs of a lane that are read at a moment, seen from a time before it.</summary>
    private readonly void AddMoment(double moment, double time, int j)
    {
        SegmentDecay decay = Layer.Membrane.Over(moment - time);
        for (int n = j; n < Math.Min(j + TLane.Width, Outputs); n++)
        {
            if (Slot.Moments.Time[n] == moment)
            {
                (double v, double i) = decay.StepBack(Impulse(n), 0);
                Scratch.V[n] += (float)v;
                Scratch.I[n] += (float)i;
            }
        }
    }

    /// <summary>What the loss does to λV at the moment of an output.</summary>
    private readonly float Impulse(int output)
    {
        OutputMoments moments = Slot.Moments;
        return IsSpike(output)
            ? SpikeEquations.LambdaVBeforeSpike(push: 0, moments.Loss[output], Layer.Spike.Slope(moments.Current[output], GrazingLimit))
            : ReadoutEquations.Drive(moments.Loss[output], 1, (float)Layer.Membrane.MembraneTime);
    }

    private readonly bool IsSpike(int output) =>
        Layer.Readout == ReadoutKind.FirstSpikeTime && !float.IsNaN(Slot.Moments.Current[output]);

    private void CountGrazing()
    {
        for (int n = 0; n < Outputs && Layer.Readout == ReadoutKind.FirstSpikeTime; n++)
        {
            Grazing += IsSpike(n) && Layer.Spike.Slope(Slot.Moments.Current[n], GrazingLimit) == GrazingLimit ? 1 : 0;
        }
    }

    private readonly void AddDriven()
    {
        for (int k = 0; k < Arrivals.Used; k++)
        {
            double weight = Layer.Integral.Weight(Arrivals.Time[k]);
            float value = Arrivals.HasValues ? Arrivals.Value[k] : 1;
            nint at = (nint)Arrivals.Neuron[k] * Stride;
            double error = 0;
            for (int n = 0; n < Outputs; n++)
            {
                double drive = Slot.LossByReadout[n] * weight;
                Gradient[at + n] += value * (float)(drive * Layer.Integral.DrivenI);
                error += Input[at + n] * drive * (Layer.Integral.DrivenV - Layer.Integral.DrivenI);
            }

            if (SendsErrors)
            {
                Arrivals.Error[k] += (float)error;
            }
        }
    }

    /// <summary>A spike that ends the rise of a maximum moves it; the adjoint between the arrivals does not see that.</summary>
    private readonly void AddMovedMaxima()
    {
        OutputMoments moments = Slot.Moments;
        for (int n = 0; n < Outputs; n++)
        {
            if (!IsSpike(n) && moments.Arrival[n] >= 0)
            {
                Arrivals.Error[moments.Arrival[n]] += ReadoutEquations.MovedMaximum(
                    moments.Loss[n], moments.Slope[n], (float)Layer.Membrane.MembraneTime);
            }
        }
    }
}
