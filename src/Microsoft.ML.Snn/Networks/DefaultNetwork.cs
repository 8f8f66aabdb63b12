namespace Microsoft.ML.Snn.Networks;

/// <summary>The network of a trainer that was given none.</summary>
/// <remarks>
/// <para>Below <see cref="LongTrial"/> the time constants are the usual ones. In longer trials the mean of an output that forgets within
/// 20 ms does not depend on when spikes come, but for those at the very end: the gradient by spike times then says little more than to
/// push spikes over the end, and training goes astray. An output that keeps what it hears as long as the trial lasts counts early
/// spikes more, so that every spike time matters; and synapses that grow with the trial let spikes meet that are far apart.</para>
/// <para>Source of the diagnosis: Nowotny, Turner and Knight, Neuromorph. Comput. Eng. 5:014001 (2025). The rule was chosen on
/// recordings of spoken digits that were held out of the training split, in trials of 0.5 to 2 s, and
/// on digits of optdigits held out likewise, as spikes and as currents in trials of 20 ms to 1 s.</para>
/// </remarks>
internal static class DefaultNetwork
{
    /// <summary>Five times the usual membrane time constant, in milliseconds.</summary>
    public const double LongTrial = 100;

    /// <summary>The network for a task.</summary>
    /// <param name="hiddenNeurons">Size of its hidden layer.</param>
    /// <param name="duration">Length of a trial in milliseconds.</param>
    /// <param name="isSequence">Whether an output is wanted at every step; a slow one could not follow.</param>
    public static SnnNetwork For(int hiddenNeurons, double duration, bool isSequence)
    {
        if (isSequence || duration < LongTrial)
        {
            return SnnNetwork.Sequential(
                Layer.Dense(hiddenNeurons), Layer.Output(isSequence ? Readout.MembraneAtEveryStep : Readout.AverageMembrane));
        }

        var synapse = new ExponentialSynapse(new ExponentialSynapse().Time * duration / LongTrial);
        return SnnNetwork.Sequential(
            Layer.Dense(hiddenNeurons, synapse: synapse),
            Layer.Output(neuron: new LeakyIntegrator { MembraneTime = duration }, synapse: synapse));
    }
}
