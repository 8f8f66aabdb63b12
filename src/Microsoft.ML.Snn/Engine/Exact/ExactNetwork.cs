using System;
using System.Linq;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Engine.Exact;

/// <summary>A program with its weights in CPU memory, and the two passes of one example through it, from event to event.</summary>
/// <remarks>
/// <para>A feed-forward layer needs no queue: given all its arrivals in order of time, every neuron is independent, and its
/// spikes, sorted, are the arrivals of the next layer. A recurrent one goes from one spike to the next; it too runs its whole
/// trial before the next layer begins.</para>
/// <para>Any number of threads may run passes at once, each with its own scratch and slot, while no weight changes.</para>
/// </remarks>
internal sealed unsafe class ExactNetwork<TLane> : IDisposable
    where TLane : struct, ISimdLane<TLane>
{
    public ExactNetwork(NetworkProgram program)
    {
        Program = program;
        Weights = new CpuWeights(program, TLane.Width);
        Hidden = [.. program.Description.Hidden.Zip(program.Hidden, ExactLayer.Of)];
        Output = ExactOutput.Of(program);
        HiddenNeurons = program.Hidden.Sum(layer => layer.Units);
    }

    public NetworkProgram Program { get; }

    public CpuWeights Weights { get; }

    public ExactLayer[] Hidden { get; }

    public ExactOutput Output { get; }

    /// <summary>Number of neurons of all hidden layers.</summary>
    public int HiddenNeurons { get; }

    public ExactScratch CreateScratch() => new(Program, TLane.Width);

    public ExactSlot CreateSlot() => new(Program);

    /// <summary>Runs one example; leaves its spikes and readouts in the slot.</summary>
    public void Forward(SpikeTrains trains, int example, ExactScratch scratch, ExactSlot slot)
    {
        Load(trains, example, slot.Tapes[0]);
        for (int n = 0; n < Hidden.Length; n++)
        {
            switch (Hidden[n].Membrane.WholeRatio)
            {
                case 2:
                    Forward<PowerOfTwo>(n, scratch, slot);
                    break;

                case 4:
                    Forward<PowerOfFour>(n, scratch, slot);
                    break;

                default:
                    Forward<AnyPower>(n, scratch, slot);
                    break;
            }
        }

        new OutputForward
        {
            Layer = Output,
            Duration = Program.Duration,
            Outputs = Program.Output.Units,
            Stride = Weights.Stride(Output.Input),
            Input = Weights[Output.Input],
            Arrivals = slot.Tapes[^1],
            Stretches = slot.Stretches[^1],
            Slot = slot,
        }.Run();
    }

    /// <summary>Turns the readouts in a slot into scores: probabilities of classes, or outputs as they are.</summary>
    /// <param name="slot">An example after its forward pass.</param>
    /// <param name="scores">Receives them; shape [output].</param>
    public void ToScores(ExactSlot slot, Span<float> scores)
    {
        if (Output.Readout == ReadoutKind.FirstSpikeTime)
        {
            Output.FirstSpike.ToProbabilities(slot.Moments.SpikeTimes, scores);
            return;
        }

        slot.Readouts.CopyTo(scores);
        Output.Loss.ToScores(scores);
    }

    /// <summary>Works out loss and the derivatives of the loss in a slot.</summary>
    /// <param name="slot">An example after its forward pass.</param>
    /// <param name="target">What it should give.</param>
    /// <param name="weight">Its weight in the loss.</param>
    /// <param name="batchSize">Number of examples of the batch: the gradient is that of the mean.</param>
    public void TakeLoss(ExactSlot slot, Target target, float weight, int batchSize)
    {
        float scale = weight / batchSize;
        int outputs = Program.Output.Units;
        if (Output.Readout != ReadoutKind.FirstSpikeTime)
        {
            slot.Correct = Output.Loss.Correct(target, 0, slot.Readouts);
            slot.Loss = weight * Output.Loss.OfTrial(target, slot.Readouts, scale, slot.LossByReadouts);
            slot.LossByReadouts.CopyTo(new Span<float>(slot.Moments.Loss, outputs));
            return;
        }

        Span<double> times = slot.Moments.SpikeTimes;
        Span<double> lossByTime = slot.Moments.LossByTimes;
        slot.Loss = weight * Output.FirstSpike.Loss(times, target.Class(0), Program.Duration, lossByTime);
        slot.Correct = System.Numerics.Tensors.TensorPrimitives.IndexOfMin<double>(times) == target.Class(0) ? 1 : 0;
        for (int k = 0; k < outputs; k++)
        {
            double loss = scale * lossByTime[k];
            slot.Moments.Loss[k] = (float)(float.IsNaN(slot.Moments.Current[k])
                ? FirstSpikeEquations.LossByMaximum(loss, Output.Membrane.MembraneTime, Output.Threshold)
                : loss);
        }
    }

    /// <summary>Says of every tape in a slot how many of its spikes the loss can see.</summary>
    /// <param name="slot">An example after its forward pass.</param>
    /// <param name="useAll">Whether hidden spikes matter by themselves, for regularisation.</param>
    public void MarkUsed(ExactSlot slot, bool useAll)
    {
        EventTape arrivals = slot.Tapes[^1];
        arrivals.Used = useAll || Output.IsIntegral ? arrivals.Count : 0;
        if (!useAll && !Output.IsIntegral)
        {
            double last = double.NegativeInfinity;
            int turned = 0;
            for (int n = 0; n < Program.Output.Units; n++)
            {
                last = Math.Max(last, slot.Moments.Time[n]);
                turned = Math.Max(turned, slot.Moments.Arrival[n] + 1);
            }

            arrivals.UseBefore(last);
            arrivals.Used = Math.Max(arrivals.Used, turned);
        }

        for (int n = Hidden.Length; n > 0; n--)
        {
            EventTape arrivalsOfLayer = slot.Tapes[n - 1];
            arrivalsOfLayer.Used = slot.RecurrentMoments[n - 1] is { } moments
                ? moments.ArrivalsBefore(slot.Tapes[n].Used)
                : slot.Stretches[n - 1].ArrivalsBefore(slot.Tapes[n].Used, arrivalsOfLayer.Count);
            if (useAll && n > 1)
            {
                arrivalsOfLayer.Used = arrivalsOfLayer.Count;
            }
        }
    }

    /// <summary>Runs the adjoint of one example backward from the loss in its slot.</summary>
    /// <param name="scratch">The worker's memory.</param>
    /// <param name="slot">The example's forward pass.</param>
    /// <param name="gradients">What each connection adds its sums of λI to.</param>
    /// <param name="grazingLimit">Smallest slope that a spike's gradient is divided by.</param>
    /// <param name="push">What regularisation takes from each hidden neuron, layer after layer, or null.</param>
    public void Backward(ExactScratch scratch, ExactSlot slot, float** gradients, float grazingLimit, float* push)
    {
        var output = new OutputBackward<TLane>
        {
            Layer = Output,
            GrazingLimit = grazingLimit,
            Duration = Program.Duration,
            Outputs = Program.Output.Units,
            Stride = Weights.Stride(Output.Input),
            Input = Weights[Output.Input],
            Arrivals = slot.Tapes[^1],
            Stretches = slot.Stretches[^1],
            SendsErrors = Hidden.Length > 0,
            Scratch = scratch,
            Slot = slot,
            Gradient = gradients[Output.Input.Index],
        };
        output.Run();
        slot.Grazing = output.Grazing;
        float* pushEnd = push == null ? null : push + HiddenNeurons;
        for (int n = Hidden.Length - 1; n >= 0; n--)
        {
            pushEnd = push == null ? null : pushEnd - Hidden[n].Input.Columns;
            var pass = new SpikingBackward<TLane>
            {
                Layer = Hidden[n],
                GrazingLimit = grazingLimit,
                Stride = Weights.Stride(Hidden[n].Input),
                Input = Weights[Hidden[n].Input],
                Arrivals = slot.Tapes[n],
                Stretches = slot.Stretches[n],
                SendsErrors = n > 0,
                Scratch = scratch,
                Tape = slot.Tapes[n + 1],
                Push = pushEnd,
                Gradient = gradients[Hidden[n].Input.Index],
            };
            slot.Grazing += slot.RecurrentMoments[n] is { } moments
                ? Backward(pass, Hidden[n].Recurrent!, moments, gradients)
                : Backward(pass);
        }
    }

    public void Dispose() => Weights.Dispose();

    private void Forward<TPower>(int layer, ExactScratch scratch, ExactSlot slot)
        where TPower : struct, IKnownPower
    {
        var pass = new SpikingForward<TLane, TPower>
        {
            Layer = Hidden[layer],
            Duration = Program.Duration,
            Stride = Weights.Stride(Hidden[layer].Input),
            Input = Weights[Hidden[layer].Input],
            Arrivals = slot.Tapes[layer],
            Stretches = slot.Stretches[layer],
            Scratch = scratch,
            Tape = slot.Tapes[layer + 1],
        };
        if (slot.RecurrentMoments[layer] is { } moments)
        {
            new RecurrentForward<TLane, TPower> { Free = pass, Recurrent = Weights[Hidden[layer].Recurrent!], Moments = moments }.Run();
        }
        else
        {
            pass.Run();
        }
    }

    /// <summary>Runs a layer's adjoint; returns how many of its spikes were so close to grazing the threshold that the limit acted.</summary>
    private static int Backward(SpikingBackward<TLane> pass)
    {
        pass.Run();
        return pass.Grazing;
    }

    /// <summary>As above, for a recurrent layer.</summary>
    private int Backward(in SpikingBackward<TLane> pass, ConnectionProgram recurrent, MomentTable moments, float** gradients)
    {
        var whole = new RecurrentBackward<TLane>
        {
            Free = pass,
            Recurrent = Weights[recurrent],
            Moments = moments,
            RecurrentGradient = gradients[recurrent.Index],
        };
        whole.Run();
        return whole.Grazing;
    }

    /// <summary>Puts an example's input on its tape; what comes after the end of the trial is not seen.</summary>
    private void Load(SpikeTrains trains, int example, EventTape tape)
    {
        ReadOnlySpan<int> channels = trains.ChannelsOf(example);
        ReadOnlySpan<float> values = trains.ValuesOf(example);
        ReadOnlySpan<int> ends = trains.SegmentEnds(example);
        tape.Reserve(channels.Length);
        tape.HasValues = !trains.IsSpikeTimes && trains.HasValues;
        tape.Count = 0;
        for (int segment = 0, k = 0; segment < ends.Length; segment++)
        {
            for (; k < ends[segment]; k++)
            {
                double time = trains.IsSpikeTimes ? values[k] : segment * Program.TimeStep;
                if (!(time <= Program.Duration))
                {
                    return;
                }

                tape.Time[k] = time;
                tape.Neuron[k] = channels[k];
                if (tape.HasValues)
                {
                    tape.Value[k] = values[k];
                }

                tape.Count = k + 1;
            }
        }
    }
}
