namespace Microsoft.ML.Snn.Encoding.Rows;

/// <summary>Makes one row from another; belongs to one thread, so that it may keep scratch memory.</summary>
/// <param name="row">The input.</param>
/// <param name="output">Receives the output; it was cleared.</param>
internal delegate void SignalFunction(in SignalRow row, SignalWriter output);
