namespace Microsoft.ML.Snn.Equations;

/// <summary>One update of the numbers in a lane by an optimiser: a type argument of loops that must not choose within.</summary>
internal interface IUpdateLanes<TLane>
    where TLane : struct, ILane<TLane>
{
    /// <summary>The number after the update; see <see cref="UpdateEquations.Update"/>.</summary>
    TLane Update(TLane weight, TLane gradient, ref TLane first, ref TLane second);
}
