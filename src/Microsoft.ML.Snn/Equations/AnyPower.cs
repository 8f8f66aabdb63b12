namespace Microsoft.ML.Snn.Equations;

/// <summary>Any ratio of the time constants.</summary>
internal readonly struct AnyPower : IKnownPower
{
    public static int Value => 0;
}
