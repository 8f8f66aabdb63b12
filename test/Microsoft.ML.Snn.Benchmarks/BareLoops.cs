using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Benchmarks;

/// <summary>Forward and backward of one recurrent layer and an output as bare loops over raw memory: what an engine is measured against.</summary>
/// <remarks>
/// Nothing but the arithmetic: no loss, no optimiser, no sum of the threads' gradients, no batches, sizes fixed at 256
/// neurons and 20 outputs padded to 24. Each thread has a gradient of its own.
/// </remarks>
internal sealed unsafe class BareLoops : IContender
{
    private const int Hidden = 256;
    private const int Outputs = 24;

    private static readonly float s_membrane = MathF.Exp(-1f / 20);
    private static readonly float s_synapse = MathF.Exp(-1f / 5);
    private static readonly float s_gain = (s_membrane - s_synapse) * 5 / (20 - 5);

    private readonly int _steps;
    private readonly int _examples;
    private readonly int[] _events;
    private readonly int[] _ends;
    private readonly float* _input;
    private readonly float* _recurrent;
    private readonly float* _output;
    private readonly WorkerTeam _team;
    private readonly Scratch[] _scratch;
    private readonly List<IntPtr> _memory = [];
    private GCHandle _pin;

    public BareLoops(BenchmarkTask task, int threads)
    {
        if (task.HiddenCount != Hidden || task.ClassCount > Outputs)
        {
            throw new ArgumentException($"The bare loops have {Hidden} neurons and at most {Outputs} outputs; leave --hidden out.", nameof(task));
        }

        SpikeExamples train = task.Train;
        (_steps, _examples) = (task.StepCount, train.Count);
        _events = Array.ConvertAll(train.Channels, channel => (int)channel);
        _ends = new int[_examples * (_steps + 1)];
        for (int example = 0; example < _examples; example++)
        {
            int k = train.Offsets[example];
            for (int step = 0; step <= _steps; step++)
            {
                while (k < train.Offsets[example + 1] && train.Steps[k] < step)
                {
                    k++;
                }

                _ends[example * (_steps + 1) + step] = k;
            }
        }

        _pin = GCHandle.Alloc(_events, GCHandleType.Pinned);
        var random = new RandomStream(task.Seed, stream: 2);
        _input = Normal(train.ChannelCount * Hidden, task.HiddenWeights, random);
        _recurrent = Normal(Hidden * Hidden, task.RecurrentWeights, random);
        _output = Normal(Hidden * Outputs, task.OutputWeights, random);
        _team = new WorkerTeam(threads);
        _scratch = new Scratch[threads];
        for (int n = 0; n < threads; n++)
        {
            _scratch[n] = new Scratch(
                Allocate(4 * Hidden + 4 * Outputs), Allocate(train.ChannelCount * Hidden), Allocate(Hidden * Hidden), Allocate(Hidden * Outputs),
                new int[1 << 16], new float[1 << 16], new int[_steps + 1]);
        }
    }

    public string Name => "bare loops";

    public EpochResult TrainEpoch()
    {
        long start = Stopwatch.GetTimestamp();
        _team.Run(_examples, Run);
        return new EpochResult(Stopwatch.GetElapsedTime(start).TotalSeconds, new Dictionary<string, double>());
    }

    public EvaluationResult Evaluate(SpikeExamples examples)
    {
        long spikes = 0;
        foreach (Scratch scratch in _scratch)
        {
            spikes += scratch.Spikes;
            scratch.Spikes = 0;
        }

        return new EvaluationResult(double.NaN, (double)spikes / _examples);
    }

    public void Dispose()
    {
        _memory.ForEach(memory => NativeMemory.AlignedFree((void*)memory));
        _pin.Free();
    }

    private void Run(int worker, int example)
    {
        Scratch s = _scratch[worker];
        fixed (int* neuron = s.Neuron, end = s.End, ends = &_ends[example * (_steps + 1)])
        fixed (float* slope = s.Slope)
        {
            s.Spikes += Example((int*)_pin.AddrOfPinnedObject(), ends, s.State, s.Input, s.Recurrent, s.Output, neuron, end, slope);
        }
    }

