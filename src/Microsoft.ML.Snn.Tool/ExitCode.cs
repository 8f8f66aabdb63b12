namespace Microsoft.ML.Snn.Tool;

/// <summary>What the shell is told.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>The arguments or the data are wrong, or nothing could be trained.</summary>
    public const int Failure = 1;

    /// <summary>Ctrl-C: what was found so far was saved.</summary>
    public const int Cancelled = 130;
}
