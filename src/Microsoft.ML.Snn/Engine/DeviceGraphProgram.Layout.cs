using System;
using System.Linq;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Engine.Kernels;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine;

internal sealed partial class DeviceGraphProgram
{
    private const int WordNeurons = 32;
    private const int NeuronArrays = 10;
    private const int NeuronDerivatives = 2;
    private const int CurrentDerivatives = 6;

    /// <summary>Counts neurons, currents and learned numbers through.</summary>
    private GraphPopulation[] Lay(int batchSize, DeviceCellNumbers numbers)
    {
        var populations = new GraphPopulation[_program.Populations.Count];
        int spiking = 0, groups = 0, outputs = 0;
        foreach (PopulationProgram p in _program.Populations)
        {
            NeuronProgram neuron = p.Neuron;
            (int kind, int place, int variables) = p.Cell?.Accept(numbers) ?? (-1, 0, 0);
            populations[p.Index] = new GraphPopulation
            {
                FirstNeuron = Neurons,
                Units = p.Units,
                FirstSpiking = neuron.IsSpiking ? spiking : -1,
                FirstCurrent = Currents,
                FirstGroup = groups,
                Groups = p.Groups.Count,
                DeltaGroup = p.Groups.ToList().FindIndex(g => g.Kind == SynapseKind.Delta),
                FirstLink = 0,
                Links = 0,
                FirstSender = 0,
                Senders = 0,
                IsAdaptive = neuron.IsAdaptive ? 1 : 0,
                ResetBySubtraction = neuron.ResetBySubtraction ? 1 : 0,
                RefractorySteps = neuron.RefractorySteps,
                HasBias = Array.Exists(neuron.Bias, b => b != 0) || neuron.Learned.HasFlag(LearnedParameters.Bias) ? 1 : 0,
                Leak = neuron.IsLeaky ? 1 : 0,
                LearnedBias = LearnedOf(ParameterKind.Bias, p.Index),
                LearnedThreshold = LearnedOf(ParameterKind.Threshold, p.Index),
                LearnedMembraneTime = LearnedOf(ParameterKind.MembraneTime, p.Index),
                FirstNumber = _program.Parameters.Any(n => n.Kind == ParameterKind.Number && n.Owner == p.Index) ? p.Index * GraphStateViews.StateArrays : -1,
                LearnsTimes = _numbers.Populations[p.Index].Derivatives != null ? 1 : 0,
                IsOutput = p.Readout != null ? 1 : 0,
                Readout = p.Readout ?? ReadoutKind.Average,
                LearnsEveryStep = p.Loss.IsEveryStep || _learnsEveryStep ? 1 : 0,
                ReadoutWeights = outputs * _program.Steps,
                FirstReadout = Readouts,
                Cell = kind,
                CellNumbers = place,
                FirstKept = Kept,
                FirstStepReadout = p.Readout != null && (_learnsEveryStep || p.KeepsSteps) ? StepReadouts : -1,
            };
            Kept += kind < 0 ? 0 : checked((variables + 1) * p.Units);
            Neurons += (p.Units + WordNeurons - 1) / WordNeurons * WordNeurons;
            Currents += p.Units * p.Groups.Count;
            groups += p.Groups.Count;
            spiking += neuron.IsSpiking ? p.Units : 0;
            outputs += p.Readout != null ? 1 : 0;
            Readouts += p.Readout != null ? checked(batchSize * p.Units) : 0;
            StepReadouts += p.Readout != null && (_learnsEveryStep || p.KeepsSteps) ? (long)batchSize * _program.Steps * p.Units : 0;
            LearnsTimes |= _numbers.Populations[p.Index].Derivatives != null;
            HasMaximum |= MovesMaximum(p);
            HasFirstSpikes |= p.Readout == ReadoutKind.FirstSpikeTime;
        }

        Learned = LearnedLength(_program.Parameters.Count);
        _populationOfWord.Upload(
            [.. _program.Populations.SelectMany(p => Enumerable.Repeat(p.Index, (p.Units + WordNeurons - 1) / WordNeurons))]);
        _learnedSynapseTime.Upload(
            [.. _program.Populations.SelectMany(p => Enumerable.Range(0, p.Groups.Count).Select(g => LearnedOf(ParameterKind.SynapseTime, p.Index, g)))]);
        _learnedNumber.Upload(
        [
            .. _program.Populations.SelectMany(p => Enumerable.Range(0, GraphStateViews.StateArrays).Select(variable => LearnedOf(ParameterKind.Number, p.Index, variable))),
        ]);
        return populations;
    }

    /// <summary>Whether arrivals may move the maximum that is learned from; of an output that is read at its first spike, where it stays silent.</summary>
    public static bool MovesMaximum(PopulationProgram p) => p is { Readout: ReadoutKind.Maximum or ReadoutKind.FirstSpikeTime, Loss.IsEveryStep: false };

    /// <summary>Number of all that neurons learn by parameters before one.</summary>
    private int LearnedLength(int parameter) =>
        _program.Parameters.Take(parameter).Where(p => p.Kind is not (ParameterKind.Weight or ParameterKind.Delay)).Sum(p => p.Length);

