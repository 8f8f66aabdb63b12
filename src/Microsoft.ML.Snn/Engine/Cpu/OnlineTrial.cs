using System;
using System.Runtime.CompilerServices;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>One trial of the whole network in lockstep: all layers move through a step before any goes on. Its memory does not depend on the number of steps.</summary>
internal sealed unsafe class OnlineTrial<TLane> : IDisposable
    where TLane : struct, ISimdLane<TLane>
{
    private readonly NativeBuffer<float>[] _state;
    private readonly NativeBuffer<float> _drive;
    private readonly NativeBuffer<float> _output;
    private readonly SpikeTape[][] _tapes;
    private readonly EPropLayer[] _layers;
    private readonly CpuNetwork<TLane> _network;
    private AdaptiveNeurons<TLane>[] _neurons = [];
    private EPropOutput<TLane> _outputs;
    private EventList _input;
    private int _step;

    public OnlineTrial(CpuNetwork<TLane> network, EPropLayer[] layers)
    {
        (_network, _layers) = (network, layers);
        _state = Array.ConvertAll(layers, layer => new NativeBuffer<float>((AdaptiveNeurons<TLane>.StateArrays + 3L) * layer.Stride));
        OutputStride = network.Weights.Stride(network.Program.Output.Input);
        int widest = OutputStride;
        foreach (EPropLayer layer in layers)
        {
            widest = Math.Max(widest, layer.Stride);
        }

        _drive = new NativeBuffer<float>(widest);
        _output = new NativeBuffer<float>((EPropOutput<TLane>.StateArrays + 2L) * OutputStride);
        _tapes = [CreateTapes(), CreateTapes()];
        _neurons = new AdaptiveNeurons<TLane>[layers.Length];
    }

    public int OutputStride { get; }

    /// <summary>dL/dV of the outputs once their loss is taken; V before that. Shape [output].</summary>
    public float* Errors => _output.Pointer + EPropOutput<TLane>.StateArrays * OutputStride;

    /// <summary>Readouts Y so far. Shape [output].</summary>
    public float* Readout => Errors + OutputStride;

    /// <summary>ψ of a layer at this step, shape [neuron].</summary>
    public float* PseudoDerivative(int layer) => _state[layer].Pointer + AdaptiveNeurons<TLane>.StateArrays * _layers[layer].Stride;

    /// <summary>What the rates add to the learning signal of a layer at this step, shape [neuron]; 0 without regularisation.</summary>
    public float* RateSignal(int layer) => PseudoDerivative(layer) + _layers[layer].Stride;

    /// <summary>Room for the learning signal of a layer, shape [neuron].</summary>
    public float* Signal(int layer) => PseudoDerivative(layer) + 2 * _layers[layer].Stride;

    /// <summary>Spikes of a layer found at the end of the step.</summary>
    public SpikeTape Spikes(int layer) => _tapes[_step & 1][layer];

    /// <summary>Spikes that arrive at this step from a hidden layer, or of the input if it is -1.</summary>
    public EventSpan Arrivals(int source) => source < 0 ? _input.Of(_step) : Of(_tapes[(_step - 1) & 1][source]);

    /// <summary>Brings the network to rest.</summary>
    /// <param name="input">Events of the example.</param>
    /// <param name="drive">Constant current into the first layer, or null where spikes arrive; it is copied.</param>
    /// <param name="batchSize">Size of the batch.</param>
    /// <param name="bias">Bias of each output, or null.</param>
    /// <param name="biasGain">What a bias of 1 adds to V at every step.</param>
    public void Begin(EventList input, float* drive, int batchSize, float* bias, float biasGain)
    {
        NetworkProgram program = _network.Program;
        _input = drive == null ? input : default;
        _step = -1;
        if (drive != null)
        {
            int stride = _layers.Length > 0 ? _layers[0].Stride : OutputStride;
            Unsafe.CopyBlock(_drive.Pointer, drive, (uint)(stride * sizeof(float)));
        }

        float* kept = drive == null ? null : _drive.Pointer;
        foreach (EPropLayer layer in _layers)
        {
            int n = layer.Index;
            _neurons[n] = layer.Neurons<TLane>(_network.Weights, _state[n].Pointer, n == 0 ? kept : null, batchSize);
            _neurons[n].Clear();
            _tapes[0][n].Clear();
            _tapes[1][n].Clear();
        }

        _outputs = new EPropOutput<TLane>
        {
            Membrane = program.Output.Membrane,
            Stride = OutputStride,
            Input = _network.Weights[program.Output.Input],
            Drive = _layers.Length == 0 ? kept : null,
            Bias = bias,
            BiasGain = biasGain,
            State = _output.Pointer,
        };
        _outputs.Clear();
        _network.BeginRead(Readout);
    }

    /// <summary>Runs the next step; the outputs leave their V in <see cref="Errors"/>.</summary>
    public void Step()
    {
        _step++;
        foreach (EPropLayer layer in _layers)
        {
            int n = layer.Index;
            Spikes(n).Clear();
            _neurons[n].Step(
                Arrivals(n - 1), layer.Hidden.Recurrent == null ? default : Arrivals(n), Spikes(n),
                PseudoDerivative(n), layer.Rate.IsActive ? RateSignal(n) : null);
        }

        _outputs.Step(Arrivals(_layers.Length - 1), Errors);
        _network.ReadStep(_step, Errors, Readout);
        if (_step % Denormal.StepsBetweenFlushes == 0)
        {
            Array.ForEach(_neurons, neurons => neurons.Flush());
            _outputs.Flush();
        }
    }

    public void Dispose()
    {
        Array.ForEach(_state, state => state.Dispose());
        Array.ForEach(_tapes, tapes => Array.ForEach(tapes, tape => tape.Dispose()));
        _drive.Dispose();
        _output.Dispose();
    }

    private static EventSpan Of(SpikeTape tape) => new(tape.Neuron, null, tape.Count);

    private SpikeTape[] CreateTapes() => Array.ConvertAll(_layers, layer => new SpikeTape(1, layer.Hidden.Units));
}
