using System;
using System.Globalization;
using System.IO;
using Microsoft.ML.Snn.Equations;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Spikes;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>What both forms of e-prop share: weights, feedback, loss and update.</summary>
/// <remarks>
/// <para>The loss of a trial is the mean over its steps of the loss of the output's V, even where the network asks for that of
/// the readout: every step has an error. A spike of a hidden neuron reaches later errors through the output's own filter; what it does to other hidden
/// neurons is left out, which is what makes e-prop an approximation and lets it run forward in time.</para>
/// <para>Source: Bellec, Scherr et al., Nat. Commun. 11:3625 (2020).</para>
/// </remarks>
internal abstract unsafe class EPropEngine<TLane> : NetworkEngine
    where TLane : struct, ISimdLane<TLane>
{
    private readonly LayerScratch[] _scratch;
    private readonly NetworkScorer _scorer;
    private readonly GraphNetwork<TLane>? _scored;
    private readonly EPropResult[] _results;
    private readonly NativeBuffer<int> _counts;
    private readonly long[] _spikeCounts;
    private readonly NativeBuffer<float>? _biasGradient;
    private readonly NetworkWeights? _scoredWeights;
    private Targets? _targets;
    private float[]? _exampleWeights;

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
        WeightUpdate = new WeightUpdate<TLane>(program, Network.Weights, _scratch, Phases);
        Examples = new int[batchSize];
        _results = new EPropResult[batchSize];
        _counts = new NativeBuffer<int>((long)batchSize * Network.HiddenNeurons);
        _spikeCounts = new long[Network.HiddenNeurons];
        if (program.OutputBias is { } bias)
        {
            Bias = WeightUpdate.Learning[bias.Index];
            _biasGradient = new NativeBuffer<float>(Bias.Stride);
            Bias.Computed = _biasGradient.Pointer;
            BiasGain = (float)StepCoefficients.BiasIntoMembrane(program.TimeStep, program.Output.Membrane.MembraneTime);

            // The loops for layers know no bias; whole trials are scored as the trained model scores them.
            _scored = new GraphNetwork<TLane>(program);
            _scoredWeights = NetworkWeights.ZerosFor(program);
            _scorer = new GraphScorer<TLane>(_scored, Team);
        }
        else
        {
            _scorer = new CpuScorer<TLane>(Network, Team);
        }
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

    /// <summary>How the biases of the output learn, or null where they do not. Its gradient is what the forms of e-prop fill in.</summary>
    private protected ConnectionLearning? Bias { get; }

    /// <summary>What a bias of 1 adds to V of an output at every step.</summary>
    private protected float BiasGain { get; }

    /// <summary>Indices of the batch's examples in <see cref="Trains"/>.</summary>
    private protected int[] Examples { get; }

    /// <summary>Number of examples of the batch.</summary>
    private protected int Count { get; private set; }

    private protected SpikeTrains Trains { get; private set; } = null!;

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

    public override void Score(SpikeTrains trains, Span<float> probabilities)
    {
        if (_scored != null)
        {
            Network.Weights.Save(_scoredWeights!);
            _scored.Load(_scoredWeights!);
        }

        _scorer.Score(trains, probabilities);
    }

    public override void SetWeights(NetworkWeights weights) => Network.Weights.Load(weights);

    public override void GetWeights(NetworkWeights weights) => Network.Weights.Save(weights);

    public override void GetGradient(NetworkWeights gradient) => WeightUpdate.GetGradient(gradient);

    /// <summary>The weights by which errors reach a hidden layer, shape [neuron, output]: for tests.</summary>
    public float[] FeedbackOf(int layer)
    {
        Feedback.Refresh();
        (int units, int outputs) = (Layers[layer].Hidden.Units, Program.Output.Units);
        float[] weights = new float[units * outputs];
        fixed (float* target = weights)
        {
            CpuWeights.Transpose(Feedback[layer], Layers[layer].Stride, outputs, units, target, outputs);
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

    /// <summary>What each step contributes to the loss of an example.</summary>
    private protected float ShareOf(int job)
    {
        Target target = _targets![Examples[job]];
        return LossEquations.StepShare(target.Rows > 1 ? target.RowsWithLoss : Program.Steps);
    }

    /// <summary>Turns V of one step into the errors dL/dV.</summary>
    /// <param name="job">Place of the example in the batch.</param>
    /// <param name="step">The step.</param>
    /// <param name="share">What <see cref="ShareOf"/> says.</param>
    /// <param name="membrane">V in, dL/dV out; shape [output].</param>
    /// <param name="counts">Whether the loss and the right decisions are added to those of the example.</param>
    private protected void TakeLoss(int job, int step, float share, float* membrane, bool counts = true)
    {
        LossEquations loss = Program.Output.Loss;
        Target target = _targets![Examples[job]];
        float weight = _exampleWeights == null ? 1 : _exampleWeights[Examples[job]];
        var values = new Span<float>(membrane, Program.Output.Units);
        int row = target.Rows > 1 ? step : 0;
        if (!target.HasLoss(row))
        {
            values.Clear();
            return;
        }

        int correct = Program.Output.Readout == ReadoutKind.EveryStep ? loss.Correct(target, row, values) : 0;
        float own = loss.OfRow(target, row, values, share * weight / Count, values);
        if (counts)
        {
            _results[job].Loss += weight * share * own;
            _results[job].Correct += correct;
        }
    }

    /// <summary>Counts the right decisions of an example that is read once.</summary>
    private protected void TakeReadout(int job, float* readout)
    {
        if (Program.Output.Readout != ReadoutKind.EveryStep)
        {
            _results[job].Correct = Program.Output.Loss.Correct(
                _targets![Examples[job]], 0, new ReadOnlySpan<float>(readout, Program.Output.Units));
        }
    }

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

    /// <summary>Bias of each output, shape [output], or null where there is none.</summary>
    private protected float* BiasValues => Bias == null ? null : Network.Weights[Bias.Connection];

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
            _scored?.Dispose();
            _biasGradient?.Dispose();
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

        batch.CheckTargets(Program);
        batch.Examples.CopyTo(Examples);
        (Trains, _targets, _exampleWeights) = (batch.Trains, batch.Targets, batch.ExampleWeights);
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
            correct += _results[job].Correct;
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
