namespace Microsoft.ML.Snn.Equations;

/// <summary>τm = 4 τs.</summary>
internal readonly struct PowerOfFour : IKnownPower
{
    public static int Value => 4;
}
