using System;
using System.Linq;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Engine.Exact;

/// <summary>Scores examples from event to event.</summary>
internal sealed class ExactScorer<TLane> : NetworkScorer
    where TLane : struct, ISimdLane<TLane>
{
    private readonly ExactNetwork<TLane> _network;
    private readonly ExactScratch[] _scratch;
    private readonly ExactSlot[] _slots;

    /// <summary>Takes over the team, not the network.</summary>
    public ExactScorer(ExactNetwork<TLane> network, WorkerTeam team)
        : base(network.Program, team)
    {
        _network = network;
        _scratch = [.. Enumerable.Range(0, team.Size).Select(_ => network.CreateScratch())];
        _slots = [.. Enumerable.Range(0, team.Size).Select(_ => network.CreateSlot())];
    }

    private protected override void DisposeMemory()
    {
        Array.ForEach(_scratch, scratch => scratch.Dispose());
        Array.ForEach(_slots, slot => slot.Dispose());
    }

    private protected override void ScoreOne(int worker, SpikeTrains trains, int example, Span<float> scores)
    {
        ExactSlot slot = _slots[worker];
        _network.Forward(trains, example, _scratch[worker], slot);
        _network.ToScores(slot, scores);
    }
}
