namespace Microsoft.ML.Snn.Equations;

/// <summary>The adjoint of one neuron just before its spike.</summary>
/// <param name="byCrossing">Derivative by how far the potential is above its threshold.</param>
/// <param name="byPotential">∂L/∂V, with what goes past the reset; its opposite is the derivative by the threshold.</param>
/// <param name="arrivalError">∂L/∂t of an arrival of 1 through the delta synapses that made the spike; of any other spike its own ∂L/∂t.</param>
internal readonly struct SpikeJump(float byCrossing, float byPotential, float arrivalError)
{
    public readonly float ByCrossing = byCrossing;

    public readonly float ByPotential = byPotential;

    public readonly float ArrivalError = arrivalError;
}
