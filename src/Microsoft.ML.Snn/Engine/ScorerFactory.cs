using System.Diagnostics.CodeAnalysis;
using System.Runtime.Intrinsics;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Engine.Exact;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine;

/// <summary>Holds the weights of a trained network in the form that scoring reads. Safe for any number of threads.</summary>
internal abstract class ScorerFactory
{
    public static ScorerFactory For(NetworkProgram program, NetworkWeights weights) =>
        (program.Integrator, Vector512.IsHardwareAccelerated) switch
        {
            (Integrator.EventDriven, true) => new SharedExact<Vector512Lane>(program, weights),
            (Integrator.EventDriven, false) => new SharedExact<Vector256Lane>(program, weights),
            (_, true) => new Shared<Vector512Lane>(program, weights),
            (_, false) => new Shared<Vector256Lane>(program, weights),
        };

    /// <summary>Creates a scorer that works on the caller's thread and <paramref name="threads"/> - 1 others.</summary>
    public abstract NetworkScorer Create(int threads);

    [SuppressMessage(
        "Design", "CA1001", Justification = "Scorers of any thread may still read the weights; the last one to go frees them.")]
    private sealed class Shared<TLane> : ScorerFactory
        where TLane : struct, ISimdLane<TLane>
    {
        private readonly CpuNetwork<TLane> _network;

        public Shared(NetworkProgram program, NetworkWeights weights)
        {
            _network = new CpuNetwork<TLane>(program);
            _network.Weights.Load(weights);
        }

        public override NetworkScorer Create(int threads) => new CpuScorer<TLane>(_network, new WorkerTeam(threads));
    }

    [SuppressMessage(
        "Design", "CA1001", Justification = "Scorers of any thread may still read the weights; the last one to go frees them.")]
    private sealed class SharedExact<TLane> : ScorerFactory
        where TLane : struct, ISimdLane<TLane>
    {
        private readonly ExactNetwork<TLane> _network;

        public SharedExact(NetworkProgram program, NetworkWeights weights)
        {
            _network = new ExactNetwork<TLane>(program);
            _network.Weights.Load(weights);
        }

        public override NetworkScorer Create(int threads) => new ExactScorer<TLane>(_network, new WorkerTeam(threads));
    }
}
