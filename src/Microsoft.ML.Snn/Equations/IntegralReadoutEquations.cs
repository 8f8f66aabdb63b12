using System;

namespace Microsoft.ML.Snn.Equations;

/// <summary>Readouts that integrate an output membrane, Y = scale ∫ V exp(-rate t) dt over the trial, without a time step.</summary>
/// <remarks>
/// <para>Both membrane equations times exp(-rate t), integrated by parts from 0 to T with nothing at the start:
/// (1 + τs rate) ∫ I e = τs (Σ w x exp(-rate t) - I(T) e^(-rate T)) and (1 + τm rate) ∫ V e = ∫ I e - τm V(T) e^(-rate T).
/// So the readout follows from the state at the end and one sum over the arrivals.</para>
/// <para>Adjoint: the drive ∂L/∂Y scale exp(-rate t) has the solution <see cref="DrivenV"/> exp(-rate t) for λV and
/// <see cref="DrivenI"/> exp(-rate t) for λI; the rest decays freely.</para>
/// <para>Source: Nowotny, Turner and Knight, Neuromorph. Comput. Eng. 5:014001 (2025), for the readouts.</para>
/// </remarks>
internal readonly struct IntegralReadoutEquations
{
    private readonly double _duration;
    private readonly double _scale;
    private readonly double _membraneTime;
    private readonly double _synapseTime;

    public IntegralReadoutEquations(ReadoutKind readout, double duration, double membraneTime, double synapseTime)
    {
        (_duration, _membraneTime, _synapseTime) = (duration, membraneTime, synapseTime);
        _scale = readout == ReadoutKind.Sum ? 1 : 1 / duration;
        Rate = readout == ReadoutKind.ExponentiallyWeighted ? 1 / duration : 0;
        DrivenV = -_scale / (1 + membraneTime * Rate);
        DrivenI = DrivenV / (1 + synapseTime * Rate);
    }

    /// <summary>How fast the weight of V falls, per millisecond.</summary>
    public double Rate { get; }

    /// <summary>The driven part of λV at time 0, for ∂L/∂Y = 1.</summary>
    public double DrivenV { get; }

    /// <summary>The driven part of λI at time 0, for ∂L/∂Y = 1.</summary>
    public double DrivenI { get; }

    /// <summary>exp(-rate t), by which an arrival at t counts.</summary>
    public double Weight(double time) => Rate == 0 ? 1 : Math.Exp(-Rate * time);

    /// <summary>Y, given Σ w x exp(-rate t) over the arrivals and the state at the end of the trial.</summary>
    public double Readout(double arrived, double v, double i)
    {
        double end = Weight(_duration);
        double current = _synapseTime * (arrived - i * end) / (1 + _synapseTime * Rate);
        return _scale * (current - _membraneTime * v * end) / (1 + _membraneTime * Rate);
    }
}
