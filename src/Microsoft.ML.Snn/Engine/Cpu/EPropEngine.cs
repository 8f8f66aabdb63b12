using System;
using System.Globalization;
using System.IO;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>What both forms of e-prop share: weights, feedback, loss and update.</summary>
/// <remarks>
/// <para>The loss of a trial is the mean over its steps of the softmax cross-entropy of the output's V: every step has an
/// error. A spike of a hidden neuron reaches later errors through the output's own filter; what it does to other hidden
/// neurons is left out, which is what makes e-prop an approximation and lets it run forward in time.</para>
/// <para>Source: Bellec, Scherr et al., Nat. Commun. 11:3625 (2020).</para>
/// </remarks>
internal abstract unsafe class EPropEngine<TLane> : NetworkEngine
    where TLane : struct, ISimdLane<TLane>
{
    private readonly LayerScratch[] _scratch;
    private readonly CpuScorer<TLane> _scorer;
    private readonly EPropResult[] _results;
    private readonly NativeBuffer<int> _counts;
    private readonly long[] _spikeCounts;

    private protected EPropEngine(NetworkProgram program, EPropSettings settings, int batchSize, int threads)
    {
        Network = new CpuNetwork<TLane>(program);
        Team = new WorkerTeam(threads);
        _scratch = new LayerScratch[threads];
        for (int worker = 0; worker < threads; worker++)
        {
            _scratch[worker] = Network.CreateScratch();
        }

        Layers = new EPropLayer[program.Hidden.Count];
        for (int layer = 0; layer < Layers.Length; layer++)
        {
            Layers[layer] = new EPropLayer(program, layer, settings, Network.Weights.Stride(program.Hidden[layer].Input));
        }

        Feedback = new FeedbackWeights<TLane>(program, Network.Weights, Layers, settings);
        WeightUpdate = new WeightUpdate<TLane>(Network, _scratch, Phases);
        Examples = new int[batchSize];
        _results = new EPropResult[batchSize];
        _counts = new NativeBuffer<int>((long)batchSize * Network.HiddenNeurons);
        _spikeCounts = new long[Network.HiddenNeurons];
        _scorer = new CpuScorer<TLane>(Network, Team);
    }

    public override string Device => string.Create(
        CultureInfo.InvariantCulture, $"CPU, {Team.Size} threads, {TLane.Width} floats per instruction");

    /// <summary>Where the time went, for the profile.</summary>
    public PhaseTimes Phases { get; } = new();

    private protected CpuNetwork<TLane> Network { get; }

    private protected NetworkProgram Program => Network.Program;

    private protected WorkerTeam Team { get; }

    private protected EPropLayer[] Layers { get; }

    private protected FeedbackWeights<TLane> Feedback { get; }

    private protected WeightUpdate<TLane> WeightUpdate { get; }

    /// <summary>Indices of the batch's examples in <see cref="Trains"/>.</summary>
    private protected int[] Examples { get; }

    /// <summary>Number of examples of the batch.</summary>
    private protected int Count { get; private set; }

    private protected SpikeTrains Trains { get; private set; } = null!;

    private int[] Labels { get; set; } = [];

    private float[]? ExampleWeights { get; set; }

    public override BatchResult Train(in TrainingBatch batch, in LearningStep step)
    {
        Begin(batch);
        Feedback.Refresh();
        ComputeGradient();
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        double norm = WeightUpdate.Run(Team, step, KeepGradient);
        Feedback.Update(step.Updates[Program.Output.Input.Index], WeightUpdate.Scale);
        Phases.Add(0, 0, System.Diagnostics.Stopwatch.GetTimestamp() - start);
        return Finish(norm);
    }

    public override void Score(SpikeTrains trains, Span<float> probabilities) => _scorer.Score(trains, probabilities);

    public override void SetWeights(NetworkWeights weights) => Network.Weights.Load(weights);

    public override void GetWeights(NetworkWeights weights) => Network.Weights.Save(weights);

    public override void GetGradient(NetworkWeights gradient) => WeightUpdate.GetGradient(gradient);

    /// <summary>The weights by which errors reach a hidden layer, shape [neuron, output]: for tests.</summary>
    public float[] FeedbackOf(int layer)
    {
        Feedback.Refresh();
        int units = Layers[layer].Hidden.Units;
        float[] weights = new float[units * Program.Output.Units];
        for (int n = 0; n < weights.Length; n++)
        {
            weights[n] = Feedback[layer][(nint)(n % Program.Output.Units) * Layers[layer].Stride + n / Program.Output.Units];
        }

        return weights;
    }

    public override void TakeSpikeCounts(Span<long> counts)
    {
        for (int n = 0; n < _spikeCounts.Length; n++)
        {
            counts[n] += _spikeCounts[n];
        }

        Array.Clear(_spikeCounts);
    }

    public override void SaveState(BinaryWriter writer)
    {
        WeightUpdate.SaveState(writer);
        Feedback.SaveState(writer);
        StateStream.Write<long>(writer, _spikeCounts);
    }

    public override void LoadState(BinaryReader reader)
    {
        WeightUpdate.LoadState(reader);
        Feedback.LoadState(reader);
        StateStream.Read<long>(reader, _spikeCounts);
    }

    /// <summary>Leaves in <see cref="WeightUpdate"/> and <see cref="Feedback"/> what the gradient is gathered from, or the gradient.</summary>
    private protected abstract void ComputeGradient();

    /// <summary>Turns V of one step into the errors dL/dV, and adds to the loss of its example if it <paramref name="counts"/>.</summary>
    private protected void TakeLoss(int job, float* membrane, bool counts = true)
    {
        int example = Examples[job];
        int label = Labels[example];
        float weight = ExampleWeights == null ? 1 : ExampleWeights[example];
        var values = new Span<float>(membrane, Program.Output.Units);
        float labelMembrane = values[label];
        (float maximum, float total) = SoftmaxEquations.ToProbabilities(values);
        if (counts)
        {
            _results[job].Loss += weight / Program.Steps * SoftmaxEquations.Loss(labelMembrane, maximum, total);
        }

        float scale = weight / Count / Program.Steps;
        for (int k = 0; k < values.Length; k++)
        {
            values[k] = scale * SoftmaxEquations.LossByReadout(values[k], k == label);
        }
    }

    /// <summary>Notes whether the readouts of an example are those of its class.</summary>
    private protected void TakeReadout(int job, float* readout) =>
        _results[job].IsCorrect = System.Numerics.Tensors.TensorPrimitives.IndexOfMax(
            new ReadOnlySpan<float>(readout, Program.Output.Units)) == Labels[Examples[job]];

    /// <summary>Counts spikes of one example; <paramref name="layer"/> spiked.</summary>
    private protected void CountSpikes(int job, int layer, SpikeTape tape)
    {
        int* counts = _counts.Pointer + (nint)job * _spikeCounts.Length;
        for (int l = 0; l < layer; l++)
        {
            counts += Layers[l].Hidden.Units;
        }

        for (int k = 0; k < tape.Count; k++)
        {
            counts[tape.Neuron[k]]++;
        }
    }

    /// <summary>The constant current into each neuron of a connection, or null where spikes arrive.</summary>
    private protected float* Drive(ConnectionProgram connection, MembraneEquations membrane, EventList events, float* sums)
    {
        if (!Trains.IsConstantCurrent || connection.Index != 0)
        {
            return null;
        }

        RowLoops<TLane>.SumRows(
            events, events.End[0], membrane.CurrentGain, Network.Weights[connection], sums, Network.Weights.Stride(connection));
        return sums;
    }

    /// <summary>Spikes that feed a connection: those of a hidden layer, or -1 for the input.</summary>
    private protected int SourceOf(ConnectionProgram connection)
    {
        for (int layer = 0; layer < Layers.Length; layer++)
        {
            ConnectionProgram next = layer + 1 < Layers.Length ? Program.Hidden[layer + 1].Input : Program.Output.Input;
            if (next.Index == connection.Index || Program.Hidden[layer].Recurrent?.Index == connection.Index)
            {
                return layer;
            }
        }

        return -1;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _scorer.Dispose();
            Network.Dispose();
            WeightUpdate.Dispose();
            Feedback.Dispose();
            Array.ForEach(_scratch, scratch => scratch.Dispose());
            _counts.Dispose();
        }
    }

    private void Begin(in TrainingBatch batch)
    {
        Count = batch.Examples.Length;
        if (Count < 1 || Count > Examples.Length)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture, $"A batch must have 1 to {Examples.Length} examples, but has {Count}."), nameof(batch));
        }

        batch.Examples.CopyTo(Examples);
        (Trains, Labels, ExampleWeights) = (batch.Trains, batch.Labels, batch.ExampleWeights);
        Array.Clear(_results);
        new Span<int>(_counts.Pointer, Count * _spikeCounts.Length).Clear();
    }

    private BatchResult Finish(double norm)
    {
        double loss = 0;
        int correct = 0;
        long spikes = 0;
        for (int job = 0; job < Count; job++)
        {
            loss += _results[job].Loss;
            correct += _results[job].IsCorrect ? 1 : 0;
            int* counts = _counts.Pointer + (nint)job * _spikeCounts.Length;
            for (int n = 0; n < _spikeCounts.Length; n++)
            {
                _spikeCounts[n] += counts[n];
                spikes += counts[n];
            }
        }

        GC.KeepAlive(this);
        return new BatchResult(loss, correct, spikes, GrazingSpikes: 0, norm);
    }
}
