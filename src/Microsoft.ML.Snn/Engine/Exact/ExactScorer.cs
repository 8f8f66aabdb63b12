using System;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Engine.Exact;

/// <summary>Scores examples from event to event on a team of threads, one example per thread at a time.</summary>
internal sealed class ExactScorer<TLane> : NetworkScorer
    where TLane : struct, ISimdLane<TLane>
{
    private readonly ExactNetwork<TLane> _network;
    private readonly WorkerTeam _team;
    private readonly ExactScratch[] _scratch;
    private readonly ExactSlot[] _slots;
    private readonly Action<int, int> _scoreOne;

    private SpikeTrains? _trains;
    private unsafe float* _scores;

    /// <summary>Takes over the team, not the network.</summary>
    public ExactScorer(ExactNetwork<TLane> network, WorkerTeam team)
    {
        (_network, _team) = (network, team);
        _scratch = new ExactScratch[team.Size];
        _slots = new ExactSlot[team.Size];
        for (int worker = 0; worker < team.Size; worker++)
        {
            _scratch[worker] = network.CreateScratch();
            _slots[worker] = network.CreateSlot();
        }

        _scoreOne = ScoreOne;
    }

    public override unsafe void Score(SpikeTrains trains, Span<float> scores)
    {
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
        Array.ForEach(_scratch, scratch => scratch.Dispose());
        Array.ForEach(_slots, slot => slot.Dispose());
    }

    private unsafe void ScoreOne(int worker, int example)
    {
        ExactSlot slot = _slots[worker];
        _network.Forward(_trains!, example, _scratch[worker], slot);
        int outputs = _network.Program.Output.Units;
        _network.ToScores(slot, new Span<float>(_scores + (long)example * outputs, outputs));
    }
}
