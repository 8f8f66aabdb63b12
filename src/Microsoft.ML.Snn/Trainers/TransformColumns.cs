using Microsoft.ML.Runtime;

namespace Microsoft.ML.Snn.Trainers;

/// <summary>Reads the column names of a transformer from a model.</summary>
internal static class TransformColumns
{
    private const int MaximumColumns = 65_536;

    /// <summary>Reads what <c>OneToOneTransformerBase.SaveColumns</c> wrote.</summary>
    /// <remarks>The base class reads the same bytes, but makes an array of whatever size a damaged model asks for.</remarks>
    public static (string outputColumnName, string inputColumnName)[] Load(IHost host, ModelLoadContext ctx)
    {
        int count = ctx.Reader.ReadInt32();
        host.CheckDecode(count is > 0 and <= MaximumColumns, "The number of columns is damaged.");
        var columns = new (string, string)[count];
        for (int i = 0; i < count; i++)
        {
            columns[i] = (ctx.LoadNonEmptyString(), ctx.LoadNonEmptyString());
        }

        return columns;
    }
}
