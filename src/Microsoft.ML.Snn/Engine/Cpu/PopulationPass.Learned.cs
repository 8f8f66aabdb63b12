using System.Runtime.CompilerServices;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Cpu;

internal sealed unsafe partial class PopulationPass<TLane>
{
    private float* _biasGradient;
    private float* _thresholdGradient;
    private float* _membraneTimeGradient;
    private float*[]? _synapseTimeGradients;

    private long TraceStride => (1L + 2 * _groups) * _stride;

    /// <summary>Where the derivatives by what is learned beside weights are added.</summary>
    /// <param name="parameters">The layout of the gradient.</param>
    /// <param name="gradient">The gradient.</param>
    public override void SetGradient(GraphParameters parameters, float* gradient)
    {
        if (Program.Neuron.Learned == LearnedParameters.None)
        {
            return;
        }

        _synapseTimeGradients ??= new float*[_groups];
        foreach (ParameterProgram parameter in parameters.OfPopulation(Program.Index))
        {
            float* own = gradient + parameters.OffsetOf(parameter.Index);
            switch (parameter.Kind)
            {
                case ParameterKind.Bias:
                    _biasGradient = own;
                    break;
                case ParameterKind.Threshold:
                    _thresholdGradient = own;
                    break;
                case ParameterKind.MembraneTime:
                    _membraneTimeGradient = own;
                    break;
                default:
                    _synapseTimeGradients[parameter.Group] = own;
                    break;
            }
        }
    }

    /// <summary>Adds what a constant current's presentation does to the derivative by the time constants.</summary>
    /// <param name="group">The group that receives it.</param>
    /// <param name="neuron">The neuron.</param>
    /// <param name="derivatives">Sum over the steps of the derivative by what arrives.</param>
    /// <param name="current">The current.</param>
    public override void AddGainGradient(int group, int neuron, float derivatives, float current)
    {
        if (Coefficients.Derivatives is not { } derived)
        {
            return;
        }

        if (Coefficients.Groups[group].Kind == SynapseKind.Delta)
        {
            if (_membraneTimeGradient != null)
            {
                _membraneTimeGradient[neuron] += derivatives * current * derived.BiasGain[neuron];
            }
        }
        else if (_synapseTimeGradients![group] != null)
        {
            _synapseTimeGradients[group][neuron] += derivatives * current * derived.Gain(group)[neuron];
        }
    }

    /// <summary>Adds a derivative by a membrane time constant that the loss has beside those of the steps.</summary>
    public void AddMembraneTimeGradient(int neuron, float derivative)
    {
        if (_membraneTimeGradient != null)
        {
            _membraneTimeGradient[neuron] += derivative;
        }
    }

    private void KeepState(int step)
    {
        float* target = Trace + step * TraceStride;
        Unsafe.CopyBlock(target, V, (uint)(_stride * sizeof(float)));
        Unsafe.CopyBlock(target + _stride, Current(0), (uint)(2 * _groups * _stride * sizeof(float)));
    }

    /// <summary>Adds the derivatives of one step, whose end the adjoint has reached.</summary>
    private void AddStepGradients(int step)
    {
        float* state = Trace + step * TraceStride;
        for (int n = 0; n < Program.Units; n++)
        {
            if (_biasGradient != null)
            {
                _biasGradient[n] += Coefficients.BiasGain[n] * V[n];
            }

            if (Coefficients.Derivatives is { } by)
            {
                AddTimeGradients(by, state, n);
            }
        }
    }

    private void AddTimeGradients(TimeDerivatives by, float* state, int n)
    {
        float v = by.Decay[n] * state[n] + by.BiasGain[n] * Coefficients.Bias[n];
        for (int g = 0; g < _groups; g++)
        {
            if (Coefficients.Groups[g].Kind == SynapseKind.Delta)
            {
                continue;
            }

            float i = state[(1 + 2 * g) * _stride + n];
            float j = state[(2 + 2 * g) * _stride + n];
            v += TimeConstantEquations.ByMembraneTime(by.IntoByMembrane(g)[n], by.FirstIntoByMembrane(g)[n], i, j);
            if (_synapseTimeGradients![g] != null)
            {
                ref readonly GroupCoefficients group = ref Coefficients.Groups[g];
                _synapseTimeGradients[g][n] += TimeConstantEquations.BySynapseTime(
                    V[n], Current(g)[n], FirstStage(g)[n], i, j,
                    new SynapseStep(group.Decay[n], group.IntoMembrane[n], group.FirstIntoMembrane[n], group.Gain[n]),
                    new SynapseStep(by.SynapseDecay(g)[n], by.IntoBySynapse(g)[n], by.FirstIntoBySynapse(g)[n], by.Gain(g)[n]));
            }
        }

        if (_membraneTimeGradient != null)
        {
            _membraneTimeGradient[n] += V[n] * v;
        }
    }
}
