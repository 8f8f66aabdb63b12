using System.Collections.Generic;
using Microsoft.ML.Data;

namespace Microsoft.ML.Snn;

/// <summary>What <see cref="SnnReport"/> writes about beside the network and its training; everything may be left out.</summary>
public sealed class SnnReportContent
{
    /// <summary>Gets or sets the heading.</summary>
    /// <value>The default is "Spiking network".</value>
    public string Title { get; set; } = "Spiking network";

    /// <summary>Gets or sets the evaluation of a multiclass model: accuracy, log-loss, confusion.</summary>
    public MulticlassClassificationMetrics? Multiclass { get; set; }

    /// <summary>Gets or sets the evaluation of a binary model.</summary>
    public BinaryClassificationMetrics? Binary { get; set; }

    /// <summary>Gets or sets the evaluation of a model of numbers.</summary>
    public RegressionMetrics? Regression { get; set; }

    /// <summary>
    /// Gets or sets rows with the feature column that the network was trained on: one of them is drawn, and the operations of the first
    /// <see cref="RowsToCount"/> are counted.
    /// </summary>
    public IDataView? Rows { get; set; }

    /// <summary>Gets or sets the name of the feature column of <see cref="Rows"/>.</summary>
    /// <value>The default is "Features".</value>
    public string FeatureColumnName { get; set; } = "Features";

    /// <summary>Gets or sets which of <see cref="Rows"/> is drawn, from 0.</summary>
    /// <value>The default is 0.</value>
    public int Example { get; set; }

    /// <summary>Gets or sets of how many rows operations are counted.</summary>
    /// <value>The default is 1000.</value>
    public int RowsToCount { get; set; } = 1000;

    /// <summary>Gets further pictures, for example of recorders or of an experiment; they come last.</summary>
    public IList<SnnPlot> Pictures { get; } = [];
}
