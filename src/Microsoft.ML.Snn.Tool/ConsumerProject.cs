using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using Microsoft.ML.Data;

namespace Microsoft.ML.Snn.Tool;

/// <summary>Writes a small C# project that loads a model and predicts one row with it.</summary>
/// <remarks>The library lies beside the project, so that it compiles wherever ML.NET can be restored.</remarks>
internal static class ConsumerProject
{
    public const string Folder = "Consume";

    public static void Write(string modelFolder, Table table, IDataView rows)
    {
        string folder = Path.Combine(modelFolder, Folder);
        string library = Path.Combine(folder, "lib");
        Directory.CreateDirectory(library);
        string assembly = typeof(SnnOperations).Assembly.Location;
        if (assembly.Length > 0)
        {
            File.Copy(assembly, Path.Combine(library, Path.GetFileName(assembly)), overwrite: true);
        }

        File.WriteAllText(Path.Combine(folder, "Consume.csproj"), Project(
            Version(typeof(MLContext)), Version(typeof(ILGPU.Context))));
        File.WriteAllText(Path.Combine(folder, "ModelInput.cs"), Input(table));
        File.WriteAllText(Path.Combine(folder, "ModelOutput.cs"), Output(table.Task));
        File.WriteAllText(Path.Combine(folder, "Program.cs"), Program(table, rows));
    }

    private static string Project(string mlNet, string ilgpu) => $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net10.0</TargetFramework>
            <Nullable>enable</Nullable>
          </PropertyGroup>
          <ItemGroup>
            <PackageReference Include="Microsoft.ML" Version="{mlNet}" />
            <PackageReference Include="ILGPU" Version="{ilgpu}" />
            <PackageReference Include="ILGPU.Algorithms" Version="{ilgpu}" />
            <Reference Include="Microsoft.ML.Snn" HintPath="lib/Microsoft.ML.Snn.dll" />
          </ItemGroup>
          <ItemGroup>
            <None Include="../model.zip" CopyToOutputDirectory="PreserveNewest" />
          </ItemGroup>
        </Project>

        """;

    private static string Input(Table table)
    {
        var text = new StringBuilder();
        text.AppendLine("using Microsoft.ML.Data;").AppendLine();
        text.AppendLine("/// <summary>A row of the table, as the model reads it.</summary>");
        text.AppendLine("public sealed class ModelInput").AppendLine("{");
        text.AppendLine(CultureInfo.InvariantCulture, $"    /// <summary>What is predicted: {Escape(table.LabelTitle)}. Not needed for a prediction.</summary>");
        text.AppendLine(CultureInfo.InvariantCulture, $"    public {LabelType(table.Task)} Label {{ get; set; }}{(table.Task == TaskKind.Multiclass ? " = \"\";" : "")}").AppendLine();
        if (table.NumberCount > 0)
        {
            text.AppendLine("    /// <summary>The numeric columns, in the order of the table.</summary>");
            text.AppendLine(CultureInfo.InvariantCulture, $"    [VectorType({table.NumberCount})]");
            text.AppendLine("    public float[] Numbers { get; set; } = [];");
        }

        foreach ((string name, TableColumn column) in table.Texts)
        {
            text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"    /// <summary>{Escape(column.Title)}.</summary>");
            text.AppendLine(CultureInfo.InvariantCulture, $"    public string {name} {{ get; set; }} = \"\";");
        }

        return text.AppendLine("}").ToString();
    }

    private static string Output(TaskKind task) => task switch
    {
        TaskKind.Regression => """
            /// <summary>What the model says of a row.</summary>
            public sealed class ModelOutput
            {
                /// <summary>The predicted number.</summary>
                public float Score { get; set; }
            }

            """,
        TaskKind.Binary => """
            /// <summary>What the model says of a row.</summary>
            public sealed class ModelOutput
            {
                /// <summary>Yes or no.</summary>
                public bool PredictedLabel { get; set; }

                /// <summary>The probability of yes.</summary>
                public float Probability { get; set; }
            }

            """,
        _ => """
            /// <summary>What the model says of a row.</summary>
            public sealed class ModelOutput
            {
                /// <summary>The most likely class.</summary>
                public string PredictedLabel { get; set; } = "";

                /// <summary>The probability of each class.</summary>
                public float[] Score { get; set; } = [];
            }

            """,
    };

    private static string Program(Table table, IDataView rows)
    {
        var text = new StringBuilder();
        text.AppendLine("using System;").AppendLine("using System.IO;").AppendLine("using System.Linq;").AppendLine("using Microsoft.ML;").AppendLine();
        text.AppendLine("var context = new MLContext();");
        text.AppendLine("ITransformer model = context.Model.Load(Path.Combine(AppContext.BaseDirectory, \"model.zip\"), out _);");
        text.AppendLine("using var engine = context.Model.CreatePredictionEngine<ModelInput, ModelOutput>(model);").AppendLine();
        text.AppendLine("// The first row of the table.");
        text.AppendLine("ModelOutput output = engine.Predict(new ModelInput").AppendLine("{");
        if (table.NumberCount > 0)
        {
            VBuffer<float> numbers = rows.GetColumn<VBuffer<float>>(Table.Numbers).First();
            text.AppendLine(CultureInfo.InvariantCulture, $"    Numbers = [{string.Join(", ", numbers.DenseValues().Select(Literal))}],");
        }

        foreach ((string name, TableColumn _) in table.Texts)
        {
            string value = rows.GetColumn<string>(name).First();
            text.AppendLine(CultureInfo.InvariantCulture, $"    {name} = \"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\",");
        }

        text.AppendLine("});");
        text.AppendLine(table.Task switch
        {
            TaskKind.Regression => "Console.WriteLine($\"predicted {output.Score}\");",
            TaskKind.Binary => "Console.WriteLine($\"predicted {output.PredictedLabel}, probability {output.Probability:P1}\");",
            _ => "Console.WriteLine($\"predicted {output.PredictedLabel}, probability {output.Score.Max():P1}\");",
        });
        return text.ToString();
    }

    private static string Literal(float value) =>
        float.IsNaN(value) ? "float.NaN" : value.ToString("R", CultureInfo.InvariantCulture) + "f";

    private static string LabelType(TaskKind task) => task switch
    {
        TaskKind.Regression => "float",
        TaskKind.Binary => "bool",
        _ => "string",
    };

    private static string Escape(string text) => System.Security.SecurityElement.Escape(text);

    private static string Version(Type type) => type.Assembly.GetName().Version!.ToString(3);
}
