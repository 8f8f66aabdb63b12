using System;
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
        Vector512.IsHardwareAccelerated
            ? For<Vector512Lane>(program, weights)
            : For<Vector256Lane>(program, weights);

    /// <summary>Creates a scorer that works on the caller's thread and <paramref name="threads"/> - 1 others.</summary>
    public abstract NetworkScorer Create(int threads);

    /// <summary>Creates what runs the network step by step.</summary>
    /// <param name="isConstantCurrent">Whether the input is a current that lasts; else events.</param>
    /// <exception cref="InvalidOperationException">The network has no steps.</exception>
    public abstract NetworkStepper CreateStepper(bool isConstantCurrent);

    /// <summary>Creates what shows the inside of trials.</summary>
    public abstract TrialRunner CreateRunner();

    private static ScorerFactory For<TLane>(NetworkProgram program, NetworkWeights weights)
        where TLane : struct, ISimdLane<TLane> =>
        program.Integrator == Integrator.EventDriven ? new SharedExact<TLane>(program, weights)
        : program.IsPlain ? new Shared<TLane>(program, weights)
        : new SharedGraph<TLane>(program, weights);

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

        public override NetworkStepper CreateStepper(bool isConstantCurrent) => new LayerStepper<TLane>(_network);

        public override TrialRunner CreateRunner() => new CpuRunner<TLane>(_network);
    }

    [SuppressMessage(
        "Design", "CA1001", Justification = "Scorers of any thread may still read the weights; the last one to go frees them.")]
    private sealed class SharedGraph<TLane> : ScorerFactory
        where TLane : struct, ISimdLane<TLane>
    {
        private readonly GraphNetwork<TLane> _network;

        public SharedGraph(NetworkProgram program, NetworkWeights weights)
        {
            _network = new GraphNetwork<TLane>(program);
            _network.Load(weights);
        }

        public override NetworkScorer Create(int threads) => new GraphScorer<TLane>(_network, new WorkerTeam(threads));

        public override NetworkStepper CreateStepper(bool isConstantCurrent) =>
            _network.Program.Output.Readout == Equations.ReadoutKind.FirstSpikeTime
                ? throw new InvalidOperationException(
                    "A stream must read membranes, but this network is read at its first spikes, and what a silent output would say is known at the end of "
                    + "the trial only. Score whole trials with Transform, or train with another readout.")
                : new GraphStepper<TLane>(_network, isConstantCurrent);

        public override TrialRunner CreateRunner() => new GraphRunner<TLane>(_network);
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

        public override NetworkStepper CreateStepper(bool isConstantCurrent) => throw new InvalidOperationException(
            "A stream must have time steps, but this network runs event-driven. Train it with SnnTrainer.Options.Integrator = Integrator.Grid.");

        public override TrialRunner CreateRunner() => new ExactRunner<TLane>(_network);
    }
}