    private long Example(
        int* events, int* ends, float* state, float* inputGradient, float* recurrentGradient, float* outputGradient,
        int* neuron, int* end, float* slope)
    {
        new Span<float>(state, 4 * Hidden + 4 * Outputs).Clear();
        float* v = state, i = v + Hidden, lambdaV = i + Hidden, lambdaI = lambdaV + Hidden;
        float* outV = lambdaI + Hidden, outI = outV + Outputs, outLambdaV = outI + Outputs, outLambdaI = outLambdaV + Outputs;
        Vector256<float> a = Vector256.Create(s_membrane), gain = Vector256.Create(s_gain), b = Vector256.Create(s_synapse);
        int total = 0, first = 0, last = 0;
        end[0] = 0;
        for (int step = 0; step < _steps; step++)
        {
            AddRows(_input, i, events + ends[step], ends[step + 1] - ends[step], Hidden);
            AddRows(_recurrent, i, neuron + first, last - first, Hidden);
            first = total;
            for (int j = 0; j < Hidden; j += 8)
            {
                Vector256<float> current = Vector256.Load(i + j);
                Vector256<float> next = Vector256.Load(v + j) * a + current * gain;
                Vector256<float> spiking = Vector256.GreaterThanOrEqual(next, Vector256<float>.One);
                Vector256.ConditionalSelect(spiking, Vector256<float>.Zero, next).Store(v + j);
                (current * b).Store(i + j);
                for (uint mask = spiking.ExtractMostSignificantBits(); mask != 0; mask &= mask - 1)
                {
                    int lane = BitOperations.TrailingZeroCount(mask);
                    neuron[total] = j + lane;
                    slope[total++] = 1 / (current.GetElement(lane) - 1);
                }
            }

            last = total;
            end[step + 1] = total;
            AddRows(_output, outI, neuron + first, last - first, Outputs);
            for (int j = 0; j < Outputs; j += 8)
            {
                Vector256<float> current = Vector256.Load(outI + j);
                (Vector256.Load(outV + j) * a + current * gain).Store(outV + j);
                (current * b).Store(outI + j);
            }
        }

        for (int step = _steps - 1; step >= 0; step--)
        {
            for (int j = 0; j < Outputs; j += 8)
            {
                Vector256<float> lambda = Vector256.Load(outLambdaV + j) + Vector256.Load(outV + j);
                (Vector256.Load(outLambdaI + j) * b + lambda * gain).Store(outLambdaI + j);
                (lambda * a).Store(outLambdaV + j);
            }

            for (int j = 0; j < Hidden; j += 8)
            {
                Vector256<float> lambda = Vector256.Load(lambdaV + j);
                (Vector256.Load(lambdaI + j) * b + lambda * gain).Store(lambdaI + j);
                (lambda * a).Store(lambdaV + j);
            }

            int from = end[step], to = end[step + 1];
            for (int k = from; k < to; k++)
            {
                int n = neuron[k];
                float error = Dot(_recurrent + n * Hidden, lambdaI, Hidden) + Dot(_output + n * Outputs, outLambdaI, Outputs);
                lambdaV[n] += slope[k] * (lambdaV[n] + error);
            }

            SubtractFromRows(recurrentGradient, lambdaI, neuron + from, to - from, Hidden);
            SubtractFromRows(outputGradient, outLambdaI, neuron + from, to - from, Outputs);
            SubtractFromRows(inputGradient, lambdaI, events + ends[step], ends[step + 1] - ends[step], Hidden);
        }

        return total;
    }