    private int LearnedOf(ParameterKind kind, int owner, int group = 0) =>
        _program.Parameters.FirstOrDefault(p => p.Kind == kind && p.Owner == owner && p.Group == group) is { } parameter
            ? LearnedLength(parameter.Index)
            : -1;

    private GraphLink Link(ConnectionProgram c, long weights)
    {
        InputProgram? input = c.IsFromInput ? _program.Inputs[~c.Source] : null;
        bool hasRing = c.IsDense && c.Delay.Form != DelayForm.Uniform;
        var link = new GraphLink
        {
            IsInput = input != null ? 1 : 0,
            FirstRow = input?.FirstChannel ?? Populations[c.Source].FirstNeuron,
            Rows = c.Rows,
            Columns = c.Columns,
            FirstCurrent = CurrentOf(c),
            Stage = _program.Populations[c.Target].Groups[c.Group].Kind == SynapseKind.Alpha ? 1 : 0,
            FirstMoved = MovesMaximum(_program.Populations[c.Target]) ? Populations[c.Target].FirstReadout : -1,
            Weights = weights,
            DelayForm = c.Delay.Form,
            Delays = _firstDelay[c.Index],
            Ring = hasRing ? RingLength : -1,
            RingSlots = c.Delay.Maximum + 1,
            ByTarget = c.IsDense ? -1 : _synapses.AddByTarget(c.Table),
            ByRow = c.IsDense ? -1 : _synapses.AddByRow(c.Table),
        };
        RingLength += hasRing ? checked((c.Delay.Maximum + 1) * c.Columns) : 0;
        _listOfGradient[c.Index] = c.IsDense ? -1 : _synapses.AddByWeight(c.Table);
        if (c.Delay.IsLearned)
        {
            bool isByWeight = c.Delay.Form == DelayForm.PerWeight;
            _listOfDelays[c.Index] = !c.IsDense ? (isByWeight ? _listOfGradient[c.Index] : link.ByRow)
                : isByWeight ? _synapses.AddByWeight(SynapseTable.Dense(c.Rows, c.Columns))
                : _synapses.AddByRow(SynapseTable.Dense(c.Rows, c.Columns));
        }

        _linkOf[c.Index] = link;
        return link;
    }

    /// <summary>Counts the delays of all connections through.</summary>
    private void LayDelays()
    {
        for (int c = 1; c < _firstDelay.Length; c++)
        {
            _firstDelay[c] = _firstDelay[c - 1] + _numbers.DelaySteps[c - 1].Length;
        }
    }

    /// <summary>∂Y/∂V of every step, for each output.</summary>
    private float[] ReadoutWeights() =>
    [
        .. _program.Populations.Where(p => p.Readout != null).SelectMany(p => Enumerable.Range(0, _program.Steps).Select(step =>
            p.Readout is ReadoutKind.Maximum or ReadoutKind.EveryStep or ReadoutKind.FirstSpikeTime
                ? 0
                : (float)ReadoutEquations.Weight(p.Readout!.Value, step, _program.Steps, _program.TimeStep))),
    ];

    private unsafe void UploadNumbers()
    {
        var ofNeuron = new float[NeuronArrays * Neurons];
        var ofCurrent = new float[GroupCoefficients.Arrays * Currents];
        var derivativeOfNeuron = new float[LearnsTimes ? NeuronDerivatives * Neurons : 0];
        var derivativeOfCurrent = new float[LearnsTimes ? CurrentDerivatives * Currents : 0];
        foreach (PopulationCoefficients population in _numbers.Populations)
        {
            GraphPopulation at = Populations[population.Program.Index];
            Copy(population.Decay, NeuronArrays, at.Units, ofNeuron, at.FirstNeuron, Neurons);
            if (population.Derivatives is { } by)
            {
                Copy(by.Decay, NeuronDerivatives, at.Units, derivativeOfNeuron, at.FirstNeuron, Neurons);
            }

            for (int g = 0; g < at.Groups; g++)
            {
                int current = at.FirstCurrent + g * at.Units;
                Copy(population.Groups[g].Decay, GroupCoefficients.Arrays, at.Units, ofCurrent, current, Currents);
                if (population.Derivatives is { } byTime)
                {
                    Copy(byTime.IntoByMembrane(g), CurrentDerivatives, at.Units, derivativeOfCurrent, current, Currents);
                }
            }
        }

        _ofNeuron.Upload(ofNeuron);
        _ofCurrent.Upload(ofCurrent);
        var learned = new float[Learned];
        foreach (ParameterProgram number in _program.Parameters.Where(p => p.Kind == ParameterKind.Number))
        {
            _numbers.Populations[number.Owner].Numbers[number.Group]?.CopyTo(learned, LearnedAt(number));
        }

        _learnedValues.Upload(learned);
        _derivativeOfNeuron.Upload(derivativeOfNeuron);
        _derivativeOfCurrent.Upload(derivativeOfCurrent);
        _delays.Upload([.. _numbers.DelaySteps.SelectMany(steps => steps)]);
    }

    /// <summary>Copies neighbouring arrays of a population into arrays of all populations.</summary>
    private static unsafe void Copy(float* source, int arrays, int length, float[] target, int first, int stride)
    {
        for (int array = 0; array < arrays; array++)
        {
            new ReadOnlySpan<float>(source + (long)array * length, length).CopyTo(target.AsSpan(array * stride + first, length));
        }
    }
}
