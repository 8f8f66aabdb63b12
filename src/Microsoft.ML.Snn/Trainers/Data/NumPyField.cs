namespace Microsoft.ML.Snn.Trainers.Data;

/// <summary>A number in each record of a NumPy array.</summary>
/// <param name="Name">Its name; empty where a record is one number.</param>
/// <param name="Kind">i: integer, u: without sign, f: floating point, b: boolean.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Offset">Where it begins in the record.</param>
internal sealed record NumPyField(string Name, char Kind, int Bytes, int Offset);
