using System;
using System.Linq;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>State of the one layer that a worker runs at a time. It stays in the first-level cache.</summary>
internal sealed unsafe class LayerScratch : IDisposable
{
    /// <summary>Number of weight rows whose gradient there is room for: few enough for the first-level cache.</summary>
    public const int GradientRows = 16;

    private readonly NativeBuffer<float> _values;
    private readonly NativeBuffer<int> _lastSpike;
    private readonly NativeBuffer<float> _adaptive;
    private readonly int _stride;

    public LayerScratch(NetworkProgram program, int laneWidth)
    {
        _stride = CpuWeights.Padded(
            program.Hidden.Select(hidden => hidden.Units).Append(program.Output.Units).Max(), laneWidth);
        _values = new NativeBuffer<float>((5L + GradientRows) * _stride + 3 * laneWidth);
        _lastSpike = new NativeBuffer<int>(_stride);
        _adaptive = new NativeBuffer<float>(
            program.Hidden.Any(hidden => hidden.Adaptation.IsActive) ? AdaptiveNeurons<Vector512Lane>.StateArrays * (long)_stride : 0);
    }

    /// <summary>Potential V, or λV in the backward pass.</summary>
    public float* V => _values.Pointer;

    /// <summary>Current I, or λI in the backward pass.</summary>
    public float* I => _values.Pointer + _stride;

    /// <summary>Steps left in the refractory period, or what the release passes back to the spike.</summary>
    public float* Held => _values.Pointer + 2 * _stride;

    /// <summary>Constant current into each neuron.</summary>
    public float* Drive => _values.Pointer + 3 * _stride;

    /// <summary>What regularisation takes from λV.</summary>
    public float* Push => _values.Pointer + 4 * _stride;

    /// <summary>Gradient of the weight rows of one job.</summary>
    public float* Gradient => _values.Pointer + 5 * _stride;

    /// <summary>Three lanes for the neurons that spike.</summary>
    public float* Spiking => Gradient + GradientRows * _stride;

    /// <summary>State of a layer of adaptive neurons, which use nothing else but <see cref="Drive"/>.</summary>
    public float* Adaptive => _adaptive.Pointer;

    public int* LastSpike => _lastSpike.Pointer;

    public void Dispose()
    {
        _values.Dispose();
        _lastSpike.Dispose();
        _adaptive.Dispose();
    }
}
