using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Reflection;

namespace Microsoft.ML.Snn.Networks;

/// <summary>The fields of a user's struct of equations: its parameters.</summary>
internal static class EquationFields
{
    private static readonly Type[] s_numbers = [typeof(float), typeof(double), typeof(int), typeof(bool)];

    /// <summary>All fields, private ones and those behind properties too, in the order of their names.</summary>
    public static FieldInfo[] Of(Type equations) =>
    [
        .. equations.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            .OrderBy(field => field.Name, StringComparer.Ordinal),
    ];

    /// <exception cref="ArgumentException">A field is no plain number.</exception>
    public static void Validate(Type equations)
    {
        foreach (FieldInfo field in Of(equations).Where(field => !s_numbers.Contains(field.FieldType)))
        {
            throw new ArgumentException(
                $"The fields of {equations.Name} must be Single, Double, Int32 or Boolean, because they are saved with the model and copied to a GPU, but {field.Name} is {field.FieldType.Name}.");
        }
    }

    /// <summary>Names and values for people.</summary>
    public static string Describe(ValueType equations) => string.Join(", ", Pairs(equations)
        .Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key} {pair.Value}")));

    private static IEnumerable<KeyValuePair<string, object?>> Pairs(ValueType equations) => Of(equations.GetType())
        .Select(field => KeyValuePair.Create(NameOf(field), field.GetValue(equations)));

    /// <summary>The name that the user wrote: that of the property behind which the compiler put the field.</summary>
    private static string NameOf(FieldInfo field) =>
        field.Name.StartsWith('<') ? field.Name[1..field.Name.IndexOf('>', StringComparison.Ordinal)] : field.Name;
}
