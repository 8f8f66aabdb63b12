using ILGPU;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>The adjoint of one spiking neuron within one trial, moving backward in time.</summary>
internal struct AdjointNeuron
{
    public float LambdaV;
    public float LambdaI;

    /// <summary>What reached λV when the neuron was released from its refractory period; it belongs to the spike.</summary>
    public float ReleasePush;

    /// <summary>Sum of λI over the steps so far.</summary>
    public float Sum;

    /// <summary>Index of the newest spike not yet met, or -1.</summary>
    public int Unread;

    /// <summary>Grid index of that spike, or -1.</summary>
    public int NextSpike;

    /// <summary>Spikes so far whose slope was under the grazing limit.</summary>
    public int Grazing;

    /// <summary>At the end of a trial.</summary>
    public static AdjointNeuron AtEnd(in TapeViews tape, int slot, int unit)
    {
        int unread = tape.Kept(slot, unit) - 1;
        return new AdjointNeuron
        {
            Unread = unread,
            NextSpike = unread < 0 ? -1 : tape.Step[tape.First(slot, unit) + unread],
        };
    }

    /// <summary>Before its release a neuron's potential was held: what reached λV belongs to the spike.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="tape">Where the neuron's spikes begin on the tape.</param>
    /// <param name="gridIndex">1 to steps.</param>
    public void Release(in HiddenBackwardParameters layer, long tape, int gridIndex)
    {
        // A neuron spikes again only after its release, so that the newest unread spike is the one released.
        if (layer.Spike.RefractorySteps > 0 && Unread >= 0 && NextSpike + layer.Spike.RefractorySteps == gridIndex)
        {
            ReleasePush = SpikeEquations.Push(LambdaV, layer.Tape.ReleaseSlope[tape + Unread]);
            LambdaV = 0;
        }
    }

    /// <summary>Moves through a spike, if there is one.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="tape">Where the neuron's spikes begin on the tape.</param>
    /// <param name="gridIndex">1 to steps.</param>
    /// <param name="regularisation">What regularisation takes from λV.</param>
    public void Jump(in HiddenBackwardParameters layer, long tape, int gridIndex, float regularisation)
    {
        if (NextSpike != gridIndex)
        {
            return;
        }

        long at = tape + Unread;
        float slope = SpikeEquations.LimitedSlope(layer.Tape.Slope[at], layer.GrazingLimit);
        Grazing += slope == layer.GrazingLimit ? 1 : 0;
        float push = layer.Spike.RefractorySteps == 0
            ? SpikeEquations.Push(LambdaV, layer.Tape.ReleaseSlope[at])
            : ReleasePush;
        ReleasePush = 0;
        LambdaV = SpikeEquations.LambdaVBeforeSpike(push, layer.Tape.Error[at], slope) - regularisation;
        Unread--;
        NextSpike = Unread < 0 ? -1 : layer.Tape.Step[tape + Unread];
    }

    /// <summary>Moves one step back and writes the trace.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="at">Index into arrays of shape [slot, step, neuron].</param>
    public void StepBack(in HiddenBackwardParameters layer, long at)
    {
        var v = new FloatLane(LambdaV);
        var i = new FloatLane(LambdaI);
        layer.Membrane.StepBack(ref v, ref i);
        LambdaV = v.Value;
        LambdaI = i.Value;
        Sum += LambdaI;
        layer.Trace.Write(at, LambdaV, LambdaI);
    }

    /// <summary>Reports to the trial, once per neuron.</summary>
    public readonly void Close(in HiddenBackwardParameters layer, int slot, int unit)
    {
        if (layer.Trace.WritesSum != 0)
        {
            layer.Trace.Sum[(long)slot * layer.Units + unit] = Sum;
        }

        if (Grazing > 0)
        {
            Atomic.Add(ref layer.Batch.Grazing[slot], Grazing);
        }
    }

    /// <summary>What regularisation takes from a neuron's λV at each of its spikes.</summary>
    public static float Regularisation(in HiddenBackwardParameters layer, int unit) => layer.HasPush == 0
        ? 0
        : layer.SpikeCount.Push((float)layer.Tape.BatchCount[unit] / layer.Batch.Size, layer.Batch.Size);
}
