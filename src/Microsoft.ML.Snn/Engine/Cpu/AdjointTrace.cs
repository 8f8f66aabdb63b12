namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>Where one layer writes λI in the backward pass of one example.</summary>
/// <param name="steps">λI at every step, shape [step, neuron], or null where no spikes arrive.</param>
/// <param name="sum">The sum over the steps, shape [neuron], or null where no constant current arrives.</param>
internal readonly unsafe struct AdjointTrace(float* steps, float* sum)
{
    public readonly float* Steps = steps;
    public readonly float* Sum = sum;
}
