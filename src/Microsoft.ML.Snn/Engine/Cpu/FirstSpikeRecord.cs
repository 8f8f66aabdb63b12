using System;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>The first spikes of one output population in one trial, and the derivative of their loss.</summary>
/// <param name="equations">The loss.</param>
/// <param name="units">Number of outputs.</param>
/// <param name="stride">The same, padded to whole lanes.</param>
internal sealed unsafe class FirstSpikeRecord(FirstSpikeEquations equations, int units, int stride) : IDisposable
{
    private readonly NativeBuffer<float> _values = new(3L * stride);
    private readonly double[] _times = new double[units];
    private readonly double[] _lossByTimes = new double[units];
    private double _duration;

    /// <summary>V at the end of the step before. Shape [output], padded.</summary>
    public float* Before => _values.Pointer;

    /// <summary>The part of the step before the crossing, or NaN as long as the output is silent. Shape [output], padded.</summary>
    public float* Fraction => _values.Pointer + stride;

    /// <summary>τm of each output. Shape [output], padded.</summary>
    public float* MembraneTime => _values.Pointer + 2 * stride;

    /// <summary>Times of the first spikes in milliseconds; those of silent outputs lie after the end of the trial. Shape [output].</summary>
    public Span<double> Times => _times;

    /// <summary>∂L/∂t, with the factor of <see cref="TakeLoss"/>. Shape [output].</summary>
    public ReadOnlySpan<double> LossByTimes => _lossByTimes;

    public bool IsSilent(int output) => float.IsNaN(Fraction[output]);

    /// <summary>Forgets the trial before.</summary>
    /// <param name="duration">Length of the new one in milliseconds.</param>
    public void Begin(double duration)
    {
        _duration = duration;
        new Span<float>(Before, stride).Clear();
        new Span<float>(Fraction, stride).Fill(float.NaN);
    }

    /// <summary>Works out the loss.</summary>
    /// <param name="target">The class.</param>
    /// <param name="weight">Weight of the example.</param>
    /// <param name="scale">Factor of the derivative.</param>
    /// <param name="derivative">Receives scale·∂L/∂t of every output that spiked, and scale·∂L/∂(max V) of every other. Shape [output].</param>
    public (float Loss, int Correct) TakeLoss(Target target, float weight, float scale, Span<float> derivative)
    {
        double loss = equations.Loss(_times, target.Class(0), _duration, _lossByTimes);
        for (int k = 0; k < units; k++)
        {
            _lossByTimes[k] *= scale;
            derivative[k] = (float)(IsSilent(k)
                ? FirstSpikeEquations.LossByMaximum(_lossByTimes[k], MembraneTime[k], Networks.OutputLayer.Threshold)
                : _lossByTimes[k]);
        }

        int first = System.Numerics.Tensors.TensorPrimitives.IndexOfMin<double>(_times);
        return ((float)(weight * loss), first == target.Class(0) ? 1 : 0);
    }

    /// <summary>Fills in the probabilities of the classes. Shape [output].</summary>
    public void ToProbabilities(Span<float> probabilities) => equations.ToProbabilities(_times, probabilities);

    public void Dispose() => _values.Dispose();
}
