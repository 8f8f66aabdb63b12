using System;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Cpu.Columns;

/// <summary>What the phases of a batch leave for each other. Allocated once; a place is a block of neurons in the trial of a slot.</summary>
internal sealed unsafe class ColumnMemory : IDisposable
{
    private readonly NativeBuffer<float> _current;
    private readonly NativeBuffer<float> _released;
    private readonly NativeBuffer<float> _sums;
    private readonly NativeBuffer<int> _counts;
    private readonly NativeBuffer<float> _sumOfSteps = new(0);
    private readonly NativeBuffer<float> _scratch;
    private readonly NativeBuffer<byte> _isUsed;
    private readonly int _batchSize;
    private readonly int _steps;
    private readonly int _channels;
    private readonly int _width;
    private readonly bool _subtracts;
    private readonly long _scratchLength;
    private readonly long _neurons;
    private bool _sumsSteps;

    public ColumnMemory(NetworkProgram program, int batchSize, int threads, int blockWidth, int laneWidth)
    {
        SpikeEquations spike = program.Hidden[0].Spike;
        (_batchSize, _steps, _channels, _width) = (batchSize, program.Steps, program.Channels, blockWidth);
        _subtracts = spike.ResetsBySubtraction;
        _neurons = CpuWeights.Padded(program.Hidden[0].Units, blockWidth);
        Blocks = (int)_neurons / blockWidth;
        _current = new NativeBuffer<float>(batchSize * _neurons * _steps);
        _released = new NativeBuffer<float>(_subtracts ? _current.Length : blockWidth);
        if (!_subtracts)
        {
            new Span<float>(_released.Pointer, blockWidth).Fill(spike.ResetWhereSpiking<FloatLane>(spike.Threshold).Value);
        }

        _sums = new NativeBuffer<float>(3 * batchSize * _neurons);
        _counts = new NativeBuffer<int>(2 * batchSize * Blocks);
        _scratchLength = 3L * blockWidth + (long)program.Output.Units * laneWidth;
        _scratch = new NativeBuffer<float>(threads * _scratchLength);
        _isUsed = new NativeBuffer<byte>((long)Blocks * _channels);
    }

    /// <summary>Number of blocks of neurons.</summary>
    public int Blocks { get; }

    /// <summary>Number of places for examples.</summary>
    public int Slots => _batchSize;

    /// <summary>Distance between two examples in what is kept per neuron and example.</summary>
    public nint Neurons => (nint)_neurons;

    /// <summary>Distance between two steps of <see cref="Released"/>: 0 where V is the same after every spike.</summary>
    public int ReleasedStride => _subtracts ? _width : 0;

    /// <summary>Rows of the trace per example: the number of steps, or 1 for a constant current, which needs only their sum.</summary>
    public int Segments => _sumsSteps ? 1 : _steps;

    /// <summary>Gives the trace the form that the input reads.</summary>
    public void Plan(bool isConstantCurrent)
    {
        _sumsSteps = isConstantCurrent;
        _sumOfSteps.Grow(isConstantCurrent ? _batchSize * _neurons : 0);
    }

    /// <summary>Current at each spike, in whose place the backward pass puts λI. Shape [step, neuron of the block].</summary>
    public float* Current(int block, int slot) => _current.Pointer + Place(block, slot) * _steps * _width;

    /// <summary>V after each spike. Shape [step, neuron of the block], or [neuron of the block] where it is the same at every step.</summary>
    public float* Released(int block, int slot) => _subtracts ? _released.Pointer + Place(block, slot) * _steps * _width : _released.Pointer;

    /// <summary>What the spikes of each neuron count for in the readout. Shape [neuron].</summary>
    public float* Responses(int block, int slot) => _sums.Pointer + Neuron(block, slot);

    /// <summary>What the spikes of each neuron count for in the gradient of its output weights. Shape [neuron].</summary>
    public float* Traces(int block, int slot) => Responses(block, slot) + _batchSize * _neurons;

    /// <summary>Number of spikes of each neuron. Shape [neuron].</summary>
    public float* NeuronCounts(int block, int slot) => Traces(block, slot) + _batchSize * _neurons;

    /// <summary>Number of spikes.</summary>
    public ref int Spikes(int block, int slot) => ref _counts.Pointer[Place(block, slot)];

    /// <summary>Number of spikes where the grazing limit acted.</summary>
    public ref int Grazing(int block, int slot) => ref _counts.Pointer[_batchSize * Blocks + Place(block, slot)];

    /// <summary>λI. Shape [segment, neuron of the block]; the slots of a block follow each other.</summary>
    public float* Lambda(int block, int slot) => _sumsSteps ? _sumOfSteps.Pointer + Place(block, slot) * _width : Current(block, slot);

    /// <summary>Whether a row of weights ever had an event. Shape [row].</summary>
    public byte* IsUsed(int block) => _isUsed.Pointer + (long)block * _channels;

    /// <summary>After moments came from elsewhere, any row may have some.</summary>
    public void UseAllRows() => new Span<byte>(_isUsed.Pointer, (int)_isUsed.Length).Fill(1);

    /// <summary>A worker's own memory. Shape [neuron of the block] each.</summary>
    public float* Drive(int worker) => _scratch.Pointer + worker * _scratchLength;

    public float* Feedback(int worker) => Drive(worker) + _width;

    /// <summary>What regularisation takes from λV at each spike. Shape [neuron of the block].</summary>
    public float* Push(int worker) => Feedback(worker) + _width;

    /// <summary>Shape [output, element of a lane].</summary>
    public float* OutputSums(int worker) => Push(worker) + _width;

    public void Dispose()
    {
        _current.Dispose();
        _released.Dispose();
        _sums.Dispose();
        _counts.Dispose();
        _sumOfSteps.Dispose();
        _scratch.Dispose();
        _isUsed.Dispose();
    }

    // Block by block: no cache line is written by two parts of the work.
    private long Place(int block, int slot) => (long)block * _batchSize + slot;

    private long Neuron(int block, int slot) => slot * _neurons + (long)block * _width;
}
