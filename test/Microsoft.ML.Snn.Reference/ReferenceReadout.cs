namespace Microsoft.ML.Snn.Reference;

/// <summary>What is read from an output neuron's membrane V over a trial of length T.</summary>
/// <remarks>Source: Nowotny, Turner and Knight, Neuromorph. Comput. Eng. 5 (2025), doi:10.1088/2634-4386/ada852.</remarks>
public enum ReferenceReadout
{
    /// <summary>(1/T) ∫ V dt.</summary>
    AverageMembrane,

    /// <summary>∫ V dt, in milliseconds.</summary>
    SumMembrane,

    /// <summary>(1/T) ∫ V exp(-t/T) dt.</summary>
    ExponentiallyWeightedMembrane,

    /// <summary>The largest V of the trial, the start included.</summary>
    MaximumMembrane,

    /// <summary>
    /// The time of the first spike of an output that spikes, in milliseconds; for one that stays silent
    /// T + τm (1 - M/ϑ), with M its largest V, or V at the end where it never was above rest.
    /// </summary>
    FirstSpikeTime,
}
