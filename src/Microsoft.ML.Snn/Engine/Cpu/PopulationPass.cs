using System;
using System.IO;
using System.Runtime.CompilerServices;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>State of one population in the trial that a worker runs: potential and currents, or their derivatives in the backward pass.</summary>
internal sealed unsafe partial class PopulationPass<TLane> : CellPass<TLane>
    where TLane : struct, ISimdLane<TLane>
{
    // V, adaptation, delta arrivals, steps left in the refractory period, V at the release.
    private const int StateArrays = 5;
    private const int SpikingLanes = 5;

    // Between two steps of a stream: V, adaptation, steps left in the refractory period. Nothing has arrived, and nothing goes back.
    private const int StreamedArrays = 3;

    // Potential and current, and the second stage that an exponential current does not have: it is 0 here, too.
    private const int OtherArrays = 3;

    private readonly NativeBuffer<float> _state;
    private readonly NativeBuffer<int> _lastSpike;
    private readonly NativeBuffer<float> _spiking = new(SpikingLanes * TLane.Width);
    private readonly NativeBuffer<ulong> _spikingLanes;
    private readonly NativeBuffer<float> _errors;
    private readonly NativeBuffer<float> _moved;
    private readonly int[] _errorStep;
    private readonly int _stride;
    private readonly int _groups;
    private readonly bool _isAdaptive;
    private readonly bool _hasBias;
    private readonly bool _isUsual;
    private readonly bool _canRest;

    // What e-prop remembers of the population, or null where the gradient is exact.
    private readonly EPropTrace<TLane>? _eprop;

    // The state that counts, and where the next one goes.
    private float* _potential;
    private float* _currents;
    private float* _otherPotential;
    private float* _otherCurrents;

    public PopulationPass(PopulationCoefficients coefficients, EPropTrace<TLane>? eprop = null)
        : base(coefficients)
    {
        _eprop = eprop;
        _stride = coefficients.Stride;
        _groups = coefficients.Groups.Length;
        _isAdaptive = Program.Neuron.IsAdaptive;
        _hasBias = Array.Exists(Program.Neuron.Bias, b => b != 0) || Program.Neuron.Learned.HasFlag(LearnedParameters.Bias);
        _isUsual = eprop == null && Program.Neuron.RefractorySteps == 0 && !_isAdaptive && !_hasBias
            && _groups == 1 && coefficients.Groups[0].Kind == SynapseKind.Exponential;
        _state = new NativeBuffer<float>((long)(StateArrays + 2 * _groups + (_isUsual ? OtherArrays : 0)) * _stride);
        _lastSpike = new NativeBuffer<int>(_stride);
        _errors = new NativeBuffer<float>((long)_groups * _stride);
        _errorStep = new int[_groups];
        _moved = new NativeBuffer<float>(Program.Readout is ReadoutKind.Maximum or ReadoutKind.FirstSpikeTime ? _stride : 0);

        _spikingLanes = new NativeBuffer<ulong>(_isUsual ? _stride / TLane.Width : 0);
        _canRest = eprop == null && !_hasBias && Program.Neuron.Learned == LearnedParameters.None
            && !Array.Exists(Program.Neuron.Threshold, threshold => Program.Neuron.IsSpiking && threshold <= 0);
        Clear();
    }

    /// <summary>Potential, or ∂L/∂V.</summary>
    public float* V => _potential;

    private float* Adaptation => _state.Pointer + _stride;

    private float* Delta => _state.Pointer + 2 * _stride;

    /// <summary>Steps left in the refractory period, or what the release passes back to the spike.</summary>
    private float* Held => _state.Pointer + 3 * _stride;

    /// <summary>∂L/∂V at the release.</summary>
    private float* ReleaseDerivative => _state.Pointer + 4 * _stride;

    public override float* MovedErrors => _moved.Pointer;

    /// <summary>Current of one group, or its derivative.</summary>
    public float* Current(int group) => _currents + 2 * group * _stride;

    public override float* Arrivals(int group) => Coefficients.Groups[group].Kind switch
    {
        SynapseKind.Exponential => Current(group),
        SynapseKind.Alpha => FirstStage(group),
        _ => Delta,
    };

    /// <summary>Sum of the currents into one neuron.</summary>
    public float TotalCurrent(int neuron)
    {
        float total = 0;
        for (int g = 0; g < _groups; g++)
        {
            total += Current(g)[neuron];
        }

        return total + Coefficients.Bias[neuron];
    }

    public override void Forget(int count)
    {
        for (int neuron = 0; neuron < _stride; neuron++)
        {
            _lastSpike.Pointer[neuron] -= count;
        }
    }

    public override void WriteState(BinaryWriter writer)
    {
        for (int row = 0; row < StreamedArrays + 2 * _groups; row++)
        {
            StateStream.Write<float>(writer, Row(row));
        }
    }

    public override void ReadState(BinaryReader reader)
    {
        Wake();
        for (int row = 0; row < StreamedArrays + 2 * _groups; row++)
        {
            StateStream.Read(reader, Row(row));
        }

        for (int k = 0; k < Tape.Count; k++)
        {
            _lastSpike.Pointer[Tape.Neuron[k]] = k;
        }
    }

    public override bool Has(StateVariable variable) => variable switch
    {
        StateVariable.Membrane => true,
        StateVariable.Current => Array.Exists(Coefficients.Groups, group => group.Kind != SynapseKind.Delta),
        StateVariable.Threshold => Program.Neuron.IsSpiking,
        StateVariable.Adaptation => _isAdaptive,
        _ => false,
    };

    public override void CopyState(StateVariable variable, Span<float> state)
    {
        for (int neuron = 0; neuron < state.Length; neuron++)
        {
            state[neuron] = variable switch
            {
                StateVariable.Current => TotalCurrent(neuron) - Coefficients.Bias[neuron],
                StateVariable.Adaptation => Adaptation[neuron],
                StateVariable.Threshold => Coefficients.Threshold[neuron] + Coefficients.AdaptationStrength[neuron] * Adaptation[neuron],
                _ => V[neuron],
            };
        }
    }

    public override void Dispose()
    {
        _state.Dispose();
        _lastSpike.Dispose();
        _spiking.Dispose();
        _spikingLanes.Dispose();
        _errors.Dispose();
        _moved.Dispose();
    }

    /// <summary>One array of what a forward step begins with.</summary>
    private Span<float> Row(int row) => new(
        row switch
        {
            0 => V,
            1 => Adaptation,
            2 => Held,
            _ => _currents + (nint)(row - StreamedArrays) * _stride,
        }, Program.Units);

    private float* FirstStage(int group) => Current(group) + _stride;

    private void Clear()
    {
        Unsafe.InitBlock(_state.Pointer, 0, (uint)(_state.Length * sizeof(float)));
        _potential = _state.Pointer;
        _currents = _state.Pointer + StateArrays * _stride;
        _otherPotential = _currents + 2 * _groups * _stride;
        _otherCurrents = _otherPotential + _stride;
        IsAtRest = _canRest;
    }

    private void Flush()
    {
        RowLoops<TLane>.Flush(V, _stride);
        RowLoops<TLane>.Flush(Adaptation, _stride);
        for (int g = 0; g < _groups; g++)
        {
            RowLoops<TLane>.Flush(Current(g), 2 * _stride);
        }
    }
}
