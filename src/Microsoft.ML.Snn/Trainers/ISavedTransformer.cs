using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Snn.Trainers;

/// <summary>A transformer that <see cref="TransformerLoader{T}"/> saves and loads.</summary>
/// <typeparam name="TSelf">The transformer itself.</typeparam>
internal interface ISavedTransformer<TSelf>
    where TSelf : RowToRowTransformerBase, ISavedTransformer<TSelf>
{
    /// <summary>Eight letters at the front of its bytes; in models for ever.</summary>
    static abstract string ModelSignature { get; }

    /// <summary>The name by which ML.NET finds its loader; in models for ever.</summary>
    static abstract string LoadName { get; }

    /// <summary>Which version of its format it writes; it reads that and all before. 1 until settings are added to it.</summary>
    static virtual int FormatVersion => 1;

    /// <summary>Reads the settings that it saved, and checks them.</summary>
    static abstract TSelf Load(IHost host, ModelLoadContext ctx);

    /// <summary>Binds it to the columns of a table.</summary>
    IRowMapper MapRows(DataViewSchema schema);
}
