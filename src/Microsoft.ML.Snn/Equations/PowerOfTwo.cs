namespace Microsoft.ML.Snn.Equations;

/// <summary>τm = 2 τs.</summary>
internal readonly struct PowerOfTwo : IKnownPower
{
    public static int Value => 2;
}
