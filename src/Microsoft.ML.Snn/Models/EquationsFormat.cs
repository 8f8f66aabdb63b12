using System;
using System.IO;
using System.Linq;
using System.Reflection;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Models;

/// <summary>A user's struct of equations as bytes: the name of its type, and its fields by name.</summary>
/// <remarks>
/// The model holds the parameters and not the code: whoever loads it must have the assembly in which the struct is. Only
/// a struct that implements the wanted interface is ever created.
/// </remarks>
internal static class EquationsFormat
{
    public static void Write(BinaryWriter writer, ValueType equations)
    {
        Type type = equations.GetType();
        writer.Write(type.FullName!);
        writer.Write(type.Assembly.GetName().Name!);
        FieldInfo[] fields = EquationFields.Of(type);
        writer.Write(fields.Length);
        foreach (FieldInfo field in fields)
        {
            writer.Write(field.Name);
            writer.Write((byte)Type.GetTypeCode(field.FieldType));
            WriteValue(writer, field.GetValue(equations)!);
        }
    }

    /// <summary>Reads a struct that implements an interface.</summary>
    /// <exception cref="InvalidDataException">Its type is not there, or has other fields than the one that was saved.</exception>
    public static ValueType Read(BinaryReader reader, Type contract)
    {
        string name = reader.ReadString();
        string assembly = reader.ReadString();
        Type type = Find(name, assembly)
            ?? throw new InvalidDataException(
                $"The model's network has neurons or synapses of the type {name}, which must be in the assembly {assembly}, but is not there. Reference that assembly in the program that loads the model.");
        if (!type.IsValueType || !contract.IsAssignableFrom(type))
        {
            throw new InvalidDataException(
                $"{name} of {assembly} must be a struct that implements {contract.Name}, as it was when the model was saved, but is not. Load the model with the version of {assembly} that saved it.");
        }

        object equations = Activator.CreateInstance(type)!;
        FieldInfo[] fields = EquationFields.Of(type);
        int count = reader.ReadInt32();
        for (int n = 0; n < count; n++)
        {
            string fieldName = reader.ReadString();
            object value = ReadValue(reader, (TypeCode)reader.ReadByte());
            FieldInfo? field = Array.Find(fields, f => f.Name == fieldName && f.FieldType == value.GetType());
            if (field == null || count != fields.Length)
            {
                throw OtherFields($", among them {value.GetType().Name} {fieldName}");
            }

            field.SetValue(equations, value);
        }

        if (count != fields.Length)
        {
            // Saved without fields: there was none to ask about.
            throw OtherFields("");
        }

        return (ValueType)equations;

        InvalidDataException OtherFields(string among) => new(
            $"{name} must have the {count} fields that it had when the model was saved{among}, but has {(fields.Length == 0 ? "none" : string.Join(", ", fields.Select(f => $"{f.FieldType.Name} {f.Name}")))}. Load the model with the version of {assembly} that saved it.");
    }

    /// <summary>Calls a generic factory with the type of the equations, which is known only now.</summary>
    /// <exception cref="InvalidDataException">The equations are refused.</exception>
    public static TResult Create<TResult>(MethodInfo generic, ValueType equations, params object[] others)
    {
        try
        {
            return (TResult)generic.MakeGenericMethod(equations.GetType())
                .Invoke(null, BindingFlags.DoNotWrapExceptions, null, [equations, .. others], null)!;
        }
        catch (InvalidOperationException inconsistent)
        {
            throw new InvalidDataException(
                $"{equations.GetType().Name} must be as it was when the model was saved, but is refused: {inconsistent.Message}", inconsistent);
        }
    }

    /// <summary>A type of an assembly that is loaded already, or that lies beside the program.</summary>
    private static Type? Find(string name, string assembly)
    {
        Assembly? loaded = Array.Find(AppDomain.CurrentDomain.GetAssemblies(), a => a.GetName().Name == assembly);
        if (loaded == null)
        {
            try
            {
                loaded = Assembly.Load(new AssemblyName(assembly));
            }
            catch (Exception missing) when (missing is FileNotFoundException or FileLoadException or BadImageFormatException)
            {
                return null;
            }
        }

        return loaded.GetType(name);
    }

    private static void WriteValue(BinaryWriter writer, object value)
    {
        switch (value)
        {
            case float single:
                writer.Write(single);
                break;
            case double number:
                writer.Write(number);
                break;
            case int integer:
                writer.Write(integer);
                break;
            default:
                writer.Write((bool)value);
                break;
        }
    }

    private static object ReadValue(BinaryReader reader, TypeCode code) => code switch
    {
        TypeCode.Single => reader.ReadSingle(),
        TypeCode.Double => reader.ReadDouble(),
        TypeCode.Int32 => reader.ReadInt32(),
        TypeCode.Boolean => reader.ReadBoolean(),
        _ => throw new InvalidDataException($"A field of a model's equations must be a number, but has type code {code}. The file is corrupt."),
    };
}
