using System;
using ILGPU;
using ILGPU.Runtime;
using Microsoft.ML.Snn.Engine.Kernels;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Engine;

/// <summary>What host and device tell each other about one batch, in one buffer that is copied once each way.</summary>
internal sealed class DeviceBatch : IDisposable
{
    private const int FieldsPerExample = 7;

    private readonly DeviceBuffer<int> _memory;
    private readonly int[] _host;
    private readonly int _batchSize;
    private readonly int _hiddenLayers;
    private readonly int _hiddenNeurons;
    private int _size;

    public DeviceBatch(Accelerator accelerator, int batchSize, int hiddenLayers, int hiddenNeurons)
    {
        // A kernel gets no empty view, even if there is no hidden layer that could overflow.
        (_batchSize, _hiddenLayers, _hiddenNeurons) = (batchSize, Math.Max(1, hiddenLayers), hiddenNeurons);
        _host = new int[FieldsPerExample * batchSize + _hiddenLayers + hiddenNeurons + 1];
        _memory = new DeviceBuffer<int>(accelerator, _host.Length);
    }

    public BatchViews Views => new()
    {
        Example = _memory.View.SubView(0, _batchSize),
        Weight = _memory.View.SubView(_batchSize, _batchSize),
        Loss = _memory.View.SubView(2L * _batchSize, _batchSize),
        Correct = _memory.View.SubView(3L * _batchSize, _batchSize),
        Grazing = _memory.View.SubView(4L * _batchSize, _batchSize),
        FurtherLoss = _memory.View.SubView(6L * _batchSize, _batchSize),
        Steps = _memory.View.SubView(5L * _batchSize, _batchSize),
        Overflow = _memory.View.SubView((long)FieldsPerExample * _batchSize, _hiddenLayers),
        Norm = _memory.View.SubView(_host.Length - 1, 1),
        Size = _size,
    };

    /// <summary>Number of spikes of each hidden neuron in the batch, layer after layer.</summary>
    public ReadOnlySpan<int> SpikeCounts => _host.AsSpan(FieldsPerExample * _batchSize + _hiddenLayers, _hiddenNeurons);

    /// <summary>The largest count above each hidden layer's tape, or 0.</summary>
    public ReadOnlySpan<int> Overflow => _host.AsSpan(FieldsPerExample * _batchSize, _hiddenLayers);

    /// <summary>Where the spike counts of a layer are on the device.</summary>
    public ArrayView<int> SpikeCountsOf(int firstNeuron, int units) =>
        _memory.View.SubView(FieldsPerExample * _batchSize + _hiddenLayers + firstNeuron, units);

    /// <summary>Uploads a batch to train on, with all results 0.</summary>
    public void Upload(in TrainingBatch batch)
    {
        Array.Clear(_host);
        _size = batch.Examples.Length;
        for (int slot = 0; slot < _size; slot++)
        {
            int example = batch.Examples[slot];
            float weight = batch.ExampleWeights == null ? 1 : batch.ExampleWeights[example];
            _host[slot] = example;
            _host[_batchSize + slot] = BitConverter.SingleToInt32Bits(weight);
            _host[5 * _batchSize + slot] = batch.Trains.StepsOf(example);
        }

        _memory.Upload(_host);
    }

    /// <summary>Uploads consecutive examples to score.</summary>
    public void Upload(SpikeTrains trains, int firstExample, int count)
    {
        Array.Clear(_host);
        _size = count;
        for (int slot = 0; slot < count; slot++)
        {
            _host[slot] = firstExample + slot;
            _host[5 * _batchSize + slot] = trains.StepsOf(firstExample + slot);
        }

        _memory.Upload(_host);
    }

    /// <summary>Reads the results back; waits for the device.</summary>
    public void Download() => _memory.Download(_host);

    public BatchResult Result()
    {
        double loss = 0, further = 0;
        int correct = 0;
        long spikes = 0, grazing = 0;
        for (int slot = 0; slot < _size; slot++)
        {
            loss += BitConverter.Int32BitsToSingle(_host[2 * _batchSize + slot]);
            further += BitConverter.Int32BitsToSingle(_host[6 * _batchSize + slot]);
            correct += _host[3 * _batchSize + slot];
            grazing += _host[4 * _batchSize + slot];
        }

        foreach (int count in SpikeCounts)
        {
            spikes += count;
        }

        return new BatchResult(loss, correct, spikes, grazing, BitConverter.Int32BitsToSingle(_host[^1]), FurtherLoss: further);
    }

    public void Dispose() => _memory.Dispose();
}
