using System;

namespace Microsoft.ML.Snn.Reference;

/// <summary>The neurons of one layer in forward time; each is kept as it was at its own last event.</summary>
internal sealed class LayerState
{
    private readonly ReferenceLayer _layer;
    private readonly LifSegment _segment;
    private readonly OutputReader? _reader;
    private readonly bool _spikes;
    private readonly double[] _time;
    private readonly double[] _membrane;
    private readonly double[] _current;

    public LayerState(ReferenceLayer layer, OutputReader? reader, bool spikes)
    {
        _spikes = spikes;
        int count = layer.NeuronCount;
        _layer = layer;
        _segment = new(layer.MembraneTime, layer.SynapseTime);
        _reader = reader;
        _time = new double[count];
        _membrane = new double[count];
        _current = new double[count];
        NextSpike = new double[count];
        NextRelease = new double[count];
        Array.Fill(NextSpike, double.PositiveInfinity);
        Array.Fill(NextRelease, double.PositiveInfinity);
    }

    /// <summary>Gets when each neuron will spike if nothing else arrives; infinity for never or held.</summary>
    public double[] NextSpike { get; }

    /// <summary>Gets when each held neuron will be let go; infinity for a free one.</summary>
    public double[] NextRelease { get; }

    public void Arrive(int j, double time, double amount, int eventIndex)
    {
        Advance(j, time, eventIndex);
        _current[j] += amount;
        Predict(j);
    }

    /// <summary>Gives the membrane value of a neuron at its own last event.</summary>
    public double Membrane(int j) => _membrane[j];

    /// <summary>Resets a neuron that has just reached its threshold; gives its current.</summary>
    public double Spike(int j, double time)
    {
        Advance(j, time, -1);
        _membrane[j] = _layer.Reset;
        NextSpike[j] = double.PositiveInfinity;
        if (_layer.RefractoryPeriod > 0)
        {
            NextRelease[j] = time + _layer.RefractoryPeriod;
        }

        double current = _current[j];
        Predict(j);
        return current;
    }

    /// <summary>Ends a refractory period; gives the current.</summary>
    public double Release(int j, double time)
    {
        Advance(j, time, -1);
        NextRelease[j] = double.PositiveInfinity;
        Predict(j);
        return _current[j];
    }

    public void Advance(int j, double time, int eventIndex)
    {
        double s = time - _time[j];
        double v = _membrane[j];
        double i = _current[j];
        _time[j] = time;
        _current[j] = _segment.Current(i, s);
        if (double.IsPositiveInfinity(NextRelease[j]))
        {
            _membrane[j] = _segment.Membrane(v, i, s);
        }

        _reader?.Read(j, v, i, time - s, time, eventIndex);
    }

    private void Predict(int j)
    {
        if (_spikes && double.IsPositiveInfinity(NextRelease[j]))
        {
            NextSpike[j] = _time[j] + _segment.CrossingTime(_membrane[j], _current[j], _layer.Threshold);
        }
    }
}
