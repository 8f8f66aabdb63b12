namespace Microsoft.ML.Snn;

/// <summary>How the events of a sensor become a spike train. Immutable.</summary>
/// <remarks>
/// The first event of a recording is at time 0. An event at time t falls into step ⌊t / TimeStep⌋; events after the last
/// step are left out. A slot counts the events of its step and channel. Channel = (polarity · rows + y / Downsampling) ·
/// columns + x / Downsampling, with polarity 1 for an event that says "brighter" and 0 for one that says "darker".
/// </remarks>
/// <param name="Width">The number of pixels of a row of the sensor, 1 to 65536; 34 for N-MNIST.</param>
/// <param name="Height">The number of rows of the sensor, 1 to 65536; 34 for N-MNIST.</param>
public sealed record EventBinning(int Width, int Height)
{
    /// <summary>Gets the number T of steps of an example.</summary>
    /// <value>1 to 65536. The default is 100.</value>
    public int TimeSteps { get; init; } = 100;

    /// <summary>Gets the length of one step.</summary>
    /// <value>Milliseconds, above 0. The default is 3: with 100 steps the 300 ms of N-MNIST.</value>
    public float TimeStep { get; init; } = 3;

    /// <summary>Gets how many pixels share a channel along each side.</summary>
    /// <value>1 to 65536. The default is 1. Pixels of an edge that is no multiple of it share a smaller channel.</value>
    public int Downsampling { get; init; } = 1;

    /// <summary>Gets whether brighter and darker have channels of their own.</summary>
    /// <value>The default is true.</value>
    public bool SeparatePolarities { get; init; } = true;

    /// <summary>Gets the number N of channels.</summary>
    public int Channels => Columns * Rows * (SeparatePolarities ? 2 : 1);

    internal int Columns => (Width + Downsampling - 1) / Downsampling;

    internal int Rows => (Height + Downsampling - 1) / Downsampling;

    internal void Validate()
    {
        Require.InRange(Width, 1, 65_536, "It is the number of pixels of a row of the sensor.");
        Require.InRange(Height, 1, 65_536, "It is the number of rows of the sensor.");
        Require.InRange(TimeSteps, 1, 65_536, "Use the number of simulation steps of an example, for example 100.");
        Require.Positive(TimeStep, "It is the length of a step in milliseconds, for example 3.");
        Require.InRange(Downsampling, 1, 65_536, "Use 1 for all pixels.");
        double slots = (double)Columns * Rows * (SeparatePolarities ? 2 : 1) * TimeSteps;
        Require.InRange(slots, 1, System.Array.MaxLength, "It is TimeSteps times channels: use fewer steps or more Downsampling.");
    }
}
