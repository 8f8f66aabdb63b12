using System;
using System.Linq;
using ILGPU;
using ILGPU.Runtime;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Engine.Kernels;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine;

/// <summary>A graph as kernels read it: who is connected to whom, and the coefficients of all neurons, in device memory.</summary>
/// <remarks>
/// Coefficients that follow from time constants need double precision: the host works them out, and again after every batch
/// that has changed one.
/// </remarks>
internal sealed partial class DeviceGraphProgram : IDisposable
{
    private readonly NetworkProgram _program;
    private readonly bool _learnsEveryStep;
    private readonly LearnedNumbers _numbers;
    private readonly DeviceSynapses _synapses;
    private readonly int[] _firstDelay;
    private readonly DeviceBuffer<GraphPopulation> _populations;
    private readonly DeviceBuffer<GraphLink> _links;
    private readonly DeviceBuffer<int> _senders;
    private readonly DeviceBuffer<int> _populationOfWord;
    private readonly DeviceBuffer<int> _groupKind;
    private readonly DeviceBuffer<int> _learnedSynapseTime;
    private readonly DeviceBuffer<int> _learnedNumber;
    private readonly DeviceBuffer<float> _learnedValues;
    private readonly DeviceBuffer<float> _ofNeuron;
    private readonly DeviceBuffer<float> _ofCurrent;
    private readonly DeviceBuffer<float> _derivativeOfNeuron;
    private readonly DeviceBuffer<float> _derivativeOfCurrent;
    private readonly DeviceBuffer<int> _delays;
    private readonly DeviceBuffer<float> _readoutWeight;
    private readonly DeviceBuffer<byte> _cells;
    private readonly int[] _listOfGradient;
    private readonly int[] _listOfDelays;
    private readonly GraphLink[] _linkOf;

    /// <summary>Lays the program out and uploads it.</summary>
    /// <param name="accelerator">The device.</param>
    /// <param name="program">The network.</param>
    /// <param name="batchSize">The largest batch.</param>
    /// <param name="firstWeight">Where each parameter begins among those of the device.</param>
    /// <param name="cells">The users' cells that the kernels know.</param>
    /// <param name="learnsEveryStep">Whether the loss is that of every step for every output, whatever is read, as e-prop has it.</param>
    public DeviceGraphProgram(
        Accelerator accelerator, NetworkProgram program, int batchSize, Func<int, long> firstWeight, DeviceCells cells, bool learnsEveryStep)
    {
        (_program, _learnsEveryStep) = (program, learnsEveryStep);
        _numbers = new LearnedNumbers(program, laneWidth: 1);
        _synapses = new DeviceSynapses(accelerator);
        _firstDelay = new int[program.Connections.Count];
        _listOfGradient = new int[program.Connections.Count];
        _listOfDelays = new int[program.Connections.Count];
        _linkOf = new GraphLink[program.Connections.Count];
        _populations = new DeviceBuffer<GraphPopulation>(accelerator);
        _links = new DeviceBuffer<GraphLink>(accelerator);
        _senders = new DeviceBuffer<int>(accelerator);
        _populationOfWord = new DeviceBuffer<int>(accelerator);
        _groupKind = new DeviceBuffer<int>(accelerator);
        _learnedSynapseTime = new DeviceBuffer<int>(accelerator);
        _learnedNumber = new DeviceBuffer<int>(accelerator);
        _learnedValues = new DeviceBuffer<float>(accelerator);
        _ofNeuron = new DeviceBuffer<float>(accelerator);
        _ofCurrent = new DeviceBuffer<float>(accelerator);
        _derivativeOfNeuron = new DeviceBuffer<float>(accelerator);
        _derivativeOfCurrent = new DeviceBuffer<float>(accelerator);
        _delays = new DeviceBuffer<int>(accelerator);
        _readoutWeight = new DeviceBuffer<float>(accelerator);
        _cells = new DeviceBuffer<byte>(accelerator);

        LayDelays();
        var numbers = new DeviceCellNumbers(cells.Kinds);
        Populations = Lay(batchSize, numbers);
        _cells.Upload(numbers.Bytes);
        ConnectionProgram[] sorted = [.. program.Connections.OrderBy(c => c.Target)];
        GraphLink[] links = [.. sorted.Select(c => Link(c, firstWeight(c.Index)))];
        int[] senders =
        [
            .. Enumerable.Range(0, Populations.Length).SelectMany(p => Enumerable.Range(0, sorted.Length).Where(l => sorted[l].Source == p)),
        ];
        int firstSender = 0;
        for (int p = 0; p < Populations.Length; p++)
        {
            int own = sorted.Count(c => c.Source == p);
            Populations[p] = Populations[p] with
            {
                FirstLink = Math.Max(0, Array.FindIndex(sorted, c => c.Target == p)),
                Links = sorted.Count(c => c.Target == p),
                FirstSender = firstSender,
                Senders = own,
            };
            firstSender += own;
        }

        _synapses.Upload();
        _populations.Upload(Populations);
        _links.Upload(links);
        _senders.Upload(senders);
        _groupKind.Upload([.. program.Populations.SelectMany(p => p.Groups).Select(g => (int)g.Kind)]);
        _readoutWeight.Upload(ReadoutWeights());
        UploadNumbers();
    }

