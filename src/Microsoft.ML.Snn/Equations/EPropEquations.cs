using System.Runtime.CompilerServices;

namespace Microsoft.ML.Snn.Equations;

/// <summary>e-prop at one neuron: the pseudo-derivative of its spikes, and its eligibility in two forms that are equal.</summary>
/// <remarks>
/// <para>Pseudo-derivative of a spike by V - θ: ψ = (γ/ϑ)·max(0, 1 - |V - θ|/ϑ), and 0 while the neuron is refractory.</para>
/// <para>Let z̄(n) = dV(n)/dw be what a synapse brought to V without its neuron's spikes, and L(n) the learning signal.
/// The gradient is Σ L(n)·e(n) over the steps. Textbook form, forward in time and once per synapse:
/// e(n) = ψ(n)·(z̄(n) - b·ε(n)), ε(n+1) = ρ·ε(n) + e(n), where ε = dA/dw is 0 for a threshold that stays.</para>
/// <para>All coefficients belong to the neuron behind the synapse, so that the sum over the steps can be taken first.
/// Event-driven form, backward in time and once per neuron: h(n) = ψ(n)·(L(n) + μ(n+1)), μ(n) = ρ·μ(n+1) - b·h(n),
/// gradient = Σ h(n)·z̄(n); what is left of z̄ is linear in the spikes, see <see cref="MembraneEquations.StepTransposed"/>.</para>
/// <para>The reset is not differentiated, as in the source: Bellec, Scherr et al., Nat. Commun. 11:3625 (2020), the
/// eligibility traces of LIF and ALIF neurons.</para>
/// </remarks>
internal readonly struct EPropEquations
{
    private readonly float _threshold;
    private readonly float _peak;
    private readonly float _fall;
    private readonly AdaptationEquations _adaptation;

    /// <summary>Prepares the equations; the damping γ is the pseudo-derivative at the threshold, times ϑ.</summary>
    public EPropEquations(float threshold, double damping, AdaptationEquations adaptation)
    {
        _threshold = threshold;
        _peak = (float)(damping / threshold);
        _fall = (float)(damping / threshold / threshold);
        _adaptation = adaptation;
    }

    /// <summary>Whether the eligibility has a second, slow part.</summary>
    public bool IsAdaptive => _adaptation.IsActive;

    /// <summary>ψ of a neuron that is not refractory; exactly 0 at V = 0, whose padding must never learn.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane PseudoDerivative<TLane>(TLane v, TLane threshold)
        where TLane : struct, ILane<TLane>
    {
        TLane zero = TLane.Splat(0);
        TLane above = v - threshold;
        TLane distance = TLane.SelectGreaterOrEqual(above, zero, above, threshold - v);
        return TLane.SelectGreaterOrEqual(
            distance, TLane.Splat(_threshold), zero, TLane.Splat(_peak) - TLane.Splat(_fall) * distance);
    }

    /// <summary>Eligibility e of one synapse; moves its slow part ε to the next step.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Eligibility<TLane>(TLane pseudoDerivative, TLane trace, ref TLane slow)
        where TLane : struct, ILane<TLane>
    {
        TLane eligibility = pseudoDerivative * (trace - TLane.Splat(_adaptation.Strength) * slow);
        slow = TLane.Splat(_adaptation.Decay) * slow + eligibility;
        return eligibility;
    }

    /// <summary>h of one neuron, which is dL/dV as its spikes cause it; moves μ one step back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane LossByMembrane<TLane>(TLane pseudoDerivative, TLane signal, ref TLane slow)
        where TLane : struct, ILane<TLane>
    {
        TLane h = pseudoDerivative * (signal + slow);
        slow = TLane.Splat(_adaptation.Decay) * slow - TLane.Splat(_adaptation.Strength) * h;
        return h;
    }
}
