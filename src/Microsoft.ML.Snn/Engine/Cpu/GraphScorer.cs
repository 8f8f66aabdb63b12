using System;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>Scores examples on a team of threads, one example per thread at a time.</summary>
internal sealed unsafe class GraphScorer<TLane> : NetworkScorer
    where TLane : struct, ISimdLane<TLane>
{
    private readonly GraphNetwork<TLane> _network;
    private readonly WorkerTeam _team;
    private readonly GraphWorker<TLane>[] _workers;
    private readonly GraphSlot[] _slots;
    private readonly PopulationProgram[] _outputs;
    private readonly int _scoresPerExample;
    private readonly Action<int, int> _scoreOne;

    private bool _isConstantCurrent;
    private SpikeTrains? _trains;
    private float* _scores;

    /// <summary>Takes over the team, not the network.</summary>
    public GraphScorer(GraphNetwork<TLane> network, WorkerTeam team)
    {
        (_network, _team) = (network, team);
        _workers = new GraphWorker<TLane>[team.Size];
        _slots = new GraphSlot[team.Size];
        _outputs = [.. network.Program.Outputs];
        _scoresPerExample = network.Program.ScoresPerExample;
        _scoreOne = ScoreOne;
    }

    public override void Score(SpikeTrains trains, Span<float> scores)
    {
        if (_trains == null || _isConstantCurrent != trains.IsConstantCurrent)
        {
            CreateWorkers(trains.IsConstantCurrent);
        }

        _trains = trains;
        fixed (float* target = scores)
        {
            _scores = target;
            _team.Run(trains.Count, _scoreOne);
        }

        GC.KeepAlive(this);
    }

    public override void Dispose()
    {
        _team.Dispose();
        Array.ForEach(_workers, worker => worker?.Dispose());
        Array.ForEach(_slots, slot => slot?.Dispose());
    }

    private void CreateWorkers(bool isConstantCurrent)
    {
        _isConstantCurrent = isConstantCurrent;
        for (int n = 0; n < _workers.Length; n++)
        {
            _workers[n]?.Dispose();
            _workers[n] = new GraphWorker<TLane>(_network, isConstantCurrent);
            _slots[n] ??= new GraphSlot(_network.Program, TLane.Width);
        }
    }

    private void ScoreOne(int worker, int example)
    {
        GraphSlot slot = _slots[worker];
        _workers[worker].Forward(_trains!, example, slot);
        float* scores = _scores + (long)example * _scoresPerExample;
        for (int n = 0; n < _outputs.Length; n++)
        {
            PopulationProgram output = _outputs[n];
            int count = output.ScoresFor(_network.Program.Steps);
            slot.Readouts[n].CopyScores(output.Readout!.Value, output.Loss, new Span<float>(scores, count));
            scores += count;
        }
    }
}
