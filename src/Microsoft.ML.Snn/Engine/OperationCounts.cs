namespace Microsoft.ML.Snn;

/// <summary>What a network did in one trial or in several: how much work followed the spikes, and how much a network without spikes would do.</summary>
/// <remarks>
/// <para>A spike counts at every synapse that it leaves through, also where the trial ends before it arrives. A constant current of a
/// plain feature vector counts once for the trial, as it is added up once.</para>
/// <para>A synaptic event is one addition of a weight; the dense equivalent takes a multiplication and an addition each.</para>
/// </remarks>
public sealed record OperationCounts
{
    /// <summary>Gets the number of trials.</summary>
    public required long Examples { get; init; }

    /// <summary>Gets the number of input spikes, or of features other than 0 of a plain vector.</summary>
    public required long InputEvents { get; init; }

    /// <summary>Gets the number of spikes of all neurons.</summary>
    public required long Spikes { get; init; }

    /// <summary>Gets the number of synapses through which input events and spikes went.</summary>
    public required long SynapticEvents { get; init; }

    /// <summary>Gets how often a neuron was moved forward in time.</summary>
    /// <value>
    /// Neurons times steps, the outputs included. An event-driven network moves all neurons of a layer at every arrival: there it is
    /// <see cref="SynapticEvents"/>.
    /// </value>
    public required long NeuronUpdates { get; init; }

    /// <summary>Gets the number of synapses times steps: what a network computes in which every neuron sends a number in every step.</summary>
    /// <value>Of connections that are not dense the synapses that there are; a shared weight counts wherever it is used.</value>
    public required long DenseEquivalent { get; init; }

    /// <summary>Gets the share of the dense work that was done: <see cref="SynapticEvents"/> over <see cref="DenseEquivalent"/>.</summary>
    public double Share => DenseEquivalent == 0 ? 0 : (double)SynapticEvents / DenseEquivalent;

    /// <summary>Gets <see cref="SynapticEvents"/> per trial.</summary>
    public double SynapticEventsPerExample => PerExample(SynapticEvents);

    /// <summary>Gets <see cref="NeuronUpdates"/> per trial.</summary>
    public double NeuronUpdatesPerExample => PerExample(NeuronUpdates);

    /// <summary>Gets <see cref="DenseEquivalent"/> per trial.</summary>
    public double DenseEquivalentPerExample => PerExample(DenseEquivalent);

    /// <summary>Gets <see cref="Spikes"/> per trial.</summary>
    public double SpikesPerExample => PerExample(Spikes);

    /// <summary>Adds the counts of other trials.</summary>
    /// <param name="other">The other trials.</param>
    /// <returns>The sums.</returns>
    public OperationCounts Plus(OperationCounts other)
    {
        System.ArgumentNullException.ThrowIfNull(other);
        return new OperationCounts
        {
            Examples = Examples + other.Examples,
            InputEvents = InputEvents + other.InputEvents,
            Spikes = Spikes + other.Spikes,
            SynapticEvents = SynapticEvents + other.SynapticEvents,
            NeuronUpdates = NeuronUpdates + other.NeuronUpdates,
            DenseEquivalent = DenseEquivalent + other.DenseEquivalent,
        };
    }

    private double PerExample(long count) => Examples == 0 ? 0 : (double)count / Examples;
}
