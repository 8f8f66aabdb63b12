using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Exact;

/// <summary>Runs the adjoint of one spiking layer backward through one trial, from arrival to arrival.</summary>
/// <remarks>All neurons are moved at once; those that spiked in the stretch then go the same way again, one by one, and jump on it.</remarks>
internal unsafe ref struct SpikingBackward<TLane>
    where TLane : struct, ISimdLane<TLane>
{
    public required ExactLayer Layer;

    public required float GrazingLimit;

    /// <summary>Number of neurons, padded to whole lanes; also the distance between two rows of weights and of their gradient.</summary>
    public required int Stride;

    /// <summary>Weights from the layer before, shape [row, neuron].</summary>
    public required float* Input;

    public required EventTape Arrivals;

    /// <summary>What lies between the arrivals.</summary>
    public required StretchTable Stretches;

    /// <summary>Whether the arrivals are spikes of neurons, which receive errors.</summary>
    public required bool SendsErrors;

    public required ExactScratch Scratch;

    /// <summary>The spikes of this layer, with the errors that the next layer sent back.</summary>
    public required EventTape Tape;

    /// <summary>What regularisation takes from λV at each spike, shape [neuron], or null.</summary>
    public required float* Push;

    /// <summary>Receives the sum of λI over the arrivals from each row, times their values; shape as the weights.</summary>
    public required float* Gradient;

    /// <summary>How many spikes were so close to grazing the threshold that the limit acted.</summary>
    public int Grazing { get; private set; }

    public void Run()
    {
        Scratch.Clear(Stride);
        SpikeRecords records = Tape.Records;
        int end = Arrivals.Used < Arrivals.Count ? Stretches.FirstSpike[Arrivals.Used] : Tape.Count;
        for (int k = Arrivals.Used - 1; k >= 0; k--)
        {
            // Arrivals of one moment have no time between them.
            if (Arrivals.Time[k + 1] > Arrivals.Time[k] || k == Arrivals.Count - 1)
            {
                Move(Stretches[k]);
                int first = Stretches.FirstSpike[k];
                for (int n = end - 1; n >= first; n--)
                {
                    // What the loss can not see comes last in time, not in the records.
                    if (records.Place[n] < Tape.Used)
                    {
                        Jump(records, n);
                    }
                }

                end = first;
                Scratch.Turn();
            }

            nint row = (nint)Arrivals.Neuron[k] * Stride;
            SegmentLoops<TLane>.AddScaled(Scratch.I, Arrivals.HasValues ? Arrivals.Value[k] : 1, Gradient + row, Stride);
            if (SendsErrors)
            {
                Arrivals.Error[k] = RowLoops<TLane>.DotDifference(Input + row, Scratch.V, Scratch.I, Stride);
            }
        }
    }

    /// <summary>Moves all neurons to the start of a stretch as if none of them had spiked.</summary>
    public readonly void Move(SegmentDecay stretch)
    {
        SegmentLanes<TLane> decay = stretch.OnLanes<TLane>();
        float* vNow = Scratch.V;
        float* iNow = Scratch.I;
        float* vNext = Scratch.NextV;
        float* iNext = Scratch.NextI;
        for (int j = 0; j < Stride; j += TLane.Width)
        {
            TLane v = TLane.Load(vNow + j);
            TLane i = TLane.Load(iNow + j);
            decay.StepBack(ref v, ref i);
            TLane.Store(Denormal.Flush(v), vNext + j);
            TLane.Store(Denormal.Flush(i), iNext + j);
        }
    }

    /// <summary>Takes a neuron back through its spike, to its spike before in the same stretch or to the start of the stretch.</summary>
    private void Jump(SpikeRecords records, int k)
    {
        int neuron = records.Neuron[k];
        (float lambdaV, float lambdaI) = (Scratch.NextV[neuron], Scratch.NextI[neuron]);
        if (records.IsLast[k] != 0)
        {
            (lambdaV, lambdaI) = SegmentDecay.StepBack(
                records.AfterMembrane[k], records.AfterSynapse[k], records.AfterIntoSynapse[k], Scratch.V[neuron], Scratch.I[neuron]);
        }

        float current = records.Current[k];
        float slope = Layer.Spike.Slope(current, GrazingLimit);
        Grazing += slope == GrazingLimit ? 1 : 0;
        float push = SpikeEquations.Push(lambdaV, current - Layer.Reset);
        float regularisation = Push == null ? 0 : Push[neuron];
        float jumped = SpikeEquations.LambdaVBeforeSpike(push, Tape.Error[records.Place[k]], slope) - regularisation;
        (Scratch.NextV[neuron], Scratch.NextI[neuron]) = SegmentDecay.StepBack(
            records.BeforeMembrane[k], records.BeforeSynapse[k], records.BeforeIntoSynapse[k], jumped, lambdaI);
    }
}
