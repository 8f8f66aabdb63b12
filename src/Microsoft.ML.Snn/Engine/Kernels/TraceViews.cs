using ILGPU;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>Where a layer's backward pass writes what others read.</summary>
internal readonly struct TraceViews
{
    /// <summary>λI at every step, shape [slot, step, neuron]; unused if <see cref="WritesSteps"/> is 0.</summary>
    public required ArrayView<float> LambdaI { get; init; }

    /// <summary>Sum of λI over the steps, shape [slot, neuron]; unused if <see cref="WritesSum"/> is 0.</summary>
    public required ArrayView<float> Sum { get; init; }

    /// <summary>λV - λI at every step, shape [slot, step, neuron]; unused if <see cref="WritesDifference"/> is 0.</summary>
    public required ArrayView<float> Difference { get; init; }

    public required int WritesSteps { get; init; }

    public required int WritesSum { get; init; }

    public required int WritesDifference { get; init; }

    /// <summary>Writes one neuron at one step.</summary>
    /// <param name="at">Index into arrays of shape [slot, step, neuron].</param>
    /// <param name="lambdaV">λV at the step.</param>
    /// <param name="lambdaI">λI at the step.</param>
    public void Write(long at, float lambdaV, float lambdaI)
    {
        if (WritesSteps != 0)
        {
            LambdaI[at] = lambdaI;
        }

        if (WritesDifference != 0)
        {
            Difference[at] = lambdaV - lambdaI;
        }
    }
}
