using System;
using System.IO;
using System.Runtime.CompilerServices;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>Runs a stack of layers one time step at a time.</summary>
/// <remarks>
/// <see cref="HiddenForward{TLane}"/> runs one layer through a whole trial; here all layers make one step, and what a
/// layer sent in the step before is what its targets receive now. The sums are made in the same order, so that they have
/// the same bits.
/// </remarks>
internal sealed unsafe class LayerStepper<TLane> : NetworkStepper
    where TLane : struct, ISimdLane<TLane>
{
    private readonly CpuNetwork<TLane> _network;
    private readonly SteppedLayer<TLane>[] _hidden;
    private readonly NativeBuffer<float> _output;
    private readonly NativeBuffer<float> _drive;
    private readonly int _stride;
    private bool _hasDrive;
    private long _step;

    public LayerStepper(CpuNetwork<TLane> network)
    {
        _network = network;
        NetworkProgram program = network.Program;
        _hidden = new SteppedLayer<TLane>[program.Hidden.Count];
        for (int n = 0; n < _hidden.Length; n++)
        {
            _hidden[n] = new SteppedLayer<TLane>(program.Hidden[n], network.Weights);
        }

        _stride = network.Weights.Stride(program.Output.Input);
        _output = new NativeBuffer<float>(2L * _stride);
        _drive = new NativeBuffer<float>(_hidden.Length == 0 ? _stride : network.Weights.Stride(program.Hidden[0].Input));
    }

    public override int StateVersion => 1;

    public override ReadOnlySpan<float> Outputs => new(V, _network.Program.Output.Units);

    private float* V => _output.Pointer;

    private float* I => _output.Pointer + _stride;

    public override void Clear()
    {
        Array.ForEach(_hidden, layer => layer.Clear());
        Unsafe.InitBlock(_output.Pointer, 0, (uint)(_output.Length * sizeof(float)));
        _hasDrive = false;
        _step = 0;
    }

    public override void SetCurrents(ReadOnlySpan<int> channels, ReadOnlySpan<float> values)
    {
        NetworkProgram program = _network.Program;
        (ConnectionProgram connection, MembraneEquations membrane) = _hidden.Length == 0
            ? (program.Output.Input, program.Output.Membrane)
            : (program.Hidden[0].Input, program.Hidden[0].Membrane);
        fixed (int* rows = channels)
        fixed (float* currents = values)
        {
            RowLoops<TLane>.SumRows(
                new EventList(rows, currents, null), channels.Length, membrane.CurrentGain,
                _network.Weights[connection], _drive.Pointer, _network.Weights.Stride(connection));
        }

        _hasDrive = true;
        GC.KeepAlive(this);
    }

    public override void Advance(ReadOnlySpan<int> channels, ReadOnlySpan<float> values)
    {
        fixed (int* rows = channels)
        fixed (float* weights = values)
        {
            Advance(new EventSpan(rows, weights, channels.Length));
        }

        GC.KeepAlive(this);
    }

    public override ReadOnlySpan<int> Spikes(int layer) => _hidden[layer].SpikesAsSpan;

    /// <summary>Copies a variable of a hidden layer, or of the output, which comes after them.</summary>
    public void CopyState(int layer, StateVariable variable, Span<float> state)
    {
        if (layer < _hidden.Length)
        {
            _hidden[layer].CopyState(variable, state);
        }
        else
        {
            new ReadOnlySpan<float>(variable == StateVariable.Current ? I : V, state.Length).CopyTo(state);
        }

        GC.KeepAlive(this);
    }

    /// <summary>Adds V at the end of the last step to readouts, as <see cref="CpuNetwork{TLane}.ReadStep"/> does. Shape [output], padded.</summary>
    public void ReadOutput(int step, float* readout) => _network.ReadStep(step, V, readout);

    public override void Write(BinaryWriter writer)
    {
        writer.Write(_step);
        Array.ForEach(_hidden, layer => layer.Write(writer));
        int units = _network.Program.Output.Units;
        StateStream.Write(writer, new ReadOnlySpan<float>(V, units));
        StateStream.Write(writer, new ReadOnlySpan<float>(I, units));
    }

    public override void Read(BinaryReader reader)
    {
        Clear();
        _step = reader.ReadInt64();
        Array.ForEach(_hidden, layer => layer.Read(reader));
        int units = _network.Program.Output.Units;
        StateStream.Read(reader, new Span<float>(V, units));
        StateStream.Read(reader, new Span<float>(I, units));
    }

    public override void Dispose()
    {
        Array.ForEach(_hidden, layer => layer.Dispose());
        _output.Dispose();
        _drive.Dispose();
    }

    private void Advance(EventSpan input)
    {
        bool flush = _step % Denormal.StepsBetweenFlushes == 0;
        float* drive = _hasDrive ? _drive.Pointer : null;
        EventSpan arrivals = input;
        foreach (SteppedLayer<TLane> layer in _hidden)
        {
            EventSpan sent = layer.Spikes;
            layer.Advance(arrivals, drive, flush);
            arrivals = sent;
            drive = null;
        }

        AdvanceOutput(arrivals, drive);

        // Within a trial the batch does not flush its output, and a stream has its bits.
        if (flush && _step >= _network.Program.Steps)
        {
            RowLoops<TLane>.Flush(_output.Pointer, 2 * _stride);
        }

        _step++;
    }

    private void AdvanceOutput(EventSpan arrivals, float* drive)
    {
        OutputProgram output = _network.Program.Output;
        RowLoops<TLane>.AddRows(arrivals, _network.Weights[output.Input], I, _stride);
        for (int j = 0; j < _stride; j += TLane.Width)
        {
            TLane i = TLane.Load(I + j);
            if (drive != null)
            {
                i += TLane.Load(drive + j);
            }

            TLane v = TLane.Load(V + j);
            output.Membrane.Step(ref v, ref i);
            TLane.Store(v, V + j);
            TLane.Store(i, I + j);
        }
    }
}
