using System;

namespace Microsoft.ML.Snn.Reference;

/// <summary>Reads the output membranes of one trial, segment by segment.</summary>
internal sealed class OutputReader(ReferenceLayer layer, ReferenceReadout readout, double duration)
{
    private readonly LifSegment _segment = new(layer.MembraneTime, layer.SynapseTime);
    private readonly double[] _integral = new double[layer.NeuronCount];

    // V starts at 0, and a start counts: time 0, value 0.
    private readonly MembraneMaximum[] _maxima = NewMaxima(layer.NeuronCount);

    public MembraneMaximum[] Maxima => _maxima;

    public void Read(int k, double v0, double i0, double start, double end, int eventIndex)
    {
        double rate = ReadoutDrive.Rate(readout, duration);
        _integral[k] += _segment.WeightedIntegral(v0, i0, start, end, rate);

        double turn = start + _segment.PeakTime(v0, i0);
        if (turn < end)
        {
            Offer(k, new(_segment.Membrane(v0, i0, turn - start), turn, -1, 0));
        }

        double v1 = _segment.Membrane(v0, i0, end - start);
        double slope = (_segment.Current(i0, end - start) - v1) / layer.MembraneTime;
        Offer(k, new(v1, end, eventIndex, eventIndex < 0 ? 0 : slope));
    }

    public double Output(int k) => readout == ReferenceReadout.MaximumMembrane
        ? _maxima[k].Value
        : ReadoutDrive.Scale(readout, duration) * _integral[k];

    private static MembraneMaximum[] NewMaxima(int count)
    {
        var maxima = new MembraneMaximum[count];
        Array.Fill(maxima, new(0, 0, -1, 0));
        return maxima;
    }

    private void Offer(int k, MembraneMaximum candidate)
    {
        if (candidate.Value > _maxima[k].Value)
        {
            _maxima[k] = candidate;
        }
    }
}
