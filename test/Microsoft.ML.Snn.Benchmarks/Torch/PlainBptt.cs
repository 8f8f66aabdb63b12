using static TorchSharp.torch;

namespace Microsoft.ML.Snn.Benchmarks.Torch;

/// <summary>The same network as most people would write it: a loop over the steps, which TorchSharp differentiates by itself.</summary>
/// <remarks>Only the input projection is taken out of the loop. No gradient goes through the reset, as in <see cref="TorchBptt"/>.</remarks>
internal sealed class PlainBptt : TorchTraining
{
    private const int Sample = 9600;

    private PlainBptt(BenchmarkTask task, int threads)
        : base(task, threads, Sample)
    {
    }

    public override string Name => "TorchSharp BPTT in a plain loop" + SampleNote;

    public static IContender? Create(BenchmarkTask task, int threads) => new PlainBptt(task, threads);

    protected override Tensor HiddenSpikes(Tensor projected)
    {
        var spikes = new Tensor[Task.StepCount];
        Tensor current = zeros_like(projected[0]), potential = current;
        for (int step = 0; step < spikes.Length; step++)
        {
            current = current + projected[step];
            potential = (MembraneDecay * potential) + (CurrentIntoMembrane * current);
            current = SynapseDecay * current;
            spikes[step] = SurrogateSpike.apply(potential, Task.Threshold);
            potential = potential * (1 - spikes[step].detach());
        }

        return stack(spikes);
    }

    protected override Tensor Scores(Tensor spikes)
    {
        Tensor current = zeros(spikes.shape[1], Task.ClassCount), potential = current, sum = current;
        for (int step = 1; step < Task.StepCount; step++)
        {
            // A spike found at the end of a step arrives in the next one.
            current = current + spikes[step - 1].mm(OutputWeights);
            potential = (MembraneDecay * potential) + (CurrentIntoMembrane * current);
            current = SynapseDecay * current;
            sum = sum + potential;
        }

        return sum / Task.StepCount;
    }
}
