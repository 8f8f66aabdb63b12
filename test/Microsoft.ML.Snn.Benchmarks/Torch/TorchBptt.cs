using System;
using static TorchSharp.torch;

namespace Microsoft.ML.Snn.Benchmarks.Torch;

/// <summary>The rival: the same network as surrogate-gradient back-propagation through time in TorchSharp.</summary>
/// <remarks>
/// It is as fast as we could make it without leaving dense tensors. Everything linear leaves the time loop: the input
/// projection is one product, the synaptic filter another (over time), and synapse, membrane and mean of the readout are
/// one weight per step. What remains in the loop is <see cref="LeakyNeurons"/>.
/// </remarks>
internal sealed class TorchBptt : TorchTraining
{
    private readonly Tensor _synapseFilter;
    private readonly Tensor _readoutFilter;

    private TorchBptt(BenchmarkTask task, int threads)
        : base(task, threads) => (_synapseFilter, _readoutFilter) = (SynapseFilter(), ReadoutFilter());

    public override string Name => "TorchSharp BPTT";

    public static IContender? Create(BenchmarkTask task, int threads) => new TorchBptt(task, threads);

    protected override Tensor HiddenSpikes(Tensor projected) => LeakyNeurons.apply(
        _synapseFilter.mm(projected.view(Task.StepCount, -1)).view(projected.shape), MembraneDecay, Task.Threshold);

    protected override Tensor Scores(Tensor spikes) =>
        _readoutFilter.mm(spikes.view(Task.StepCount, -1)).view(-1, Task.HiddenCount).mm(OutputWeights);

    /// <summary>What a spike at step j adds to the membrane potential at the end of step i, if it did not leak; shape [i, j].</summary>
    private Tensor SynapseFilter()
    {
        var filter = new float[Task.StepCount, Task.StepCount];
        for (int i = 0; i < Task.StepCount; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                filter[i, j] = (float)(CurrentIntoMembrane * Math.Exp((j - i) * Task.TimeStep / Task.SynapseTime));
            }
        }

        return tensor(filter);
    }

    /// <summary>What a hidden spike found at the end of step j adds to the mean potential of an output; shape [1, j].</summary>
    /// <remarks>It arrives at step j + 1, so that a spike of the last step adds nothing.</remarks>
    private Tensor ReadoutFilter()
    {
        var filter = new float[1, Task.StepCount];
        for (int j = 0; j < Task.StepCount; j++)
        {
            double potential = 0;
            double current = 1;
            for (int i = j + 1; i < Task.StepCount; i++)
            {
                potential = (MembraneDecay * potential) + (CurrentIntoMembrane * current);
                current *= SynapseDecay;
                filter[0, j] += (float)(potential / Task.StepCount);
            }
        }

        return tensor(filter);
    }
}
