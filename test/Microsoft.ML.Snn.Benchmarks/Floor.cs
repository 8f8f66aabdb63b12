namespace Microsoft.ML.Snn.Benchmarks;

/// <summary>The work that no event-driven EventProp epoch can leave out, counted; time follows from the machine's peaks.</summary>
/// <remarks>
/// <para>With N examples in K batches, T steps, layers of I, H and O neurons and s and h spikes per example of the
/// inputs and of the hidden layer:</para>
/// <para>- events = N·(s·H + h·O), once forward as row additions and once backward as row updates of the gradient;</para>
/// <para>- neuron updates = 2·N·T·(H + O), forward and adjoint, both counted as forward updates;</para>
/// <para>- error multiply-adds = N·h·O: at each hidden spike the product of its weights with its targets' adjoint;</para>
/// <para>- optimiser bytes = K·(I·H + H·O)·28: the gradient read, weight and both moments read and written;</para>
/// <para>- input bytes = N·s·4: each spike's channel and step, read from memory once.</para>
/// <para>A recurrent layer adds H to the targets of each hidden spike, and H·H weights.</para>
/// <para>Parts that could overlap are added, since each keeps the same load and arithmetic ports busy. Softmax,
/// gradient sums over slices, clearing and spike lists are left out: they could be made as small as one likes.</para>
/// </remarks>
/// <param name="SynapticEvents">Synaptic events of one direction.</param>
/// <param name="NeuronUpdates">Neuron updates of both directions.</param>
/// <param name="ErrorMultiplyAdds">Multiply-adds that carry errors back over the output weights.</param>
/// <param name="OptimiserBytes">Bytes that Adam reads and writes.</param>
/// <param name="InputBytes">Bytes of input spikes.</param>
internal sealed record Floor(
    double SynapticEvents, double NeuronUpdates, double ErrorMultiplyAdds, double OptimiserBytes, double InputBytes)
{
    private const int OptimiserBytesPerWeight = 7 * sizeof(float);
    private const int BytesPerInputSpike = 2 * sizeof(short);

    /// <summary>Counts one epoch of a task whose hidden layer emits this many spikes per example.</summary>
    public static Floor Count(BenchmarkTask task, double hiddenSpikesPerExample)
    {
        double examples = task.Train.Count;
        double inputSpikes = task.Train.SpikesPerExample;
        double batches = (task.Train.Count + task.BatchSize - 1) / task.BatchSize;
        double weights = (double)task.HiddenCount * (task.Train.ChannelCount + task.ClassCount);
        if (task.IsRecurrent)
        {
            weights += (double)task.HiddenCount * task.HiddenCount;
        }

        double hiddenEvents = examples * hiddenSpikesPerExample * (task.ClassCount + (task.IsRecurrent ? task.HiddenCount : 0));
        return new(
            SynapticEvents: (examples * inputSpikes * task.HiddenCount) + hiddenEvents,
            NeuronUpdates: 2 * examples * task.StepCount * (task.HiddenCount + task.ClassCount),
            ErrorMultiplyAdds: hiddenEvents,
            OptimiserBytes: batches * weights * OptimiserBytesPerWeight,
            InputBytes: examples * inputSpikes * BytesPerInputSpike);
    }

    /// <summary>Seconds per epoch at the machine's peaks.</summary>
    public double SecondsAt(MachinePeaks peaks) =>
        (SynapticEvents / peaks.RowAdds)
        + (SynapticEvents / peaks.RowUpdates)
        + (NeuronUpdates / peaks.NeuronUpdates)
        + (ErrorMultiplyAdds / peaks.MultiplyAdds)
        + (OptimiserBytes / peaks.CacheBytes)
        + (InputBytes / peaks.MemoryBytes);
}
