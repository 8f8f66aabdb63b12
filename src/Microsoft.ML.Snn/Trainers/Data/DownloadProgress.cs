namespace Microsoft.ML.Snn;

/// <summary>How far a download has come.</summary>
/// <param name="FileName">The file that is being downloaded or was just checked.</param>
/// <param name="BytesDone">The bytes of all files that are in place or have arrived.</param>
/// <param name="BytesTotal">The bytes of all files.</param>
public readonly record struct DownloadProgress(string FileName, long BytesDone, long BytesTotal)
{
    /// <summary>Gets the part of the bytes that is done.</summary>
    /// <value>0 to 1.</value>
    public double Fraction => BytesTotal == 0 ? 1 : (double)BytesDone / BytesTotal;
}
