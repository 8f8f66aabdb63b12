using System;

namespace Microsoft.ML.Snn.Tool;

/// <summary>Something that the person at the command line can put right: printed without a stack trace, exit code 1.</summary>
internal sealed class ToolException : Exception
{
    public ToolException()
    {
    }

    public ToolException(string message)
        : base(message)
    {
    }

    public ToolException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
