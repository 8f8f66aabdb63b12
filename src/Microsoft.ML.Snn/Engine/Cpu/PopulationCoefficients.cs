using System;
using System.Linq;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>The numbers of one population as the loops read them: an array of shape [neuron] each, padded to whole lanes.</summary>
internal sealed unsafe class PopulationCoefficients : IDisposable
{
    /// <summary>How many numbers <see cref="Usual"/> has of a neuron.</summary>
    public const int UsualArrays = 7;

    private const int Arrays = 10;

    private readonly NativeBuffer<float> _values;
    private readonly NativeBuffer<float> _usual;
    private readonly NativeBuffer<SpikingCell> _cells;
    private readonly int _laneWidth;
    private readonly double _timeStep;

    public PopulationCoefficients(PopulationProgram program, double timeStep, int laneWidth)
    {
        (Program, _timeStep, _laneWidth) = (program, timeStep, laneWidth);
        Stride = CpuWeights.Padded(program.Units, laneWidth);
        _values = new NativeBuffer<float>((long)(Arrays + GroupCoefficients.Arrays * program.Groups.Count) * Stride);
        _usual = new NativeBuffer<float>((long)UsualArrays * Stride);
        _cells = new NativeBuffer<SpikingCell>(Stride);
        Groups = new GroupCoefficients[program.Groups.Count];
        SynapseTimes = new double[Groups.Length][];
        for (int g = 0; g < Groups.Length; g++)
        {
            Groups[g] = new GroupCoefficients(
                program.Groups[g].Kind, _values.Pointer + (Arrays + GroupCoefficients.Arrays * g) * Stride, Stride);
            HasDelta |= Groups[g].Kind == SynapseKind.Delta;
            SynapseTimes[g] = [.. Enumerable.Repeat(program.Groups[g].Time, program.Units)];
        }

        Leak = program.Neuron.IsLeaky ? 1 : 0;
        MembraneTimes = [.. Enumerable.Range(0, program.Units).Select(n => NeuronProgram.Of(program.Neuron.MembraneTime, n))];
        Derivatives = program.Neuron.Learned.HasFlag(LearnedParameters.MembraneTime) || program.Neuron.Learned.HasFlag(LearnedParameters.SynapseTime)
            ? new TimeDerivatives(this, timeStep)
            : null;
        for (int n = 0; n < Stride; n++)
        {
            FillFixed(n);
        }

        Refresh();
    }

    public PopulationProgram Program { get; }

    /// <summary>Number of neurons, padded to whole lanes.</summary>
    public int Stride { get; }

    public GroupCoefficients[] Groups { get; }

    /// <summary>τm of each neuron now.</summary>
    public double[] MembraneTimes { get; }

    /// <summary>τs now, shape [group][neuron].</summary>
    public double[][] SynapseTimes { get; }

    /// <summary>Learned numbers of a user's neurons, shape [slot][neuron]; null where a state variable is none.</summary>
    public float[]?[] Numbers { get; } = new float[]?[CellState<FloatLane>.SynapseSlot];

    /// <summary>What time constants do to a step; null where none is learned.</summary>
    public TimeDerivatives? Derivatives { get; }

    public bool HasDelta { get; }

    public float Leak { get; }

    /// <summary>e^(-dt/τm), or 1 without leak.</summary>
    public float* Decay => _values.Pointer;

    /// <summary>What the bias adds to the potential at each step.</summary>
    public float* Drive => _values.Pointer + Stride;

    public float* Bias => _values.Pointer + 2 * Stride;

    /// <summary>Infinite in the padding, which never spikes.</summary>
    public float* Threshold => _values.Pointer + 3 * Stride;

    public float* Reset => _values.Pointer + 4 * Stride;

    public float* MembraneTime => _values.Pointer + 5 * Stride;

    public float* AdaptationDecay => _values.Pointer + 6 * Stride;

    public float* AdaptationStrength => _values.Pointer + 7 * Stride;

    /// <summary>1/τa.</summary>
    public float* AdaptationRate => _values.Pointer + 8 * Stride;

    /// <summary>γ: what a bias of 1 adds to the potential at each step.</summary>
    public float* BiasGain => _values.Pointer + 9 * Stride;

    /// <summary>
    /// Decay, then decay and κ of the first group, threshold, reset, and the two rates of the first group, lane after lane:
    /// one address is enough for all that the commonest neuron needs. Shape [lane, 7, neuron of the lane].
    /// </summary>
    public float* Usual => _usual.Pointer;

    /// <summary>Whether all neurons have the numbers of the first lane. The padding, which has no input, never spikes with them.</summary>
    public bool IsUniform { get; private set; }

    /// <summary>The numbers that a spike needs, ready: gathering them at every spike takes longer than the spike itself. Shape [neuron], padded.</summary>
    public SpikingCell* Cells => _cells.Pointer;

