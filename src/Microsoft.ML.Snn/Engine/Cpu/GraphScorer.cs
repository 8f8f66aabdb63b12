using System;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>Scores examples with a graph.</summary>
internal sealed class GraphScorer<TLane> : NetworkScorer
    where TLane : struct, ISimdLane<TLane>
{
    private readonly GraphNetwork<TLane> _network;
    private readonly GraphWorker<TLane>?[] _workers;
    private readonly GraphSlot[] _slots;
    private readonly PopulationProgram[] _outputs;

    private bool _isConstantCurrent;

    /// <summary>Takes over the team, not the network.</summary>
    public GraphScorer(GraphNetwork<TLane> network, WorkerTeam team)
        : base(network.Program, team)
    {
        _network = network;
        _workers = new GraphWorker<TLane>?[team.Size];
        _slots = new GraphSlot[team.Size];
        _outputs = [.. network.Program.Outputs];
    }

    private protected override void DisposeMemory()
    {
        Array.ForEach(_workers, worker => worker?.Dispose());
        Array.ForEach(_slots, slot => slot?.Dispose());
    }

    private protected override void Prepare(SpikeTrains trains)
    {
        if (_workers[0] != null && _isConstantCurrent == trains.IsConstantCurrent)
        {
            return;
        }

        _isConstantCurrent = trains.IsConstantCurrent;
        for (int n = 0; n < _workers.Length; n++)
        {
            _workers[n]?.Dispose();
            _workers[n] = new GraphWorker<TLane>(_network, _isConstantCurrent);
            _slots[n] ??= new GraphSlot(_network.Program, TLane.Width);
        }
    }

    private protected override void ScoreOne(int worker, SpikeTrains trains, int example, Span<float> scores)
    {
        GraphSlot slot = _slots[worker];
        _workers[worker]!.Forward(trains, example, slot);
        for (int n = 0; n < _outputs.Length; n++)
        {
            PopulationProgram output = _outputs[n];
            int count = output.ScoresFor(_network.Program.Steps);
            slot.Readouts[n].CopyScores(output.Readout!.Value, output.Loss, scores[..count]);
            scores = scores[count..];
        }
    }
}
