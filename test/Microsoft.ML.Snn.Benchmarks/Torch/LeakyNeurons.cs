using System.Collections.Generic;
using static TorchSharp.torch;

namespace Microsoft.ML.Snn.Benchmarks.Torch;

/// <summary>Spikes of leaky integrate-and-fire neurons over all steps, with a surrogate gradient.</summary>
/// <remarks>
/// <para>Forward: V[t] = a·V'[t-1] + J[t], S[t] = V[t] ≥ ϑ, V'[t] = V[t]·(1 - S[t]).</para>
/// <para>Backward: λ[t] = ∂L/∂S[t] / (1 + γ·|V[t] - ϑ|)² + a·(1 - S[t])·λ[t+1], no gradient through the reset.</para>
/// <para>One function over all steps instead of automatic differentiation of each: what does not depend on the
/// step before is done for all steps at once, and two operations per step forward and one backward are left.</para>
/// <para>Source: Zenke and Ganguli, Neural Comput. 30:1514 (2018), for the fast sigmoid as surrogate.</para>
/// </remarks>
internal sealed class LeakyNeurons : autograd.SingleTensorFunction<LeakyNeurons>
{
    private const string Decay = "decay";
    private const string Threshold = "threshold";

    public override string Name => nameof(LeakyNeurons);

    /// <summary>Spikes, 0 or 1, shape [step, sample, neuron].</summary>
    /// <param name="ctx">Carries what the backward pass needs.</param>
    /// <param name="vars">Current per step J, shape [step, sample, neuron]; membrane decay a; threshold ϑ.</param>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var current = (Tensor)vars[0];
        var decay = (double)vars[1];
        var threshold = (double)vars[2];

        // Of the negated potential, torch.threshold makes the potential after the reset in one pass:
        // it keeps what is above -ϑ and puts 0 for the rest.
        Tensor negated = current.neg();
        Tensor[] steps = negated.unbind(0);
        for (int t = 1; t < steps.Length; t++)
        {
            steps[t].add_(nn.functional.threshold(steps[t - 1], -threshold, 0), alpha: decay);
        }

        ctx.save_for_backward([negated]);
        ctx.save_data(Decay, decay);
        ctx.save_data(Threshold, threshold);
        return negated.le(-threshold).to_type(ScalarType.Float32);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var decay = (double)ctx.get_data(Decay);
        var threshold = (double)ctx.get_data(Threshold);
        Tensor negated = ctx.get_saved_variables()[0];

        Tensor lambda = grad_output.div(negated.add(threshold).abs_().mul_(SurrogateSpike.Slope).add_(1).pow_(2));
        Tensor[] steps = lambda.unbind(0);
        Tensor[] kept = negated.gt(-threshold).mul(decay).unbind(0);
        for (int t = steps.Length - 2; t >= 0; t--)
        {
            steps[t].addcmul_(kept[t], steps[t + 1], 1);
        }

        return [lambda, null!, null!];
    }
}
