using System;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Learning.Checks;

/// <summary>A random loss: a weight for the time of every spike and for every variable of the final state.</summary>
internal sealed class CellLoss
{
    private readonly double[] _spikes = new double[16];
    private readonly double[] _state = new double[CellState<DoubleLane>.Slots];

    public CellLoss(Func<double> draw)
    {
        for (int k = 0; k < _spikes.Length; k++)
        {
            _spikes[k] = draw();
        }

        for (int slot = 0; slot < _state.Length; slot++)
        {
            _state[slot] = draw();
        }
    }

    public double OfSpike(int index) => _spikes[index % _spikes.Length];

    public double OfState(int slot) => _state[slot];
}
