using System;
using System.IO;
using System.Linq;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>Runs a graph of populations one time step at a time.</summary>
/// <remarks>
/// The loops are those of <see cref="GraphWorker{TLane}"/>, so that spikes and potentials have the bits of the batch. A trial remembers
/// its spikes; a stream has no end, and forgets those that have arrived everywhere. Memory follows the spikes of the longest delay.
/// </remarks>
internal sealed unsafe class GraphStepper<TLane> : NetworkStepper
    where TLane : struct, ISimdLane<TLane>
{
    /// <summary>The step from which steps are counted anew.</summary>
    public const int DefaultStepLimit = 1 << 30;

    // Moving what is kept costs as much as what is forgotten frees: a tape is cut when half of it, and not just a bit, is free.
    private const int LeastForgotten = 64;

    private readonly NetworkProgram _program;
    private readonly GraphWorker<TLane> _worker;
    private readonly PopulationPass<TLane> _output;
    private readonly StreamedTape[] _spikes;
    private readonly StreamedTape[] _inputs;
    private readonly NativeBuffer<int> _currentChannels;
    private readonly NativeBuffer<float> _currentValues;
    private readonly NativeBuffer<int> _currentEnd = new(1);
    private readonly bool _isConstantCurrent;
    private readonly int _stepLimit;
    private int _step;

    public GraphStepper(GraphNetwork<TLane> network, bool isConstantCurrent, int stepLimit = DefaultStepLimit)
    {
        (_program, _isConstantCurrent, _stepLimit) = (network.Program, isConstantCurrent, stepLimit);
        _worker = new GraphWorker<TLane>(network, isConstantCurrent, keepsSteps: false);
        _output = _worker.Populations.OfType<PopulationPass<TLane>>().First(p => p.Program.Readout != null);
        _spikes =
        [
            .. _program.Populations.Select(p => new StreamedTape(
                p.Neuron.IsSpiking ? p.Units : 0, Math.Max(p.Neuron.RefractorySteps + 1, LongestDelay(c => !c.IsFromInput && c.Source == p.Index)))),
        ];
        _inputs =
        [
            .. _program.Inputs.Select((input, n) => new StreamedTape(
                isConstantCurrent ? 0 : input.Channels, LongestDelay(c => c.IsFromInput && ~c.Source == n))),
        ];
        for (int p = 0; p < _spikes.Length; p++)
        {
            _worker.Populations[p].Tape = _spikes[p].Tape;
        }

        _currentChannels = new NativeBuffer<int>(isConstantCurrent ? _program.Channels : 0);
        _currentValues = new NativeBuffer<float>(isConstantCurrent ? _program.Channels : 0);
        Clear();
    }

    public override int StateVersion => 2;

    public override ReadOnlySpan<float> Outputs => new(_output.V, _output.Program.Units);

    public override void Clear()
    {
        _step = 0;
        _currentEnd.Pointer[0] = 0;
        foreach (CellPass<TLane> population in _worker.Populations)
        {
            population.BeginForward();
        }

        Array.ForEach(_spikes, spikes => spikes.Clear());
        Array.ForEach(_inputs, input => input.Clear());
        for (int n = 0; n < _worker.Connections.Count; n++)
        {
            _worker.Connections[n].BeginStream(InputOf(_worker.Connections[n]));
        }

        if (_isConstantCurrent)
        {
            BeginCurrents();
        }
    }

    public override void SetCurrents(ReadOnlySpan<int> channels, ReadOnlySpan<float> values)
    {
        channels.CopyTo(new Span<int>(_currentChannels.Pointer, channels.Length));
        values.CopyTo(new Span<float>(_currentValues.Pointer, channels.Length));
        _currentEnd.Pointer[0] = channels.Length;
        BeginCurrents();
        GC.KeepAlive(this);
    }

    public override void Advance(ReadOnlySpan<int> channels, ReadOnlySpan<float> values)
    {
        for (int n = 0; n < _inputs.Length && !_isConstantCurrent; n++)
        {
            InputProgram input = _program.Inputs[n];
            _inputs[n].Tape.BeginStep();
            for (int k = 0; k < channels.Length; k++)
            {
                if (channels[k] >= input.FirstChannel && channels[k] - input.FirstChannel < input.Channels)
                {
                    _inputs[n].Tape.Add(_step, channels[k], values.IsEmpty ? 1 : values[k]);
                }
            }
        }

        _worker.Advance(_step);
        for (int p = 0; p < _spikes.Length; p++)
        {
            Forget(_spikes[p], _worker.Populations[p]);
        }

        for (int n = 0; n < _inputs.Length; n++)
        {
            Forget(_inputs[n], null);
        }

        _step++;
        if (_step >= _stepLimit)
        {
            MoveOrigin();
        }

        GC.KeepAlive(this);
    }

    public override ReadOnlySpan<int> Spikes(int layer)
    {
        GraphTape tape = _spikes[_program.Spiking[layer].Index].Tape;
        int first = tape.Count;
        while (first > 0 && tape.Time[first - 1] == _step)
        {
            first--;
        }

        return new ReadOnlySpan<int>(tape.Neuron + first, tape.Count - first);
    }

    public override void Write(BinaryWriter writer)
    {
        writer.Write(_step);
        Array.ForEach(_spikes, spikes => spikes.Write(writer, _step));
        Array.ForEach(_inputs, input => input.Write(writer, _step));
        foreach (CellPass<TLane> population in _worker.Populations)
        {
            population.WriteState(writer);
        }

        foreach (GraphConnection<TLane> connection in _worker.Connections)
        {
            connection.WriteState(writer, _step);
        }
    }

    public override void Read(BinaryReader reader)
    {
        Clear();
        _step = reader.ReadInt32();
        if (_step < 0 || _step >= DefaultStepLimit)
        {
            throw new InvalidDataException("The state must be of this network, but its step is damaged. Save it again from its source.");
        }

        for (int p = 0; p < _spikes.Length; p++)
        {
            _spikes[p].Read(reader, _step, 0, _program.Populations[p].Units);
        }

        for (int n = 0; n < _inputs.Length; n++)
        {
            _inputs[n].Read(reader, _step, _program.Inputs[n].FirstChannel, _program.Inputs[n].Channels);
        }

        foreach (CellPass<TLane> population in _worker.Populations)
        {
            population.ReadState(reader);
        }

        foreach (GraphConnection<TLane> connection in _worker.Connections)
        {
            connection.ReadState(reader, _step);
            connection.Resume(_step);
        }
    }

    public override void Dispose()
    {
        _worker.Dispose();
        Array.ForEach(_spikes, spikes => spikes.Tape.Dispose());
        Array.ForEach(_inputs, input => input.Tape.Dispose());
        _currentChannels.Dispose();
        _currentValues.Dispose();
        _currentEnd.Dispose();
    }

    private int LongestDelay(Func<ConnectionProgram, bool> isSource) =>
        _program.Connections.Where(c => isSource(c) && c.Delay.IsUniform).Select(c => c.Delay.Steps).DefaultIfEmpty(0).Max();

    private GraphTape? InputOf(GraphConnection<TLane> connection) =>
        connection.Program.IsFromInput && !_isConstantCurrent ? _inputs[~connection.Program.Source].Tape : null;

    private void BeginCurrents()
    {
        EventList currents = new(_currentChannels.Pointer, _currentValues.Pointer, _currentEnd.Pointer);
        for (int n = 0; n < _worker.Connections.Count; n++)
        {
            if (_worker.Connections[n].Program.IsFromInput)
            {
                _worker.Connections[n].BeginForward(currents);
            }
        }
    }

    /// <summary>Drops what has arrived everywhere.</summary>
    private void Forget(StreamedTape tape, CellPass<TLane>? source)
    {
        int free = tape.FreeAfter(_step);
        if (free < LeastForgotten || 2 * free < tape.Tape.Count)
        {
            return;
        }

        tape.Forget(free);
        source?.Forget(free);
        for (int n = 0; n < _worker.Connections.Count; n++)
        {
            _worker.Connections[n].Forget(tape.Tape, free);
        }
    }

    /// <summary>Counts steps from a later one: their number has an end, a stream has none.</summary>
    private void MoveOrigin()
    {
        // What is flushed at every so manieth step is flushed at the same steps as before.
        int steps = _step / Denormal.StepsBetweenFlushes * Denormal.StepsBetweenFlushes;
        _step -= steps;
        Array.ForEach(_spikes, spikes => spikes.Tape.MoveOrigin(steps));
        Array.ForEach(_inputs, input => input.Tape.MoveOrigin(steps));
        foreach (GraphConnection<TLane> connection in _worker.Connections)
        {
            connection.MoveOrigin(steps);
        }
    }
}
