using System;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>Scores examples on a team of threads, one example per thread at a time.</summary>
internal sealed unsafe class CpuScorer<TLane> : NetworkScorer
    where TLane : struct, ISimdLane<TLane>
{
    private readonly CpuNetwork<TLane> _network;
    private readonly WorkerTeam _team;
    private readonly LayerScratch[] _scratch;
    private readonly ExampleSlot[] _slots;
    private readonly Action<int, int> _scoreOne;

    private SpikeTrains? _trains;
    private float* _scores;

    /// <summary>Takes over the team, not the network.</summary>
    public CpuScorer(CpuNetwork<TLane> network, WorkerTeam team)
    {
        _network = network;
        _team = team;
        _scratch = new LayerScratch[team.Size];
        _slots = new ExampleSlot[team.Size];
        for (int worker = 0; worker < team.Size; worker++)
        {
            _scratch[worker] = network.CreateScratch();
            _slots[worker] = network.CreateSlot();
        }

        _scoreOne = ScoreOne;
    }

    public override void Score(SpikeTrains trains, Span<float> scores)
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

    private void ScoreOne(int worker, int example)
    {
        ExampleSlot slot = _slots[worker];
        _network.Forward(
            CpuNetwork<TLane>.EventsOf(_trains!, example), _trains!.IsConstantCurrent, _scratch[worker], slot);
        OutputProgram output = _network.Program.Output;
        int count = output.ScoresFor(_network.Program.Steps);
        slot.Output.CopyScores(output.Readout, output.Loss, new Span<float>(_scores + (long)example * count, count));
    }
}
