using System;

namespace Microsoft.ML.Snn.Trainers.Data;

/// <summary>A recording that is read when its row is.</summary>
/// <param name="Label">The number of its class from 1, or 0 where it is not known.</param>
/// <param name="Name">The path of its file, or its name in an archive.</param>
/// <param name="Content">Returns the bytes of the file.</param>
internal record Recording(uint Label, string Name, Func<byte[]> Content);
