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

        bool hasMovedMaxima = SendsErrors && !Layer.IsIntegral && HasMovedMaxima();
        double nextMoment = Layer.IsIntegral ? double.NegativeInfinity : MomentBefore(double.PositiveInfinity);
        for (int k = Arrivals.Used - 1; k >= 0; k--)
        {
            double time = Arrivals.Time[k];
            if (Arrivals.Time[k + 1] > time)
            {
                Move(Stretches[k]);
            }

            // An arrival at the very moment of an output came too late to be seen.
            while (nextMoment > time)
            {
                AddMoment(nextMoment, time);
                nextMoment = MomentBefore(nextMoment);
            }

            nint at = (nint)Arrivals.Neuron[k] * Stride;
            float* row = Input + at;
            float value = Arrivals.HasValues ? Arrivals.Value[k] : 1;
            SegmentLoops<TLane>.AddScaled(Scratch.I, value, Gradient + at, Stride);
            if (SendsErrors)
            {
                Arrivals.Error[k] = RowLoops<TLane>.DotDifference(row, Scratch.V, Scratch.I, Stride);
            }

            if (Layer.IsIntegral)
            {
                AddDriven(k, Gradient + at, value, row);
            }
            else if (hasMovedMaxima)
            {
                AddMovedMaxima(k);
            }
        }
    }

    private readonly void Move(SegmentDecay decay)
    {
        for (int j = 0; j < Stride; j += TLane.Width)
        {
            TLane v = TLane.Load(Scratch.V + j);
            TLane i = TLane.Load(Scratch.I + j);
            decay.StepBack(ref v, ref i);
            TLane.Store(Denormal.Flush(v), Scratch.V + j);
            TLane.Store(Denormal.Flush(i), Scratch.I + j);
        }
    }

    /// <summary>The last moment of an output before a time, or minus infinity.</summary>
    private readonly double MomentBefore(double time)
    {
        double last = double.NegativeInfinity;
        for (int n = 0; n < Outputs; n++)
        {
            double moment = Slot.Moments.Time[n];
            last = moment < time ? Math.Max(last, moment) : last;
        }

        return last;
    }

    /// <summary>Adds the impulses of the outputs that are read at a moment, seen from a time before it.</summary>
    private readonly void AddMoment(double moment, double time)
    {
        SegmentDecay decay = Layer.Membrane.Over(moment - time);
        for (int n = 0; n < Outputs; n++)
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

    private readonly bool HasMovedMaxima()
    {
        bool any = false;
        for (int n = 0; n < Outputs; n++)
        {
            any |= !IsSpike(n) && Slot.Moments.Arrival[n] >= 0;
        }

        return any;
    }

    private readonly void AddDriven(int arrival, float* gradient, float value, float* row)
    {
        double weight = Layer.Integral.Weight(Arrivals.Time[arrival]);
        double error = 0;
        for (int n = 0; n < Outputs; n++)
        {
            double drive = Slot.LossByReadout[n] * weight;
            gradient[n] += value * (float)(drive * Layer.Integral.DrivenI);
            error += row[n] * drive * (Layer.Integral.DrivenV - Layer.Integral.DrivenI);
        }

        if (SendsErrors)
        {
            Arrivals.Error[arrival] += (float)error;
        }
    }

    /// <summary>A spike that ends the rise of a maximum moves it; the adjoint between the arrivals does not see that.</summary>
    private readonly void AddMovedMaxima(int arrival)
    {
        OutputMoments moments = Slot.Moments;
        for (int n = 0; n < Outputs; n++)
        {
            if (!IsSpike(n) && moments.Arrival[n] == arrival)
            {
                Arrivals.Error[arrival] += ReadoutEquations.MovedMaximum(
                    moments.Loss[n], moments.Slope[n], (float)Layer.Membrane.MembraneTime);
            }
        }
    }
}
