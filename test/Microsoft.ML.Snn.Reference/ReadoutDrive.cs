namespace Microsoft.ML.Snn.Reference;

/// <summary>The weight c(t) = scale exp(-rate t) under which a readout integrates V; 0 for what is read at one moment.</summary>
internal static class ReadoutDrive
{
    public static double Scale(ReferenceReadout readout, double duration) => readout switch
    {
        ReferenceReadout.SumMembrane => 1,
        ReferenceReadout.MaximumMembrane => 0,
        ReferenceReadout.FirstSpikeTime => 0,
        _ => 1 / duration,
    };

    public static double Rate(ReferenceReadout readout, double duration) =>
        readout == ReferenceReadout.ExponentiallyWeightedMembrane ? 1 / duration : 0;
}
