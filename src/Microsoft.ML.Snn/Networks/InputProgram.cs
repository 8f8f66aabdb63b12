namespace Microsoft.ML.Snn.Networks;

/// <summary>A named range of the channels of the input column.</summary>
/// <param name="Name">What a person calls it.</param>
/// <param name="FirstChannel">First channel of the range.</param>
/// <param name="Channels">Number of channels.</param>
internal sealed record InputProgram(string Name, int FirstChannel, int Channels)
{
    /// <summary>How the channels are arranged.</summary>
    public Shape Shape { get; init; } = Channels;
}
