using System;
using System.Diagnostics.CodeAnalysis;
using System.IO;
using System.Linq;
using System.Numerics.Tensors;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Trainers;
using Microsoft.ML.Snn.Trainers.Streams;

namespace Microsoft.ML.Snn;

/// <summary>A trained network that runs step by step while its input arrives, and says at any moment what it makes of it.</summary>
/// <remarks>
/// <para>Created by <see cref="SnnModelParametersBase{TOutput}.CreateStream"/> or <see cref="SnnPredictionTransformer.CreateStream"/>. Push the events of a step, call
/// <see cref="Step"/>, read <see cref="Scores"/>; and so on. No step allocates memory.</para>
/// <para>After the <see cref="SnnModelParametersBase{TOutput}.TimeSteps"/> of a trial the scores have the bits of those that
/// <see cref="SnnPredictionTransformer.Transform"/> gives for a row with the same events, whatever the network: a stack of layers or a
/// graph with delays, several populations, cycles and convolutions. What they are before and after that, a
/// <see cref="StreamReadout"/> says; the network itself runs on for ever. Of several outputs of a graph the first is read.</para>
/// <para>The events of a model of plain feature vectors are currents: a channel keeps what was pushed until something
/// else is pushed.</para>
/// <para>Not thread-safe: each thread has its own stream. They share the weights, so that a stream is small.</para>
/// </remarks>
[SuppressMessage("Naming", "CA1711", Justification = "A stream of spikes, not of bytes, and so called by everyone who works with events.")]
public sealed class SnnStream : IDisposable
{
    private readonly NetworkScoring _network;
    private readonly NetworkStepper _stepper;
    private readonly StepEvents _events;
    private readonly OutputMemory _memory;
    private readonly float[] _scores;
    private readonly float[] _potentials;
    private readonly int[][] _spikes;
    private bool _isScored;
    private bool _currentsChanged;
    private bool _isDisposed;

    internal SnnStream(NetworkScoring network, StreamReadout readout)
    {
        _network = network;
        Readout = readout;
        _stepper = network.CreateStepper();
        _events = new StepEvents(network.Input.Channels);
        _memory = new OutputMemory(network.Model.Program, readout);
        _scores = new float[network.Model.Program.Output.Units];
        _potentials = new float[network.Model.Program.Output.Units];
        _spikes = [.. network.Model.Program.Spiking.Select(layer => new int[layer.Units])];
        Clear();
    }

    /// <summary>Gets the number of input channels.</summary>
    public int NumberOfChannels => _network.Input.Channels;

    /// <summary>Gets the length of a step in milliseconds.</summary>
    public double TimeStep => _network.Input.TimeStep;

    /// <summary>Gets over which steps the outputs are read.</summary>
    public StreamReadout Readout { get; }

    /// <summary>Gets the number of steps since the beginning or the last <see cref="Reset"/>.</summary>
    public long StepCount { get; private set; }

