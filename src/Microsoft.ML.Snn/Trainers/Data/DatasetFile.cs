namespace Microsoft.ML.Snn.Trainers.Data;

/// <summary>A file of a published data set.</summary>
/// <param name="Name">Its name, which is added to the address of a mirror.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Sha256">Its SHA-256 in lower-case hexadecimal digits.</param>
internal sealed record DatasetFile(string Name, long Length, string Sha256);