    /// <summary>All populations, in the order of the program.</summary>
    public GraphPopulation[] Populations { get; }

    /// <summary>Number of neurons, with what lies between populations.</summary>
    public int Neurons { get; private set; }

    public int Currents { get; private set; }

    /// <summary>How many numbers neurons learn.</summary>
    public int Learned { get; private set; }

    /// <summary>Length of the rings of one slot.</summary>
    public int RingLength { get; private set; }

    /// <summary>Number of readouts of a whole batch.</summary>
    public int Readouts { get; private set; }

    /// <summary>Number of readouts of single steps of a whole batch.</summary>
    public long StepReadouts { get; private set; }

    /// <summary>How many numbers of users' cells are kept of a step of one slot.</summary>
    public int Kept { get; private set; }

    public bool LearnsTimes { get; private set; }

    public bool HasMaximum { get; private set; }

    public bool HasFirstSpikes { get; private set; }

    public SynapseViews Synapses => _synapses.Views;

    public GraphViews Views(ArrayView<float> weights) => new()
    {
        Populations = _populations.View,
        Links = _links.View,
        Senders = _senders.View,
        PopulationOfWord = _populationOfWord.View,
        GroupKind = _groupKind.View,
        LearnedSynapseTime = _learnedSynapseTime.View,
        LearnedNumber = _learnedNumber.View,
        Numbers = _learnedValues.View,
        OfNeuron = _ofNeuron.View,
        OfCurrent = _ofCurrent.View,
        DerivativeOfNeuron = _derivativeOfNeuron.View,
        DerivativeOfCurrent = _derivativeOfCurrent.View,
        Weights = weights,
        Delays = _delays.View,
        Synapses = _synapses.Views,
        Cells = _cells.View,
        ReadoutWeight = _readoutWeight.View,
        Neurons = Neurons,
        Currents = Currents,
        Steps = _program.Steps,
        TimeStep = (float)_program.TimeStep,
        Learned = Learned,
        RingLength = RingLength,
        Kept = Kept,
    };

    /// <summary>τm of the neurons of a population.</summary>
    public ArrayView<float> MembraneTimeOf(GraphPopulation population) =>
        _ofNeuron.View.SubView((long)GraphViews.MembraneTimeArray * Neurons + population.FirstNeuron, population.Units);

    /// <summary>Where a number that neurons learn is among them all.</summary>
    public int LearnedAt(ParameterProgram parameter) => LearnedLength(parameter.Index);

    /// <summary>A connection as kernels see it.</summary>
    public GraphLink LinkOf(ConnectionProgram c) => _linkOf[c.Index];

    /// <summary>First current of the group that a connection adds to.</summary>
    public int CurrentOf(ConnectionProgram c) => Populations[c.Target].FirstCurrent + c.Group * Populations[c.Target].Units;

    /// <summary>List of the synapses of each weight, for a connection that is no matrix.</summary>
    public int ListOfGradient(ConnectionProgram c) => _listOfGradient[c.Index];

    /// <summary>List of the synapses of each learned delay, or of each row where one delay holds for all.</summary>
    public int ListOfDelays(ConnectionProgram c) => _listOfDelays[c.Index];

    /// <summary>Gives a connection other synapses, as many as before.</summary>
    public void Rewire(ConnectionProgram c, SynapseTable table) =>
        _synapses.Replace(table, _linkOf[c.Index].ByTarget, _linkOf[c.Index].ByRow, _listOfGradient[c.Index]);

    /// <summary>Delays of a connection on the device.</summary>
    public ArrayView<int> DelaysOf(ConnectionProgram c) =>
        _delays.View.SubView(_firstDelay[c.Index], _numbers.DelaySteps[c.Index].Length);

    /// <summary>The delay of all synapses of a connection, if they have one.</summary>
    public int DelayOf(ConnectionProgram c) => _numbers.DelaySteps[c.Index][0];

    /// <summary>Keeps learned numbers in their range and makes them count.</summary>
    /// <param name="parameters">Where they are.</param>
    public void Refresh(DeviceParameters parameters)
    {
        if (_program.Parameters.Count == _program.Connections.Count)
        {
            return;
        }

        foreach (ParameterProgram parameter in _program.Parameters.Skip(_program.Connections.Count))
        {
            var values = new float[parameter.Length];
            parameters.Save(parameter, values);
            _numbers.Take(parameter, values);
            parameters.Load(parameter, values);
        }

        _numbers.Refresh();
        UploadNumbers();
    }

    public void Dispose()
    {
        _numbers.Dispose();
        _synapses.Dispose();
        _populations.Dispose();
        _links.Dispose();
        _senders.Dispose();
        _populationOfWord.Dispose();
        _groupKind.Dispose();
        _learnedSynapseTime.Dispose();
        _learnedNumber.Dispose();
        _learnedValues.Dispose();
        _ofNeuron.Dispose();
        _ofCurrent.Dispose();
        _derivativeOfNeuron.Dispose();
        _derivativeOfCurrent.Dispose();
        _delays.Dispose();
        _readoutWeight.Dispose();
        _cells.Dispose();
    }
}
