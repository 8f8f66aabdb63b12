using System;
using System.IO;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>State of one spiking layer that makes one step at a time.</summary>
internal sealed unsafe class SteppedLayer<TLane> : IDisposable
    where TLane : struct, ISimdLane<TLane>
{
    // The last array is the rate of e-prop, which only learning uses.
    private const int SavedArrays = AdaptiveNeurons<TLane>.StateArrays - 1;

    private readonly NativeBuffer<float> _state;
    private readonly int _units;
    private AdaptiveNeurons<TLane> _neurons;
    private SpikeTape _sent;
    private SpikeTape _spare;

    public SteppedLayer(HiddenProgram program, CpuWeights weights)
    {
        _units = program.Units;
        int stride = weights.Stride(program.Input);
        _state = new NativeBuffer<float>((long)AdaptiveNeurons<TLane>.StateArrays * stride);
        _neurons = new AdaptiveNeurons<TLane>
        {
            Membrane = program.Membrane,
            Spike = program.Spike,
            Adaptation = program.Adaptation,
            Stride = stride,
            Input = weights[program.Input],
            Recurrent = program.Recurrent == null ? null : weights[program.Recurrent],
            State = _state.Pointer,
        };
        (_sent, _spare) = (CreateTape(stride), CreateTape(stride));
    }

    /// <summary>What was sent at the end of the last step. Good until the step after the next one.</summary>
    public EventSpan Spikes => new(_sent.Neuron, null, _sent.Count);

    public ReadOnlySpan<int> SpikesAsSpan => new(_sent.Neuron, _sent.Count);

    public void Clear()
    {
        _neurons.Clear();
        _sent.Clear();
        _spare.Clear();
    }

    /// <summary>Runs one step.</summary>
    /// <param name="arrivals">What arrives from the layer before.</param>
    /// <param name="drive">Current added to each neuron, or null.</param>
    /// <param name="flush">Whether states that decay for ever are kept out of the denormal range now.</param>
    public void Advance(EventSpan arrivals, float* drive, bool flush)
    {
        _neurons.Drive = drive;
        _spare.Clear();
        _neurons.Step(arrivals, _neurons.Recurrent == null ? default : Spikes, _spare, pseudoDerivative: null, rateSignal: null);
        (_sent, _spare) = (_spare, _sent);
        if (flush)
        {
            _neurons.Flush();
        }
    }

    /// <summary>Copies a variable of all neurons.</summary>
    public void CopyState(StateVariable variable, Span<float> state)
    {
        if (variable == StateVariable.Threshold)
        {
            state.Fill(_neurons.Spike.Threshold);
        }
        else
        {
            Values(variable == StateVariable.Current ? 1 : 0).CopyTo(state);
        }
    }

    public void Write(BinaryWriter writer)
    {
        for (int array = 0; array < SavedArrays; array++)
        {
            StateStream.Write<float>(writer, Values(array));
        }

        writer.Write(_sent.Count);
        StateStream.Write(writer, SpikesAsSpan);
    }

    public void Read(BinaryReader reader)
    {
        for (int array = 0; array < SavedArrays; array++)
        {
            StateStream.Read(reader, Values(array));
        }

        int count = reader.ReadInt32();
        if (count < 0 || count > _units)
        {
            throw new InvalidDataException("The state must be of this network, but more neurons spiked than it has. Save it again from its source.");
        }

        _sent.Reserve(count);
        _sent.Count = count;
        var spikes = new Span<int>(_sent.Neuron, count);
        StateStream.Read(reader, spikes);
        foreach (int neuron in spikes)
        {
            if (neuron < 0 || neuron >= _units)
            {
                throw new InvalidDataException("The state must be of this network, but a neuron spiked that it has not. Save it again from its source.");
            }
        }
    }

    public void Dispose()
    {
        _state.Dispose();
        _sent.Dispose();
        _spare.Dispose();
    }

    /// <summary>With room for all neurons at once: no step allocates.</summary>
    private static SpikeTape CreateTape(int stride)
    {
        var tape = new SpikeTape(1, stride);
        tape.Reserve(stride + TLane.Width);
        return tape;
    }

    private Span<float> Values(int index) => new(_state.Pointer + (long)index * _neurons.Stride, _units);
}
