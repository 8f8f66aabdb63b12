using System;
using System.IO;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>One connection in the trial that a worker runs: brings spikes to their targets, and errors and gradients back.</summary>
internal abstract unsafe class GraphConnection<TLane> : IDisposable
    where TLane : struct, ISimdLane<TLane>
{
    private ArrivalCursor _arrivals;

    protected GraphConnection(ConnectionProgram program, CellPass<TLane>? source, CellPass<TLane> target, InputProgram? input)
    {
        (Program, Source, Target) = (program, source, target);
        FirstChannel = input?.FirstChannel ?? 0;
        _arrivals = new ArrivalCursor(program.Delay.Steps, FirstChannel, input?.Channels ?? 0);
    }

    public ConnectionProgram Program { get; }

    /// <summary>The synapses of every connection, by its index, as they are in this batch.</summary>
    public required SynapseTable?[] Tables { get; init; }

    /// <summary>The neurons that spikes come from, or null for an input.</summary>
    protected CellPass<TLane>? Source { get; }

    protected CellPass<TLane> Target { get; }

    protected int FirstChannel { get; }

    /// <summary>The synapses of a dense connection, for a class that reads tables only.</summary>
    protected SynapseTable? DenseTable { get; init; }

    protected SynapseTable Table => DenseTable ?? Tables[Program.Index]!;

    /// <summary>Whether the spikes that arrived are told their errors; e-prop tells their neurons in another way.</summary>
    public bool SendsErrors { get; set; } = true;

    /// <summary>The parameter that its delays are, or -1 where they are not learned.</summary>
    public int DelayParameter { get; init; } = -1;

    /// <summary>Where the derivatives by the delays are added, or null.</summary>
    public float* DelayGradient { get; set; }

    protected ref ArrivalCursor Arrivals => ref _arrivals;

    public virtual void BeginForward(EventList input) => Begin(input, backward: false);

    public virtual void BeginBackward(EventList input) => Begin(input, backward: true);

    /// <summary>Marks the row of every event of the trial that <see cref="BeginBackward"/> has prepared.</summary>
    /// <param name="touched">For every row 1 where its gradient may change. Shape [row].</param>
    /// <param name="segments">Number of lists of events of the input.</param>
    public void TouchRows(byte* touched, int segments) => _arrivals.Touch(touched, Program.Rows, segments);

    /// <summary>Adds what arrives at a step to the currents of the targets.</summary>
    /// <param name="step">The step.</param>
    /// <param name="weights">The weights of the connection.</param>
    public abstract void Deliver(int step, float* weights);

    /// <summary>Sends errors to the spikes that arrived at a step, and adds to the gradient of their weights.</summary>
    /// <param name="step">The step that the targets have gone back over.</param>
    /// <param name="weights">The weights of the connection.</param>
    /// <param name="gradient">Their gradient, of the same shape.</param>
    public abstract void Collect(int step, float* weights, float* gradient);

    /// <summary>Called when the trial has been gone back over.</summary>
    /// <param name="weights">The weights of the connection.</param>
    /// <param name="gradient">Their gradient, of the same shape.</param>
    public virtual void EndBackward(float* weights, float* gradient)
    {
    }

    public virtual void Dispose()
    {
    }

    /// <summary>Begins a stream, whose events come step by step.</summary>
    /// <param name="input">The events of the input of this connection, or null where it has none or is a current.</param>
    public void BeginStream(GraphTape? input)
    {
        BeginForward(default);
        if (input != null)
        {
            _arrivals.Begin(input, backward: false);
        }
    }

    /// <summary>Goes on with the events of a stream as if every step before this one had been delivered.</summary>
    public void Resume(int step) => _arrivals.Resume(step);

    /// <summary>Follows a tape that has forgotten its first events.</summary>
    public void Forget(GraphTape tape, int count) => _arrivals.Forget(tape, count);

    /// <summary>Told that the steps of a stream are counted anew, from so many steps later.</summary>
    public virtual void MoveOrigin(int steps)
    {
    }

    /// <summary>Writes what is on its way, for a stream that is to go on with this step.</summary>
    public virtual void WriteState(BinaryWriter writer, int step)
    {
    }

    /// <summary>Takes over what <see cref="WriteState"/> wrote.</summary>
    public virtual void ReadState(BinaryReader reader, int step)
    {
    }

    private void Begin(EventList input, bool backward)
    {
        if (Source == null)
        {
            _arrivals.Begin(input);
        }
        else
        {
            _arrivals.Begin(Source.Tape, backward);
        }
    }
}
