using System;

namespace Microsoft.ML.Snn.Reference;

/// <summary>The adjoints of one layer in reverse time; each neuron is kept as it was at its own last event.</summary>
internal sealed class LayerAdjoint
{
    private readonly AdjointSegment _segment;
    private readonly double[] _time;
    private readonly double[] _driveScale;
    private readonly double _driveRate;

    /// <summary>Starts at the end of the trial with all adjoints 0.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="duration">Length of the trial in milliseconds.</param>
    /// <param name="driveScale">dL/dV(t) of each neuron is this times exp(-rate t).</param>
    /// <param name="driveRate">The rate, per millisecond.</param>
    public LayerAdjoint(ReferenceLayer layer, double duration, double[] driveScale, double driveRate)
    {
        _segment = new(layer.MembraneTime, layer.SynapseTime);
        _driveScale = driveScale;
        _driveRate = driveRate;
        _time = new double[layer.NeuronCount];
        LambdaV = new double[layer.NeuronCount];
        LambdaI = new double[layer.NeuronCount];
        Push = new double[layer.NeuronCount];
        Array.Fill(_time, duration);
    }

    public double[] LambdaV { get; }

    public double[] LambdaI { get; }

    /// <summary>Gets what the end of a refractory period hands to the spike that began it.</summary>
    public double[] Push { get; }

    public void BackTo(int j, double time)
    {
        double drive = _driveScale[j] * Math.Exp(-_driveRate * _time[j]);
        (LambdaV[j], LambdaI[j]) = _segment.Back(LambdaV[j], LambdaI[j], _time[j] - time, drive, _driveRate);
        _time[j] = time;
    }
}
