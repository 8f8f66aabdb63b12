using System;
using System.IO;
using System.Linq;
using ILGPU.Runtime;
using Microsoft.ML.Snn.Engine.Kernels;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine;

/// <summary>Any network on a device: one launch runs all steps of all populations forward, one backward.</summary>
/// <remarks>Plain stacks too, where e-prop trains them; then the backward launch is that of e-prop, whose spikes receive no errors.</remarks>
internal sealed partial class DeviceGraph : DeviceModel
{
    private readonly NetworkProgram _program;
    private readonly DeviceGraphKernels _kernels;
    private readonly DeviceParameters _parameters;
    private readonly DeviceGraphProgram _graph;
    private readonly DeviceGraphState _state;
    private readonly DeviceEProp? _eprop;
    private readonly DeviceRewiring _rewiring;
    private readonly DeviceTargets[] _targets;
    private readonly bool[] _sharesTargets;

    // Every view that a kernel receives has memory behind it, used or not: an OpenCL driver may insist.
    private readonly DeviceBuffer<float> _noFloats;
    private readonly DeviceBuffer<EPropPopulation> _noRules;
    private readonly DeviceBuffer<EPropLink> _noLinks;
    private readonly DeviceBuffer<SpikeCountEquations> _spikeCounts;
    private readonly SpikeCountEquations[] _spikeCountOf;
    private readonly DeviceBuffer<float> _rowSums;
    private readonly DeviceBuffer<float> _squares;
    private bool _keptGradient;

    /// <summary>Compiles the kernels and allocates all that does not depend on the data.</summary>
    /// <param name="accelerator">The device.</param>
    /// <param name="program">The network.</param>
    /// <param name="batchSize">The largest batch.</param>
    /// <param name="spikesPerNeuron">Room for spikes of one neuron in one trial, to begin with.</param>
    /// <param name="eprop">How e-prop trains it, or null for EventProp.</param>
    /// <exception cref="ArgumentException">The network has something that the kernels have not.</exception>
    /// <exception cref="InvalidOperationException">The feedback does not suit the network.</exception>
    public DeviceGraph(Accelerator accelerator, NetworkProgram program, int batchSize, int spikesPerNeuron, EPropSettings? eprop = null)
    {
        if (program.Integrator == Integrator.EventDriven)
        {
            throw new ArgumentException(
                "A network must have what kernels have, but event-driven networks run on the CPU. Train it there: do not set MLContext.GpuDeviceId.",
                nameof(program));
        }

        _program = program;
        var cells = DeviceCells.Of(program);
        _kernels = new DeviceGraphKernels(accelerator, cells);
        _parameters = new DeviceParameters(accelerator, program);
        _graph = new DeviceGraphProgram(accelerator, program, batchSize, _parameters.First, cells, learnsEveryStep: eprop != null);
        _state = new DeviceGraphState(accelerator, _graph, batchSize, program.Steps, spikesPerNeuron);
        _rewiring = new DeviceRewiring(program, _parameters, _graph);
        Batch = new DeviceBatch(accelerator, batchSize, hiddenLayers: RunawayState.Place + 1, _graph.Neurons);
        _targets = [.. program.Outputs.Select(_ => new DeviceTargets(accelerator))];
        _sharesTargets = new bool[_targets.Length];
        _noFloats = new DeviceBuffer<float>(accelerator);
        _noRules = new DeviceBuffer<EPropPopulation>(accelerator);
        _noLinks = new DeviceBuffer<EPropLink>(accelerator);
        _eprop = eprop == null ? null : new DeviceEProp(accelerator, program, _graph, eprop, batchSize);
        _spikeCountOf = new SpikeCountEquations[program.Populations.Count];
        _spikeCounts = new DeviceBuffer<SpikeCountEquations>(accelerator, _spikeCountOf.Length);
        _rowSums = new DeviceBuffer<float>(accelerator);
        _squares = new DeviceBuffer<float>(accelerator);
    }

    public override DeviceBatch Batch { get; }

    public override bool CanRunAway => _graph.Kept > 0;

    private bool IsConstant { get; set; }

    private EPropViews NoEProp => new()
    {
        Populations = _noRules.View,
        Links = _noLinks.View,
        PseudoDerivative = _noFloats.View,
        Rate = _noFloats.View,
        RateSignal = _noFloats.View,
        Signal = _noFloats.View,
        Feedback = _noFloats.View,
        IsActive = 0,
        HasRates = 0,
    };