    /// <summary>Takes over learned numbers; <see cref="Refresh"/> makes them count.</summary>
    public void Set(ParameterProgram parameter, ReadOnlySpan<float> values)
    {
        if (parameter.Kind == ParameterKind.Number)
        {
            values.CopyTo(Numbers[parameter.Group] ??= new float[values.Length]);
            return;
        }

        for (int n = 0; n < values.Length; n++)
        {
            switch (parameter.Kind)
            {
                case ParameterKind.Bias:
                    Bias[n] = values[n];
                    break;
                case ParameterKind.Threshold:
                    Threshold[n] = values[n];
                    break;
                case ParameterKind.MembraneTime:
                    MembraneTimes[n] = values[n];
                    break;
                default:
                    SynapseTimes[parameter.Group][n] = values[n];
                    break;
            }
        }
    }

    /// <summary>Works out all that follows from the time constants and the bias.</summary>
    public void Refresh()
    {
        for (int n = 0; n < Stride; n++)
        {
            int source = Math.Min(n, Program.Units - 1);
            double time = MembraneTimes[source];
            MembraneTime[n] = (float)time;
            Decay[n] = Leak == 0 ? 1 : (float)StepCoefficients.Decay(_timeStep, time);
            BiasGain[n] = (float)StepCoefficients.BiasIntoMembrane(_timeStep, time, Leak);
            Drive[n] = Bias[n] * BiasGain[n];
            for (int g = 0; g < Groups.Length; g++)
            {
                FillGroup(Groups[g], n, time, SynapseTimes[g][source]);
            }
        }

        for (int n = 0; n < Stride; n++)
        {
            _cells.Pointer[n] = CellOf(n);
        }

        Derivatives?.Refresh();
        if (Groups.Length > 0)
        {
            FillUsual();
        }
    }

    public void Dispose()
    {
        _values.Dispose();
        _usual.Dispose();
        _cells.Dispose();
        Derivatives?.Dispose();
    }

    private SpikingCell CellOf(int neuron) => new()
    {
        Leak = Leak,
        Threshold = Threshold[neuron],
        MembraneTime = MembraneTime[neuron],
        JumpCurrent = MembraneTime[neuron] / (float)_timeStep,
        AdaptationRate = AdaptationRate[neuron],
        IsAdaptive = Program.Neuron.IsAdaptive ? 1 : 0,
        ResetBySubtraction = Program.Neuron.ResetBySubtraction ? 1 : 0,
        RefractorySteps = Program.Neuron.RefractorySteps,
    };

    private void FillUsual()
    {
        bool isSpiking = Program.Neuron.IsSpiking;
        IsUniform = !isSpiking || Threshold[0] > 0;
        for (int n = 0; n < Stride; n++)
        {
            float* usual = Usual + (n - n % _laneWidth) * UsualArrays + n % _laneWidth;
            usual[0] = Decay[n];
            usual[_laneWidth] = Groups[0].Decay[n];
            usual[2 * _laneWidth] = Groups[0].IntoMembrane[n];
            usual[3 * _laneWidth] = isSpiking ? Threshold[n] : float.PositiveInfinity;
            usual[4 * _laneWidth] = Reset[n];
            usual[5 * _laneWidth] = Groups[0].Rate[n];
            usual[6 * _laneWidth] = Groups[0].RateIntoNext[n];
            for (int k = 0; k < UsualArrays && n < Program.Units; k++)
            {
                // The first number of the array: bit for bit, so that it makes no difference which loop runs.
                IsUniform &= usual[k * _laneWidth] == Usual[k * _laneWidth];
            }
        }
    }

    private void FillFixed(int n)
    {
        NeuronProgram neuron = Program.Neuron;
        int source = Math.Min(n, Program.Units - 1);
        Bias[n] = n < Program.Units ? (float)NeuronProgram.Of(neuron.Bias, source) : 0;
        Threshold[n] = n < Program.Units ? (float)NeuronProgram.Of(neuron.Threshold, source) : float.PositiveInfinity;
        Reset[n] = (float)NeuronProgram.Of(neuron.Reset, source);
        double adaptationTime = NeuronProgram.Of(neuron.AdaptationTime, source);
        AdaptationDecay[n] = (float)StepCoefficients.Decay(_timeStep, adaptationTime);
        AdaptationStrength[n] = (float)NeuronProgram.Of(neuron.AdaptationStrength, source);
        AdaptationRate[n] = (float)(1 / adaptationTime);
    }

    private void FillGroup(GroupCoefficients group, int n, double membraneTime, double time)
    {
        if (group.Kind == SynapseKind.Delta)
        {
            // A jump of the potential leaks away; there is no next stage.
            group.Rate[n] = (float)(Leak / membraneTime);
            group.Gain[n] = (float)StepCoefficients.BiasIntoMembrane(_timeStep, membraneTime, Leak);
            return;
        }

        group.Decay[n] = (float)StepCoefficients.Decay(_timeStep, time);
        group.IntoMembrane[n] = (float)StepCoefficients.CurrentIntoMembrane(_timeStep, membraneTime, time, Leak);
        group.FirstIntoMembrane[n] = (float)StepCoefficients.FirstStageIntoMembrane(_timeStep, membraneTime, time, Leak);
        group.Gain[n] = (float)(_timeStep / time);
        group.Rate[n] = (float)(1 / time);
        group.RateIntoNext[n] = (float)(1 / (group.Kind == SynapseKind.Alpha ? time : membraneTime));
    }
}
