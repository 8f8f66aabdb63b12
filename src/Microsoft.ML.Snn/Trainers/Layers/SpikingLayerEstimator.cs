using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Snn.Models;
using Microsoft.ML.Snn.Networks;
using Microsoft.ML.Snn.Trainers;
using Microsoft.ML.Snn.Trainers.Layers;

namespace Microsoft.ML.Snn;

/// <summary>A spiking layer as a step of a pipeline: drawn at random when it is fitted, or taken from a trained model.</summary>
/// <remarks>
/// A layer that is drawn reads the training data once, so that <see cref="Weights.Balanced"/> and the initialisers that
/// scale with the input suit it. Nothing is trained. <inheritdoc cref="SpikingLayerTransformer" path="/remarks/node()"/>
/// </remarks>
public sealed class SpikingLayerEstimator : IEstimator<SpikingLayerTransformer>
{
    /// <summary>Steps that a plain vector is presented for.</summary>
    internal const int DefaultTimeSteps = 20;

    private readonly IHost _host;
    private readonly string _output;
    private readonly string _input;
    private readonly SpikingLayer? _layer;
    private readonly SnnModel? _taken;
    private readonly int _seed;
    private readonly int _timeSteps;
    private readonly double _timeStep;

    internal SpikingLayerEstimator(
        IHostEnvironment env, string outputColumnName, string? inputColumnName, SpikingLayer layer, int seed, int timeSteps, double timeStep)
        : this(env, outputColumnName, inputColumnName) =>
        (_layer, _seed, _timeSteps, _timeStep) = (layer, seed, timeSteps, timeStep);

    internal SpikingLayerEstimator(IHostEnvironment env, string outputColumnName, string? inputColumnName, SnnModel taken)
        : this(env, outputColumnName, inputColumnName) => _taken = taken;

    private SpikingLayerEstimator(IHostEnvironment env, string outputColumnName, string? inputColumnName)
    {
        _host = Contracts.CheckRef(env, nameof(env)).Register(nameof(SpikingLayerEstimator));
        _host.CheckNonEmpty(outputColumnName, nameof(outputColumnName));
        (_output, _input) = (outputColumnName, inputColumnName ?? outputColumnName);
    }

    /// <summary>Draws the weights, or takes those of the model.</summary>
    /// <param name="input">The training data.</param>
    /// <returns>The layer.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The input column is missing, or of another type.</exception>
    /// <exception cref="InvalidOperationException">The data has no row, or a value that is not a finite number.</exception>
    public SpikingLayerTransformer Fit(IDataView input)
    {
        _host.CheckValue(input, nameof(input));
        GetOutputSchema(SchemaShape.Create(input.Schema));
        SnnModel layers = _taken ?? Draw(input);
        var transformer = new SpikingLayerTransformer(_host, layers, _output, _input);

        // Says what is wrong with the column now, not when rows are read.
        transformer.GetOutputSchema(input.Schema);
        return transformer;
    }

    /// <summary>Returns the columns that the fitted step will give, for a pipeline that was not fitted yet.</summary>
    /// <param name="inputSchema">The columns of the data.</param>
    /// <returns>The same columns and the spikes of the layer.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The input column is missing, or is not a vector of Single.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        _host.CheckValue(inputSchema, nameof(inputSchema));
        if (!inputSchema.TryFindColumn(_input, out SchemaShape.Column column))
        {
            throw _host.ExceptSchemaMismatch(nameof(inputSchema), "input", _input);
        }

        if (column.Kind != SchemaShape.Column.VectorKind.Vector || column.ItemType != NumberDataViewType.Single)
        {
            throw _host.ExceptSchemaMismatch(
                nameof(inputSchema), "input", _input, "spike train, or vector of Single of a known size", column.GetTypeString());
        }

        Dictionary<string, SchemaShape.Column> result = inputSchema.ToDictionary(existing => existing.Name);
        result[_output] = SpikeColumn.Shape(_output);
        return new SchemaShape(result.Values);
    }

    private SnnModel Draw(IDataView data)
    {
        DataViewSchema.Column column = data.Schema[_input];
        InputShape shape = InputShape.Of(column, _timeSteps, _timeStep, Integrator.Grid);
        double sum = 0, squares = 0;
        long rows = 0;
        using DataViewRowCursor cursor = data.GetRowCursor([column]);
        ValueGetter<VBuffer<float>> getValues = cursor.GetGetter<VBuffer<float>>(column);
        VBuffer<float> values = default;
        while (cursor.MoveNext())
        {
            _host.CheckAlive();
            getValues(ref values);
            foreach (float value in values.GetValues())
            {
                if (!float.IsFinite(value))
                {
                    throw _host.Except(
                        $"Column '{_input}' must hold finite numbers, but row {cursor.Position} has {value}. Replace or drop such rows.");
                }

                sum += Math.Abs(value);
                squares += (double)value * value;
            }

            rows++;
        }

        return rows > 0
            ? FixedLayers.Draw(_layer!, shape, new InputStatistics(sum / rows, squares / rows, shape.IsConstantCurrent), _seed)
            : throw _host.Except(
                $"The data must have at least one row to draw the weights of the spiking layer for column '{_input}', but has none. Check the file and the filters before it.");
    }
}