    public override void Plan(bool isConstantCurrent)
    {
        IsConstant = isConstantCurrent;
        _state.PlanBackward(sendsErrors: _eprop == null);
    }

    public override void TakeTargets(Targets targets)
    {
        for (int output = 0; output < _targets.Length; output++)
        {
            // Outputs without targets of their own read those of the first.
            _sharesTargets[output] = ReferenceEquals(targets.Of(output), targets);
            if (output == 0 || !_sharesTargets[output])
            {
                _targets[output].Take(targets.Of(output), _program.Steps);
            }
        }
    }

    public override void DownloadScores(Span<float> scores)
    {
        int all = _program.ScoresPerExample, slots = scores.Length / all, first = 0;
        foreach (PopulationProgram output in _program.Outputs)
        {
            GraphPopulation at = _graph.Populations[output.Index];
            bool isEveryStep = output.Readout == ReadoutKind.EveryStep;
            int count = output.ScoresFor(_program.Steps);
            Span<float> own = count == all ? scores : new float[slots * count];
            (isEveryStep ? _state.StepReadout : _state.Readout).Download(own, isEveryStep ? at.FirstStepReadout : at.FirstReadout);
            for (int slot = 0; slot < slots && count < all; slot++)
            {
                own.Slice(slot * count, count).CopyTo(scores[(slot * all + first)..]);
            }

            first += count;
        }
    }

    public override void Forward(int slots, DeviceTrains trains, bool learns)
    {
        _state.ClearMasks();
        _kernels.Forward(slots, new GraphForwardParameters
        {
            Graph = _graph.Views(_parameters.Values),
            State = _state.Views(Batch, keepsSpikes: learns),
            Batch = Batch.Views,
            Input = trains.Views,
            EProp = _eprop?.Views(_parameters.Values, learns) ?? NoEProp,
            IsConstant = trains.Source.IsConstantCurrent ? 1 : 0,
            KeepsHistory = learns && _graph.LearnsTimes ? 1 : 0,
            KeepsCells = learns && _graph.Kept > 0 ? 1 : 0,
        });
        for (int output = 0; output < _program.Outputs.Count; output++)
        {
            if (_program.Outputs[output].Readout == ReadoutKind.FirstSpikeTime)
            {
                _kernels.Loss(FirstSpikesOf(output, slots, learns));
            }
            else
            {
                _kernels.Loss(slots, LossOf(output, slots, learns));
            }
        }
    }

    public override void Backward(int slots, in LearningStep step)
    {
        TakeSpikeCounts(step);
        var backward = new GraphBackwardParameters
        {
            Graph = _graph.Views(_parameters.Values),
            State = _state.Views(Batch, keepsSpikes: true),
            Batch = Batch.Views,
            SpikeCounts = _spikeCounts.View,
            HasPush = step.SpikeCounts.IsActive ? 1 : 0,
            GrazingLimit = step.GrazingLimit,
            IsConstant = IsConstant ? 1 : 0,
            SendsErrors = _eprop == null ? 1 : 0,
            Lanes = 0,
        };
        if (_eprop == null)
        {
            _kernels.Backward(slots, backward);
        }
        else
        {
            _kernels.Backward(
                slots, new EPropBackwardParameters { Backward = backward, EProp = _eprop.Views(_parameters.Values, isActive: true) }, _eprop.IsOnline);
        }
    }

    public override bool ExtendTapes()
    {
        if (Batch.Overflow[0] == 0)
        {
            return false;
        }

        _state.Extend(Batch.Overflow[0]);
        return true;
    }

    public override void RequireFinite()
    {
        var found = new RunawayState(Batch.Overflow[RunawayState.Place]);
        if (found.Code != 0)
        {
            PopulationProgram population = _program.Populations.Last(p => _graph.Populations[p.Index].FirstNeuron <= found.Neuron);
            throw RunawayState.Error(
                population.Cell!.Neuron.Equations.GetType(), found.Row, found.Neuron - _graph.Populations[population.Index].FirstNeuron,
                population.Name, found.Value);
        }
    }

