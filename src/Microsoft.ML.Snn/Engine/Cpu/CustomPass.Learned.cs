using System;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <content>A learned number is a state variable that stays as it is: its gradient is the adjoint at the begin of the trial.</content>
internal sealed unsafe partial class CustomPass<TLane, TNeuron, TSynapse>
{
    private float* _gradient;
    private GraphParameters? _parameters;

    public override void SetGradient(GraphParameters parameters, float* gradient)
    {
        _parameters = parameters;
        _gradient = gradient;
    }

    public override void EndBackward()
    {
        foreach (ParameterProgram number in _parameters!.OfPopulation(Program.Index))
        {
            float* adjoint = _state.Pointer + (nint)number.Group * _stride;
            foreach (ref float sum in _parameters.Of(number.Index, _gradient))
            {
                sum += *adjoint++;
            }
        }
    }

    /// <summary>Puts the numbers, as learned so far, into the state that the trial begins with.</summary>
    private void TakeNumbers()
    {
        for (int slot = 0; slot < Coefficients.Numbers.Length; slot++)
        {
            Coefficients.Numbers[slot]?.CopyTo(new Span<float>(_state.Pointer + (nint)slot * _stride, Program.Units));
        }
    }
}
