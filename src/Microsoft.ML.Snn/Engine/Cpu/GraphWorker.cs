using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>Runs one example at a time through a graph of populations: step by step forward, then step by step backward.</summary>
/// <remarks>
/// Step n forward: the events of index n minus the delay are added to the currents of their targets; then every
/// population moves to n + 1 and is tested. Backward the same in reverse: every population goes back over the spikes
/// of index n + 1 and over the step; then every event that arrived at n takes its error and adds to its gradient. So
/// the order of the populations within a step makes no difference, and a cycle needs no special case.
/// </remarks>
internal sealed unsafe class GraphWorker<TLane> : IDisposable
    where TLane : struct, ISimdLane<TLane>
{
    private readonly GraphNetwork<TLane> _network;
    private readonly CellPass<TLane>[] _populations;
    private readonly OutputReader<TLane>[] _outputs;
    private readonly bool _isConstantCurrent;
    private readonly int _keptSteps;
    private readonly GraphConnection<TLane>[] _connections;
    private readonly GraphEProp<TLane>? _eprop;

    // Where the weights of each connection begin.
    private readonly long[] _offsets;

    /// <summary>Allocates the state of one example.</summary>
    /// <param name="network">The network.</param>
    /// <param name="isConstantCurrent">Whether the input is a current.</param>
    /// <param name="keepsSteps">Whether the state of every step is kept where the backward pass needs it; a stream has no backward pass and no end.</param>
    /// <param name="feedback">How errors come back where the network learns by e-prop, or null for the exact gradient.</param>
    public GraphWorker(GraphNetwork<TLane> network, bool isConstantCurrent, bool keepsSteps = true, GraphFeedback<TLane>? feedback = null)
    {
        _eprop = feedback == null ? null : new GraphEProp<TLane>(network.Program, feedback);
        (_network, _isConstantCurrent) = (network, isConstantCurrent);
        _keptSteps = keepsSteps ? network.Program.Steps : 1;
        _populations = [.. network.Populations.Select(Create)];
        _outputs =
        [
            .. _populations.OfType<PopulationPass<TLane>>().Where(p => p.Program.Readout != null)
                .Select(p => new OutputReader<TLane>(
                    p, network.ReadoutWeights(p.Program.Readout!.Value), network.Program.Steps, network.Program.TimeStep)),
        ];
        _connections = [.. network.Program.Connections.Select(Create)];
        _offsets = [.. _connections.Select(c => network.Parameters.OffsetOf(c.Program.Index))];
        Array.ForEach(_connections, c => c.SendsErrors = feedback == null);
    }

    /// <summary>The part of e-prop, or null where the gradient is exact.</summary>
    public GraphEProp<TLane>? EProp => _eprop;

    public IReadOnlyList<CellPass<TLane>> Populations => _populations;

    public IReadOnlyList<GraphConnection<TLane>> Connections => _connections;

    /// <summary>Delivers what arrives at a step, and moves every population over it.</summary>
    public void Advance(int step)
    {
        float* values = _network.Values;
        GraphConnection<TLane>[] connections = _connections;
        long[] offsets = _offsets;
        for (int n = 0; n < connections.Length; n++)
        {
            connections[n].Deliver(step, values + offsets[n]);
        }

        foreach (CellPass<TLane> population in _populations)
        {
            population.Tape.BeginStep();
            population.Advance(step);
        }
    }

    /// <summary>Runs one example; leaves its spikes and readouts in the slot.</summary>
    public void Forward(SpikeTrains trains, int example, GraphSlot slot)
    {
        BeginForward(trains, example, slot);
        int steps = trains.StepsOf(example);
        for (int step = 0; step < steps; step++)
        {
            Advance(step, slot);
        }
    }

    /// <summary>Brings everything to where a trial begins.</summary>
    public void BeginForward(SpikeTrains trains, int example, GraphSlot slot)
    {
        EventList input = CpuNetwork<TLane>.EventsOf(trains, example);
        int steps = trains.StepsOf(example);
        Attach(slot, steps);
        foreach (CellPass<TLane> population in _populations)
        {
            population.BeginForward();
        }

        for (int n = 0; n < _outputs.Length; n++)
        {
            _outputs[n].Begin(slot.Readouts[n]);
        }

        foreach (GraphConnection<TLane> connection in _connections)
        {
            connection.BeginForward(input);
        }
    }

    /// <summary>Moves everything one step forward, the readouts too.</summary>
    public void Advance(int step, GraphSlot slot)
    {
        Advance(step);
        for (int n = 0; n < _outputs.Length; n++)
        {
            _outputs[n].Read(step, slot.Readouts[n]);
        }
    }

    /// <summary>Runs the adjoint of one example backward from the loss in its slot, and adds to the gradient.</summary>
    /// <param name="trains">As in the forward pass.</param>
    /// <param name="example">As in the forward pass.</param>
    /// <param name="slot">The example's forward pass.</param>
    /// <param name="grazingLimit">Smallest slope that a spike's gradient is divided by.</param>
    /// <param name="push">What regularisation takes from λV of each spiking neuron, population after population, or null.</param>
    /// <param name="slice">Gradient of all parameters.</param>
    public void Backward(SpikeTrains trains, int example, GraphSlot slot, float grazingLimit, float* push, GradientSlice slice)
    {
        float* gradient = slice.Values;
        EventList input = CpuNetwork<TLane>.EventsOf(trains, example);
        int steps = trains.StepsOf(example);
        Attach(slot, steps);
        foreach (CellPass<TLane> population in _populations)
        {
            population.Tape.BeginBackward();
            population.BeginBackward();
            population.GrazingLimit = grazingLimit;
            population.SetGradient(_network.Parameters, gradient);
            population.Push = push;
            push += push != null && population.Program.Neuron.IsSpiking ? population.Program.Units : 0;
        }

        foreach (GraphConnection<TLane> connection in _connections)
        {
            connection.BeginBackward(input);
            Touch(connection, slice.Touched, trains.Segments);
            connection.DelayGradient = connection.DelayParameter < 0
                ? null
                : gradient + _network.Parameters.OffsetOf(connection.DelayParameter);
        }

        for (int parameter = _connections.Length; parameter < _network.Parameters.Count; parameter++)
        {
            TouchAll(parameter, slice.Touched);
        }

        for (int step = steps - 1; step >= 0; step--)
        {
            StepBack(step, slot, gradient);
        }

        foreach (GraphConnection<TLane> connection in _connections)
        {
            long offset = _network.Parameters.OffsetOf(connection.Program.Index);
            connection.EndBackward(_network.Values + offset, gradient + offset);
        }

        slot.Grazing = 0;
        foreach (CellPass<TLane> population in _populations)
        {
            population.EndBackward();
            slot.Grazing += population.Grazing;
        }
    }

    public void Dispose()
    {
        Array.ForEach(_populations, p => p.Dispose());
        Array.ForEach(_connections, c => c.Dispose());
        _eprop?.Dispose();
    }

    private void StepBack(int step, GraphSlot slot, float* gradient)
    {
        for (int n = 0; n < _outputs.Length; n++)
        {
            _outputs[n].Drive(step, slot.Readouts[n]);
            _outputs[n].MoveMaxima(step, slot.Readouts[n]);
        }

        _eprop?.Send(step, slot.Readouts[0].Steps);
        foreach (CellPass<TLane> population in _populations)
        {
            population.StepBack(step);
        }

        _eprop?.Keep(step, _populations);

        float* values = _network.Values;
        GraphConnection<TLane>[] connections = _connections;
        long[] offsets = _offsets;
        for (int n = 0; n < connections.Length; n++)
        {
            connections[n].Collect(step, values + offsets[n], gradient + offsets[n]);
        }
    }

    /// <summary>Says which parts of the gradient this trial adds to.</summary>
    private void Touch(GraphConnection<TLane> connection, byte* touched, int segments)
    {
        // The connection's own program has no delays any more, and so would not say which weights lie in rows.
        int parameter = connection.Program.Index;
        if (_network.Program.Connections[parameter].IsMatrix)
        {
            connection.TouchRows(touched + _network.Parameters.PartOf(parameter), segments);
        }
        else
        {
            TouchAll(parameter, touched);
        }
    }

    private void TouchAll(int parameter, byte* touched) =>
        new Span<byte>(touched + _network.Parameters.PartOf(parameter), _network.Parameters.PartCount(parameter)).Fill(1);

    private void Attach(GraphSlot slot, int steps)
    {
        for (int p = 0; p < _populations.Length; p++)
        {
            _populations[p].Steps = steps;
            _populations[p].Tape = slot.Tapes[p];
            _populations[p].Trace = slot.Traces[p].Length == 0 ? null : slot.Traces[p].Pointer;
        }
    }

    private CellPass<TLane> Create(PopulationCoefficients coefficients) => coefficients.Program.Cell is { } cell
        ? cell.Accept(new CustomPassFactory<TLane>(coefficients, _keptSteps))
        : new PopulationPass<TLane>(coefficients, _eprop?.TraceOf(coefficients.Program.Index));

    private GraphConnection<TLane> Create(ConnectionProgram program)
    {
        CellPass<TLane> target = _populations[program.Target];
        CellPass<TLane>? source = program.IsFromInput ? null : _populations[program.Source];
        InputProgram? input = program.IsFromInput ? _network.Program.Inputs[~program.Source] : null;
        if (input != null && _isConstantCurrent)
        {
            return new CurrentConnection<TLane>(program, target, input) { Tables = _network.Tables };
        }

        if (!program.Delay.IsUniform)
        {
            return new DelayedConnection<TLane>(
                program, source, target, input, _network.DelaySteps[program.Index])
            {
                Tables = _network.Tables,
                DelayParameter = program.Delay.IsLearned
                    ? _network.Program.Parameters.First(p => p.Kind == ParameterKind.Delay && p.Owner == program.Index).Index
                    : -1,
            };
        }

        return program.IsDense
            ? new DenseConnection<TLane>(program, source, target, input) { Tables = _network.Tables }
            : new TableConnection<TLane>(program, source, target, input) { Tables = _network.Tables };
    }
}
