using System;
using System.Linq;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>Where every learned number of a program lies in one array; weights, gradients and moments share this layout.</summary>
/// <remarks>Rows of a matrix are padded to whole lanes, and every parameter begins at a cache line. The padding is and stays 0.</remarks>
internal sealed unsafe class GraphParameters
{
    private const int CacheLine = 16;
    private const int LongestPart = 4096;

    private readonly Layout[] _layouts;

    private readonly ParameterProgram[][] _ofPopulation;

    public GraphParameters(NetworkProgram program, int laneWidth)
    {
        _layouts = new Layout[program.Parameters.Count];
        foreach (ParameterProgram parameter in program.Parameters)
        {
            bool isMatrix = parameter.Kind == ParameterKind.Weight && program.Connections[parameter.Owner].IsMatrix;
            Layout layout = isMatrix
                ? Matrix(program.Connections[parameter.Owner], laneWidth)
                : new Layout(Length, 1, parameter.Length, parameter.Length);
            Add(parameter.Index, layout, isMatrix);
        }

        _ofPopulation =
        [
            .. program.Populations.Select(p => program.Parameters
                .Where(q => q.Kind is not (ParameterKind.Weight or ParameterKind.Delay) && q.Owner == p.Index).ToArray()),
        ];
    }

    /// <summary>Number of parameters.</summary>
    public int Count => _layouts.Length;

    /// <summary>Number of parts that are told apart in <see cref="PartOf"/>.</summary>
    public int Parts { get; private set; }

    /// <summary>Number of floats, the padding included.</summary>
    public long Length { get; private set; }

    /// <summary>Where a parameter begins; the weights of a connection are the parameter of its index.</summary>
    public long OffsetOf(int parameter) => _layouts[parameter].Offset;

    /// <summary>Where a parameter ends, the padding included.</summary>
    public long EndOf(int parameter) => parameter + 1 < _layouts.Length ? _layouts[parameter + 1].Offset : Length;

    /// <summary>
    /// The first part of a parameter. The parts of a matrix are its rows: one that no spike has reached has no gradient.
    /// Any other parameter is cut at equal lengths.
    /// </summary>
    public int PartOf(int parameter) => _layouts[parameter].Part;

    /// <summary>Number of parts of a parameter.</summary>
    public int PartCount(int parameter) => _layouts[parameter].Parts;

    /// <summary>Number of floats of each part of a parameter but the last, which may be shorter. Whole lanes.</summary>
    public int PartLength(int parameter) => _layouts[parameter].PartLength;

    /// <summary>Where some neighbouring parts of a parameter begin.</summary>
    public long FirstOf(int parameter, int part) => OffsetOf(parameter) + (long)part * PartLength(parameter);

    /// <summary>Number of floats of some neighbouring parts of a parameter.</summary>
    public int LengthOf(int parameter, int part, int parts) =>
        (int)Math.Min((long)parts * PartLength(parameter), EndOf(parameter) - FirstOf(parameter, part));

    /// <summary>What a population learns beside weights.</summary>
    public ParameterProgram[] OfPopulation(int population) => _ofPopulation[population];

    /// <summary>The numbers of a parameter that is no matrix.</summary>
    public Span<float> Of(int parameter, float* values) => Row(parameter, 0, values);

    public void Load(NetworkWeights source, float* values)
    {
        for (int p = 0; p < _layouts.Length; p++)
        {
            for (int row = 0; row < _layouts[p].Rows; row++)
            {
                source[p].AsSpan(row * _layouts[p].Columns, _layouts[p].Columns).CopyTo(Row(p, row, values));
            }
        }
    }

    public void Save(float* values, NetworkWeights target)
    {
        for (int p = 0; p < _layouts.Length; p++)
        {
            for (int row = 0; row < _layouts[p].Rows; row++)
            {
                Row(p, row, values).CopyTo(target[p].AsSpan(row * _layouts[p].Columns, _layouts[p].Columns));
            }
        }
    }

    /// <summary>Calls for every row of every parameter, once in each array.</summary>
    /// <param name="act">Is given the address and the length of a row.</param>
    /// <param name="values">First array.</param>
    /// <param name="first">Second array.</param>
    /// <param name="second">Third array.</param>
    public void ForEachRow(Action<nint, int> act, float* values, float* first, float* second)
    {
        foreach (Layout layout in _layouts)
        {
            foreach (nint array in new[] { (nint)values, (nint)first, (nint)second })
            {
                for (int row = 0; row < layout.Rows; row++)
                {
                    act((nint)((float*)array + layout.Offset + (long)row * layout.Stride), layout.Columns);
                }
            }
        }
    }

    private Span<float> Row(int parameter, int row, float* values)
    {
        Layout layout = _layouts[parameter];
        return new Span<float>(values + layout.Offset + (long)row * layout.Stride, layout.Columns);
    }

    private Layout Matrix(ConnectionProgram c, int laneWidth) =>
        new(Length, c.Rows, c.Columns, CpuWeights.Padded(c.Columns, laneWidth));

    private void Add(int parameter, Layout layout, bool isMatrix)
    {
        long floats = ((long)layout.Rows * layout.Stride + CacheLine - 1) / CacheLine * CacheLine;
        int length = isMatrix ? layout.Stride : (int)Math.Min(floats, LongestPart);
        int parts = isMatrix ? layout.Rows : length == 0 ? 0 : (int)((floats + length - 1) / length);
        _layouts[parameter] = layout with { Part = Parts, Parts = parts, PartLength = length };
        Parts += parts;
        Length += floats;
    }

    private readonly record struct Layout(long Offset, int Rows, int Columns, int Stride, int Part = 0, int Parts = 0, int PartLength = 0);
}
