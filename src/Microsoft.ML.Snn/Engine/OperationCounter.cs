using System;
using System.Linq;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Engine;

/// <summary>Turns spikes into numbers of synaptic events: how many synapses leave each neuron is all that it takes.</summary>
internal sealed class OperationCounter
{
    private readonly NetworkProgram _program;
    private readonly long[] _synapsesOfChannel;
    private readonly long[] _synapsesOfNeuron;
    private readonly long? _synapsesOfEveryChannel;
    private readonly int[] _first;

    public OperationCounter(NetworkProgram program)
    {
        _program = program;
        _synapsesOfChannel = new long[program.Channels];
        _first = new int[program.Populations.Count];
        int neurons = 0;
        foreach (PopulationProgram population in program.Populations)
        {
            _first[population.Index] = neurons;
            neurons += population.Units;
        }

        _synapsesOfNeuron = new long[neurons];
        foreach (ConnectionProgram connection in program.Connections)
        {
            Span<long> rows = connection.IsFromInput
                ? _synapsesOfChannel.AsSpan(program.Inputs[~connection.Source].FirstChannel, connection.Rows)
                : _synapsesOfNeuron.AsSpan(_first[connection.Source], connection.Rows);
            for (int row = 0; row < rows.Length; row++)
            {
                int synapses = SynapsesOf(connection, row);
                rows[row] += synapses;
                Synapses += synapses;
            }
        }

        _synapsesOfEveryChannel = Array.TrueForAll(_synapsesOfChannel, n => n == _synapsesOfChannel[0]) ? _synapsesOfChannel[0] : null;
        Neurons = program.Populations.Sum(p => (long)p.Units);
    }

    /// <summary>Number of synapses, shared weights counted wherever they are used.</summary>
    public long Synapses { get; }

    public long Neurons { get; }

    /// <summary>Number of synapses that leave a neuron.</summary>
    public long SynapsesOf(int population, int neuron) => _synapsesOfNeuron[_first[population] + neuron];

    /// <summary>Number of events that the input of one example brings, and of synapses that they go through.</summary>
    public (long Events, long SynapticEvents) OfInput(SpikeTrains trains, int example)
    {
        ReadOnlySpan<int> channels = trains.ChannelsOf(example);
        if (trains.IsSpikeTimes)
        {
            // In order of time; what comes after the end is not seen.
            ReadOnlySpan<float> times = trains.ValuesOf(example);
            int seen = channels.Length;
            while (seen > 0 && !(times[seen - 1] <= _program.Duration))
            {
                seen--;
            }

            channels = channels[..seen];
        }

        if (_synapsesOfEveryChannel is { } each)
        {
            return (channels.Length, channels.Length * each);
        }

        long total = 0;
        foreach (int channel in channels)
        {
            total += _synapsesOfChannel[channel];
        }

        return (channels.Length, total);
    }

    /// <summary>The counts of some trials.</summary>
    /// <param name="examples">Number of trials.</param>
    /// <param name="steps">Number of their steps, all together.</param>
    /// <param name="inputEvents">Events of their inputs.</param>
    /// <param name="spikes">Spikes of all neurons.</param>
    /// <param name="synapticEvents">Synapses that both went through.</param>
    public OperationCounts Of(long examples, long steps, long inputEvents, long spikes, long synapticEvents) => new()
    {
        Examples = examples,
        InputEvents = inputEvents,
        Spikes = spikes,
        SynapticEvents = synapticEvents,
        NeuronUpdates = _program.Integrator == Integrator.EventDriven ? synapticEvents : Neurons * steps,
        DenseEquivalent = Synapses * steps,
    };

    private static int SynapsesOf(ConnectionProgram connection, int row)
    {
        if (connection.Table is not { } table)
        {
            return connection.Columns;
        }

        int synapses = 0;
        foreach (SynapseSegment segment in table.Row(row))
        {
            synapses += segment.Length;
        }

        return synapses;
    }
}