    /// <summary>Gets the scores of the steps so far: probabilities of the classes, or the outputs in units of the label where there are no classes.</summary>
    /// <value>One number per output, overwritten when they are read after the next step. Before the first step all classes are as probable.
    /// Of a network with an output at every step: that of the last step.</value>
    public ReadOnlySpan<float> Scores
    {
        get
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (!_isScored)
            {
                _memory.Read(_scores);
                _network.Model.Program.Output.Loss.ToScores(_scores);
                _network.ToLabelUnits(_scores);
                _isScored = true;
            }

            return _scores;
        }
    }

    /// <summary>Gets the number of the highest score, from 0: the predicted class, whose key in ML.NET is 1 more.</summary>
    public int PredictedClass => TensorPrimitives.IndexOfMax(Scores);

    /// <summary>Gets the membrane potentials of the outputs at the end of the last step, in units of the threshold.</summary>
    /// <value>Overwritten when they are read again.</value>
    public ReadOnlySpan<float> OutputPotentials
    {
        get
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _stepper.Outputs.CopyTo(_potentials);
            return _potentials;
        }
    }

    /// <summary>Gets the neurons of a hidden layer that spiked at the end of the last step.</summary>
    /// <param name="layer">The hidden layer, from 0; of a graph the population that spikes.</param>
    /// <returns>Their numbers, ascending; overwritten when they are read again.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such layer.</exception>
    public ReadOnlySpan<int> HiddenSpikes(int layer = 0)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if ((uint)layer >= (uint)_spikes.Length)
        {
            Require.InRange(layer, 0, _spikes.Length - 1, "The first hidden layer is 0.");
        }

        // A copy: the memory of the engine is not the caller's to keep.
        ReadOnlySpan<int> spikes = _stepper.Spikes(layer);
        spikes.CopyTo(_spikes[layer]);
        return _spikes[layer].AsSpan(0, spikes.Length);
    }

    /// <summary>Adds an event to the step that comes next.</summary>
    /// <param name="channel">The channel, from 0 to <see cref="NumberOfChannels"/> - 1.</param>
    /// <param name="value">
    /// The number of spikes or a graded value, any finite number; several events of one channel add up. For a model of plain
    /// feature vectors the current of the channel from now on, in place of its earlier one. The default is 1.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such channel, or the value is not a finite number.</exception>
    public void Push(int channel, float value = 1)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_network.Input.IsConstantCurrent)
        {
            _events.Set(channel, value);
            _currentsChanged = true;
        }
        else
        {
            _events.Add(channel, value);
        }
    }

    /// <summary>Adds a spike of each of some channels to the step that comes next.</summary>
    /// <param name="channels">The channels, in any order; one that comes twice spikes twice.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such channel; those before it were added.</exception>
    public void Push(ReadOnlySpan<int> channels)
    {
        foreach (int channel in channels)
        {
            Push(channel);
        }
    }

    /// <summary>Adds a sample to the step that comes next: a value for every channel.</summary>
    /// <param name="sample">As many finite numbers as there are channels; 0 is no event.</param>
    /// <exception cref="ArgumentException">The sample has not that many values.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A value is not a finite number; those before it were added.</exception>
    public void Push(ReadOnlySpan<float> sample)
    {
        _events.CheckLength(sample.Length);
        for (int channel = 0; channel < sample.Length; channel++)
        {
            if (sample[channel] != 0 || _network.Input.IsConstantCurrent)
            {
                Push(channel, sample[channel]);
            }
        }
    }

    /// <summary>Runs the network one time step further, with the events that were pushed.</summary>
    public void Step()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (!_network.Input.IsConstantCurrent)
        {
            _events.Sort();
            _stepper.Advance(_events.Channels, _events.Values);
            _events.Clear();
        }
        else
        {
            if (_currentsChanged)
            {
                _events.Sort();
                _stepper.SetCurrents(_events.Channels, _events.AllValues);
                _currentsChanged = false;
            }

            _stepper.Advance([], []);
        }

        _memory.Take(_stepper.Outputs);
        StepCount++;
        _isScored = false;
    }

    /// <summary>Brings the network to rest and forgets all steps, events and currents: the next step is the first of a trial.</summary>
    public void Reset()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        Clear();
    }

    /// <summary>Returns a stream in the same state, which goes on by itself.</summary>
    /// <remarks>For a guess at what comes next, or to try several continuations.</remarks>
    public SnnStream Clone()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        var copy = new SnnStream(_network, Readout);
        using var state = new MemoryStream();
        using var writer = new BinaryWriter(state);
        Write(writer);
        state.Position = 0;
        using var reader = new BinaryReader(state);
        copy.Read(reader);
        return copy;
    }

    /// <summary>Writes the state, so that a stream of the same model can go on from here later or elsewhere.</summary>
    /// <param name="stream">Receives a few bytes per neuron; it stays open.</param>
    public void SaveState(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        StreamStateFormat.Write(stream, _network.Digest, Readout.ToString(), _stepper.StateVersion, Write);
    }

    /// <summary>Goes on from a state that <see cref="SaveState"/> wrote.</summary>
    /// <param name="stream">The bytes; it stays open.</param>
    /// <exception cref="InvalidDataException">
    /// The bytes are damaged, or are the state of another model or readout; this stream is as it was.
    /// </exception>
    public void LoadState(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        StreamStateFormat.Read(stream, _network.Digest, Readout.ToString(), _stepper.StateVersion, Read);
    }

    /// <summary>Frees the memory of the state; the model stays.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        _stepper.Dispose();
    }

    private void Clear()
    {
        _stepper.Clear();
        _events.Clear();
        _memory.Clear();
        StepCount = 0;
        _isScored = false;

        // No current at all is a current, too.
        _currentsChanged = _network.Input.IsConstantCurrent;
    }

    private void Write(BinaryWriter writer)
    {
        writer.Write(StepCount);
        _events.Write(writer);
        _memory.Write(writer);
        _stepper.Write(writer);
    }

    private void Read(BinaryReader reader)
    {
        StepCount = reader.ReadInt64();
        _events.Read(reader);
        _memory.Read(reader);
        _stepper.Read(reader);
        _currentsChanged = _network.Input.IsConstantCurrent;
        _isScored = false;
    }
}
