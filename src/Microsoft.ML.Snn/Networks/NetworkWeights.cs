using System;
using System.Collections.Generic;
using System.Linq;

namespace Microsoft.ML.Snn.Networks;

/// <summary>The weights of every connection of a program and whatever else it learns, in plain managed memory.</summary>
internal sealed class NetworkWeights
{
    private readonly float[][] _values;

    private NetworkWeights(float[][] values) => (_values, Tables) = (values, new SynapseTable?[values.Length]);

    /// <summary>Weights of one connection, shape [presynaptic, postsynaptic]; or another parameter of the program.</summary>
    public float[] this[int parameter] => _values[parameter];

    public int Count => _values.Length;

    /// <summary>Where the weights of each rewired connection lead, by its index; null where it is as in the program.</summary>
    public SynapseTable?[] Tables { get; }

    /// <summary>All zero, of the shapes of <paramref name="program"/>.</summary>
    public static NetworkWeights ZerosFor(NetworkProgram program) =>
        new([.. program.Parameters.Select(p => new float[p.Length])]);

    /// <summary>Draws initial weights as the description says.</summary>
    /// <param name="program">The network.</param>
    /// <param name="input">What one example brings, for <see cref="Weights.Balanced"/>.</param>
    /// <param name="seed">Each connection has its own stream of this seed, so that adding a layer leaves the others alone.</param>
    public static NetworkWeights Draw(NetworkProgram program, InputStatistics input, int seed)
    {
        NetworkWeights weights = ZerosFor(program);
        IReadOnlyList<ConnectionProgram> programs = program.Connections;
        DrawnWeights[] initial = BalancedWeights.Resolve(program, input);
        for (int connection = 0; connection < initial.Length; connection++)
        {
            float[] own = weights[connection];
            initial[connection].Fill(own, new RandomStream(seed, connection));
            foreach (ref float weight in own.AsSpan())
            {
                weight = programs[connection].FixedWeight ?? weight * programs[connection].InitialScale;
            }
        }

        LearnedProgram.Fill(program, weights);
        return weights;
    }

    public NetworkWeights Clone()
    {
        var clone = new NetworkWeights([.. _values.Select(v => (float[])v.Clone())]);
        Tables.CopyTo(clone.Tables, 0);
        return clone;
    }

    public void CopyFrom(NetworkWeights other)
    {
        for (int c = 0; c < _values.Length; c++)
        {
            other._values[c].CopyTo(_values[c], 0);
        }

        other.Tables.CopyTo(Tables, 0);
    }

    /// <summary>A copy of all weights: one matrix per connection, in the order of the data flow.</summary>
    public IReadOnlyList<SnnConnectionWeights> ToMatrices(NetworkProgram program) =>
        [.. program.Connections.Select(c => SnnConnectionWeights.Of(c, _values[c.Index]))];

    /// <summary>A copy of what was learned beside the weights.</summary>
    public IReadOnlyList<SnnLearnedParameter> ToParameters(NetworkProgram program) =>
    [
        .. program.Parameters.Where(p => p.Kind != ParameterKind.Weight)
            .Select(p => new SnnLearnedParameter(p.Name, p.Kind, [.. _values[p.Index]])),
    ];

    /// <summary>Whether every weight is a finite number.</summary>
    public bool IsFinite() => Array.TrueForAll(_values, v => Array.TrueForAll(v, float.IsFinite));
}