    /// <summary>Adds rows of weights to the currents, 64 of which stay in registers.</summary>
    private static void AddRows(float* weights, float* current, int* rows, int count, int width)
    {
        int j = 0;
        for (; j + 64 <= width; j += 64)
        {
            float* c = current + j, w = weights + j;
            Vector256<float> c0 = Vector256.Load(c), c1 = Vector256.Load(c + 8), c2 = Vector256.Load(c + 16), c3 = Vector256.Load(c + 24);
            Vector256<float> c4 = Vector256.Load(c + 32), c5 = Vector256.Load(c + 40), c6 = Vector256.Load(c + 48), c7 = Vector256.Load(c + 56);
            for (int k = 0; k < count; k++)
            {
                float* row = w + (nint)rows[k] * width;
                c0 += Vector256.Load(row);
                c1 += Vector256.Load(row + 8);
                c2 += Vector256.Load(row + 16);
                c3 += Vector256.Load(row + 24);
                c4 += Vector256.Load(row + 32);
                c5 += Vector256.Load(row + 40);
                c6 += Vector256.Load(row + 48);
                c7 += Vector256.Load(row + 56);
            }

            c0.Store(c);
            c1.Store(c + 8);
            c2.Store(c + 16);
            c3.Store(c + 24);
            c4.Store(c + 32);
            c5.Store(c + 40);
            c6.Store(c + 48);
            c7.Store(c + 56);
        }

        for (; j < width; j += 8)
        {
            Vector256<float> sum = Vector256.Load(current + j);
            for (int k = 0; k < count; k++)
            {
                sum += Vector256.Load(weights + (nint)rows[k] * width + j);
            }

            sum.Store(current + j);
        }
    }

    /// <summary>Takes the adjoint from rows of the gradient, 64 of whose values stay in registers.</summary>
    private static void SubtractFromRows(float* gradient, float* lambda, int* rows, int count, int width)
    {
        int j = 0;
        for (; j + 64 <= width; j += 64)
        {
            float* l = lambda + j;
            Vector256<float> l0 = Vector256.Load(l), l1 = Vector256.Load(l + 8), l2 = Vector256.Load(l + 16), l3 = Vector256.Load(l + 24);
            Vector256<float> l4 = Vector256.Load(l + 32), l5 = Vector256.Load(l + 40), l6 = Vector256.Load(l + 48), l7 = Vector256.Load(l + 56);
            for (int k = 0; k < count; k++)
            {
                float* row = gradient + (nint)rows[k] * width + j;
                (Vector256.Load(row) - l0).Store(row);
                (Vector256.Load(row + 8) - l1).Store(row + 8);
                (Vector256.Load(row + 16) - l2).Store(row + 16);
                (Vector256.Load(row + 24) - l3).Store(row + 24);
                (Vector256.Load(row + 32) - l4).Store(row + 32);
                (Vector256.Load(row + 40) - l5).Store(row + 40);
                (Vector256.Load(row + 48) - l6).Store(row + 48);
                (Vector256.Load(row + 56) - l7).Store(row + 56);
            }
        }

        for (; j < width; j += 8)
        {
            Vector256<float> value = Vector256.Load(lambda + j);
            for (int k = 0; k < count; k++)
            {
                float* row = gradient + (nint)rows[k] * width + j;
                (Vector256.Load(row) - value).Store(row);
            }
        }
    }

    private static float Dot(float* x, float* y, int width)
    {
        Vector256<float> sum = Vector256<float>.Zero;
        for (int j = 0; j < width; j += 8)
        {
            sum += Vector256.Load(x + j) * Vector256.Load(y + j);
        }

        return Vector256.Sum(sum);
    }

    private float* Normal(int count, WeightDistribution weights, RandomStream random)
    {
        float* values = Allocate(count);
        for (int n = 0; n < count; n++)
        {
            values[n] = (float)(weights.Mean + weights.StandardDeviation * random.NextNormal());
        }

        return values;
    }

    private float* Allocate(int count)
    {
        var memory = (float*)NativeMemory.AlignedAlloc((nuint)count * sizeof(float), 64);
        new Span<float>(memory, count).Clear();
        _memory.Add((IntPtr)memory);
        return memory;
    }

    /// <summary>What one thread works in.</summary>
    private sealed class Scratch(
        float* state, float* input, float* recurrent, float* output, int[] neuron, float[] slope, int[] end)
    {
        public float* State { get; } = state;

        public float* Input { get; } = input;

        public float* Recurrent { get; } = recurrent;

        public float* Output { get; } = output;

        public int[] Neuron { get; } = neuron;

        public float[] Slope { get; } = slope;

        public int[] End { get; } = end;

        public long Spikes { get; set; }
    }
}
