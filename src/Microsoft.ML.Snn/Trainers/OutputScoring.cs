using System.Collections.Generic;
using Microsoft.ML.Data;
using Microsoft.ML.Snn.Models;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Trainers;

/// <summary>One output of a trained network as its columns show it.</summary>
/// <param name="Prefix">What the names of its columns begin with; empty for the first output.</param>
/// <param name="LabelColumn">The column that it was trained on, or null for that of the transformer.</param>
/// <param name="Task">What it was trained for.</param>
/// <param name="Offset">Place of its first score among the scores of a row.</param>
/// <param name="Units">Number of output neurons.</param>
/// <param name="Steps">Number of steps that it has scores for: 1 for a trial.</param>
/// <param name="Scales">How its label was standardised; empty where it was not.</param>
internal sealed record OutputScoring(
    string Prefix, string? LabelColumn, SnnTask Task, int Offset, int Units, int Steps, IReadOnlyList<LabelScale> Scales)
{
    /// <summary>Number of scores of a row.</summary>
    public int Width => Units * Steps;

    /// <summary>Type of the column Score.</summary>
    public DataViewType ScoreType => Task switch
    {
        SnnTask.BinaryClassification or SnnTask.Regression => NumberDataViewType.Single,
        SnnTask.SequenceClassification or SnnTask.SequenceRegression => new VectorDataViewType(NumberDataViewType.Single, Steps, Units),
        _ => new VectorDataViewType(NumberDataViewType.Single, Units),
    };

    /// <summary>The first output, and those with labels of their own.</summary>
    public static OutputScoring[] AllOf(SnnModel model)
    {
        NetworkProgram program = model.Program;
        var all = new List<OutputScoring>();
        int offset = 0, next = 0;
        for (int n = 0; n < program.Outputs.Count; n++)
        {
            (int units, int width) = (program.Outputs[n].Units, program.Outputs[n].ScoresFor(program.Steps));
            if (n == 0)
            {
                all.Add(new OutputScoring("", null, model.Task, offset, units, width / units, model.Scales));
            }
            else if (next < model.Further.Count && model.Further[next].Index == n)
            {
                FurtherOutput own = model.Further[next++];
                all.Add(new OutputScoring(PrefixOf(own.Name), own.LabelColumn, own.Task, offset, units, width / units, own.Scales));
            }

            offset += width;
        }

        return [.. all];
    }

    /// <summary>What the names of the columns of an output begin with.</summary>
    public static string PrefixOf(string output) => output + ".";
}