    public override BatchResult Finish()
    {
        _graph.Refresh(_parameters);
        _rewiring.Apply();
        (long rewired, long failures) = _rewiring.TakeCounts();
        return Batch.Result() with { RewiredSynapses = rewired, RewiringFailures = failures };
    }

    public override void AddSpikeCounts(Span<long> counts)
    {
        foreach (GraphPopulation population in _graph.Populations)
        {
            for (int n = 0; n < population.Units && population.IsSpiking; n++)
            {
                counts[population.FirstSpiking + n] += Batch.SpikeCounts[population.FirstNeuron + n];
            }
        }
    }

    public override void SetWeights(NetworkWeights weights)
    {
        _parameters.Load(weights);
        _rewiring.Load(weights);
        _graph.Refresh(_parameters);
    }

    public override void GetWeights(NetworkWeights weights)
    {
        _parameters.Save(weights);
        _rewiring.Save(weights);
    }

    public override void GetGradient(NetworkWeights gradient)
    {
        if (!_keptGradient)
        {
            throw new InvalidOperationException("Set KeepGradient before the batch whose gradient is wanted.");
        }

        _parameters.SaveGradient(gradient);
    }

    public override void SaveState(BinaryWriter writer)
    {
        _parameters.SaveState(writer);
        _rewiring.SaveState(writer);
        _eprop?.SaveState(writer);
    }

    public override void LoadState(BinaryReader reader)
    {
        _parameters.LoadState(reader);
        _rewiring.LoadState(reader);
        _eprop?.LoadState(reader);
        _graph.Refresh(_parameters);
    }

    public override void Dispose()
    {
        _noFloats.Dispose();
        _noRules.Dispose();
        _noLinks.Dispose();
        _eprop?.Dispose();
        _spikeCounts.Dispose();
        _rowSums.Dispose();
        _squares.Dispose();
        Batch.Dispose();
        Array.ForEach(_targets, targets => targets.Dispose());
        _state.Dispose();
        _graph.Dispose();
        _parameters.Dispose();
    }

    /// <summary>Uploads the regularisation of every population where it has changed, which within a training it does not.</summary>
    private void TakeSpikeCounts(in LearningStep step)
    {
        bool hasChanged = false;
        int spiking = 0;
        for (int p = 0; p < _spikeCountOf.Length; p++)
        {
            SpikeCountEquations wanted = _graph.Populations[p].IsSpiking ? step.SpikeCounts[spiking++] : default;
            hasChanged |= _spikeCountOf[p] != wanted;
            _spikeCountOf[p] = wanted;
        }

        if (hasChanged)
        {
            _spikeCounts.Upload(_spikeCountOf);
        }
    }

    private FirstSpikeParameters FirstSpikesOf(int output, int slots, bool learns)
    {
        PopulationProgram p = _program.Outputs[output];
        GraphPopulation at = _graph.Populations[p.Index];
        return new FirstSpikeParameters
        {
            Output = LossOf(output, slots, learns),
            FirstSpikes = _state.FirstSpikesOf(at, slots),
            Step = _state.FirstSpikeStepsOf(at, slots),
            MembraneTime = _graph.MembraneTimeOf(at),
            Losses = p.FirstSpike.ForKernels,
            TimeStep = (float)_program.TimeStep,
            Slots = slots,
        };
    }

    private LossViews LossOf(int output, int slots, bool learns)
    {
        PopulationProgram p = _program.Outputs[output];
        GraphPopulation at = _graph.Populations[p.Index];
        return new LossViews
        {
            Batch = Batch.Views,
            Target = _targets[_sharesTargets[output] ? 0 : output].Views,
            Readout = _state.Readout.View.SubView(at.FirstReadout, slots * p.Units),
            StepReadout = at.FirstStepReadout < 0
                ? _noFloats.View
                : _state.StepReadout.View.SubView(at.FirstStepReadout, (long)slots * _program.Steps * p.Units),
            Classes = p.Units,
            Steps = _program.Steps,
            Loss = p.Loss.Kind,
            ReadsEveryStep = p.Readout == ReadoutKind.EveryStep ? 1 : 0,
            LearnsEveryStep = at.LearnsEveryStep,
            Learns = learns ? 1 : 0,
            LossWeight = (float)p.LossWeight,
            IsFirst = output == 0 ? 1 : 0,
        };
    }
}
