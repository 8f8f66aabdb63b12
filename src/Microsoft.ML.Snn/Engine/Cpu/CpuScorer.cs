using System;
using System.Linq;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>Scores examples with a stack of layers.</summary>
internal sealed class CpuScorer<TLane> : NetworkScorer
    where TLane : struct, ISimdLane<TLane>
{
    private readonly CpuNetwork<TLane> _network;
    private readonly LayerScratch[] _scratch;
    private readonly ExampleSlot[] _slots;

    /// <summary>Takes over the team, not the network.</summary>
    public CpuScorer(CpuNetwork<TLane> network, WorkerTeam team)
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
        ExampleSlot slot = _slots[worker];
        _network.Forward(CpuNetwork<TLane>.EventsOf(trains, example), trains.IsConstantCurrent, _scratch[worker], slot);
        OutputProgram output = _network.Program.Output;
        slot.Output.CopyScores(output.Readout, output.Loss, scores);
    }
}
