namespace Microsoft.ML.Snn.Equations;

/// <summary>The coefficients of one step of a synapse, or their derivatives by its time constant.</summary>
/// <param name="decay">e^(-dt/τs).</param>
/// <param name="intoMembrane">κ.</param>
/// <param name="firstIntoMembrane">κ₂.</param>
/// <param name="gain">dt/τs.</param>
internal readonly struct SynapseStep(float decay, float intoMembrane, float firstIntoMembrane, float gain)
{
    public readonly float Decay = decay;

    public readonly float IntoMembrane = intoMembrane;

    public readonly float FirstIntoMembrane = firstIntoMembrane;

    public readonly float Gain = gain;
}
