using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>One spiking neuron within one trial, moving forward in time.</summary>
internal struct SpikingNeuron
{
    public float V;
    public float I;

    /// <summary>Steps left in the refractory period.</summary>
    public int Held;

    /// <summary>Spikes so far.</summary>
    public int Count;

    /// <summary>Moves one step forward and writes a spike on the tape.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="tape">Where the neuron's spikes begin on the tape.</param>
    /// <param name="step">0 to steps - 1.</param>
    /// <param name="arrived">The current with everything added that arrives at this step.</param>
    /// <returns>1 if the neuron spiked, else 0.</returns>
    public int Advance(in HiddenForwardParameters layer, long tape, int step, float arrived)
    {
        float before = V;
        var v = new FloatLane(before);
        var i = new FloatLane(arrived);
        layer.Membrane.Step(ref v, ref i);
        I = i.Value;
        if (Held > 0)
        {
            Held--;
            if (Held == 0 && Count <= layer.Tape.Capacity)
            {
                layer.Tape.ReleaseSlope[tape + Count - 1] = I - V;
            }

            return 0;
        }

        V = layer.Spike.ResetWhereSpiking(v).Value;
        if (!(v.Value >= layer.Spike.Threshold))
        {
            return 0;
        }

        if (Count < layer.Tape.Capacity)
        {
            float current = layer.Spike.CurrentAtSpike(before, v.Value, arrived, I);
            layer.Tape.Step[tape + Count] = step + 1;
            layer.Tape.Slope[tape + Count] = current - layer.Spike.Threshold;

            // Without a refractory period the neuron is released as it spikes.
            layer.Tape.ReleaseSlope[tape + Count] = layer.Spike.RefractorySteps > 0 ? 0 : current - V;
        }

        Held = layer.Spike.RefractorySteps;
        Count++;
        return 1;
    }
}
