using System;
using System.Runtime.CompilerServices;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>What e-prop remembers of one spiking population in the trial that a worker runs, and what it makes of it backward.</summary>
/// <remarks>
/// ψ of every neuron and step, and where rates are regularised what they add to the learning signal: steps × neurons of each. Going
/// back, h = ψ·(signal + μ) takes the place of what a jump at a spike is for the exact gradient, see <see cref="EPropEquations"/>.
/// </remarks>
internal sealed unsafe class EPropTrace<TLane> : IDisposable
    where TLane : struct, ISimdLane<TLane>
{
    private readonly EPropEquations _equations;
    private readonly SpikeRateEquations _rate;
    private readonly NativeBuffer<float> _psi;
    private readonly NativeBuffer<float> _rateSignal;
    private readonly NativeBuffer<float> _state;
    private readonly int _stride;

    public EPropTrace(PopulationProgram population, NetworkProgram program, EPropSettings settings)
    {
        _stride = CpuWeights.Padded(population.Units, TLane.Width);
        _equations = settings.EquationsOf(population.Neuron, program.TimeStep);
        _rate = settings.RateEquations(program.TimeStep);
        long trace = (long)program.Steps * _stride;
        _psi = new NativeBuffer<float>(trace);
        _rateSignal = new NativeBuffer<float>(_rate.IsActive ? trace : 0);
        _state = new NativeBuffer<float>(3L * _stride);
    }

    /// <summary>Number of examples of the batch, over which the regularisation of rates is a mean.</summary>
    public int BatchSize { get; set; } = 1;

    /// <summary>What the errors of the outputs say to each neuron at the step that is gone back over. Shape [neuron].</summary>
    public float* Signal => _state.Pointer;

    /// <summary>μ of each neuron, shape [neuron].</summary>
    private float* Slow => _state.Pointer + _stride;

    /// <summary>f̄ of each neuron, shape [neuron].</summary>
    private float* Rate => _state.Pointer + 2 * _stride;

    public void BeginForward() => new Span<float>(Rate, _stride).Fill(_rate.Target);

    /// <summary>Notes what a step of one lane of neurons leaves.</summary>
    /// <param name="step">The step.</param>
    /// <param name="j">First neuron of the lane.</param>
    /// <param name="v">V at the end of the step, before any reset.</param>
    /// <param name="threshold">The threshold of the step.</param>
    /// <param name="held">1 or more for neurons that are refractory.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Note(int step, int j, TLane v, TLane threshold, TLane held)
    {
        TLane zero = TLane.Splat(0), one = TLane.Splat(1);
        nint at = (nint)step * _stride + j;
        TLane.Store(TLane.SelectGreaterOrEqual(held, one, zero, _equations.PseudoDerivative(v, threshold)), _psi.Pointer + at);
        if (_rate.IsActive)
        {
            TLane spikes = TLane.SelectGreaterOrEqual(held, one, zero, TLane.SelectGreaterOrEqual(v, threshold, one, zero));
            TLane rate = _rate.Step(TLane.Load(Rate + j), spikes);
            TLane.Store(rate, Rate + j);
            TLane.Store(_rate.Signal(rate, BatchSize), _rateSignal.Pointer + at);
        }
    }

    public void BeginBackward() => new Span<float>(Slow, _stride).Clear();

    /// <summary>Adds h of a step to the derivative of the loss by V at its end. Shape [neuron].</summary>
    public void StepBack(int step, float* lossByV)
    {
        nint at = (nint)step * _stride;
        for (int j = 0; j < _stride; j += TLane.Width)
        {
            TLane signal = TLane.Load(Signal + j);
            if (_rate.IsActive)
            {
                signal += TLane.Load(_rateSignal.Pointer + at + j);
            }

            TLane slow = TLane.Load(Slow + j);
            TLane h = _equations.LossByMembrane(TLane.Load(_psi.Pointer + at + j), signal, ref slow);
            TLane.Store(slow, Slow + j);
            TLane.Store(TLane.Load(lossByV + j) + h, lossByV + j);
        }

        if (step % Denormal.StepsBetweenFlushes == 0)
        {
            RowLoops<TLane>.Flush(Slow, _stride);
        }
    }

    public void Dispose()
    {
        _psi.Dispose();
        _rateSignal.Dispose();
        _state.Dispose();
    }
}
