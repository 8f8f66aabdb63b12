namespace Microsoft.ML.Snn;

/// <summary>How the activity of an output neuron over a trial becomes the score of its class.</summary>
public enum Readout
{
    /// <summary>The mean over the trial. A good first choice.</summary>
    AverageMembrane = 0,

    /// <summary>The mean of V·exp(-t/T) over the trial of length T: early evidence counts more.</summary>
    ExponentiallyWeightedMembrane = 1,

    /// <summary>The integral of V over the trial, in milliseconds: sharper than the average by the length of the trial.</summary>
    SumMembrane = 2,

    /// <summary>The largest V of the trial.</summary>
    MaximumMembrane = 3,

    /// <summary>V at the end of the trial.</summary>
    FinalMembrane = 4,

    /// <summary>V at the end of every step: an output for each step, to label sequences or to generate patterns.</summary>
    MembraneAtEveryStep = 5,

    /// <summary>
    /// The time of the first spike, the earlier the better: outputs are spiking neurons of threshold 1, and
    /// <see cref="FirstSpikeLoss"/> says what is minimised. With <see cref="Integrator.Grid"/> the time is where a straight line through
    /// the step meets the threshold. Trained with EventProp.
    /// </summary>
    FirstSpikeTime = 6,
}
