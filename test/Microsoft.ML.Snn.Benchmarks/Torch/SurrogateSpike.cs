using System.Collections.Generic;
using static TorchSharp.torch;

namespace Microsoft.ML.Snn.Benchmarks.Torch;

/// <summary>1 where a potential reaches the threshold, with the derivative of a fast sigmoid.</summary>
/// <remarks>S = V ≥ ϑ, ∂S/∂V := 1/(1 + γ·|V - ϑ|)². Source: Zenke and Ganguli, Neural Comput. 30:1514 (2018).</remarks>
internal sealed class SurrogateSpike : autograd.SingleTensorFunction<SurrogateSpike>
{
    /// <summary>γ, of both rivals.</summary>
    public const double Slope = 10;

    private const string Threshold = "threshold";

    public override string Name => nameof(SurrogateSpike);

    /// <summary>Spikes, 0 or 1, shape [sample, neuron].</summary>
    /// <param name="ctx">Carries what the backward pass needs.</param>
    /// <param name="vars">Potential, shape [sample, neuron]; threshold ϑ.</param>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var potential = (Tensor)vars[0];
        var threshold = (double)vars[1];
        ctx.save_for_backward([potential]);
        ctx.save_data(Threshold, threshold);
        return potential.ge(threshold).to_type(ScalarType.Float32);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        Tensor distance = (ctx.get_saved_variables()[0] - (double)ctx.get_data(Threshold)).abs();
        return [grad_output / (1 + (Slope * distance)).pow(2), null!];
    }
}
