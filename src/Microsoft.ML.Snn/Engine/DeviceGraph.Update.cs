using System.Linq;
using Microsoft.ML.Snn.Engine.Kernels;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine;

internal sealed partial class DeviceGraph
{
    /// <inheritdoc/>
    /// <remarks>The matrices that are not clipped are updated by the kernel that gathers their gradient; all else has a launch more.</remarks>
    public override void Update(DeviceTrains trains, in LearningStep step, bool keepGradient)
    {
        _keptGradient |= keepGradient;
        bool clips = step.Clipping.IsActive;
        foreach (ParameterProgram parameter in _program.Parameters)
        {
            // First: the derivative by a delay needs the weights that the batch was run with.
            GatherLearned(parameter, trains);
        }

        foreach (ConnectionProgram c in _program.Connections)
        {
            if (_eprop is { IsOnline: true } eprop)
            {
                GatherOnline(
                    eprop, c.Rows, c, TraceOf(c, trains, isDelay: false), c.IsFromInput && IsConstant,
                    _parameters.GradientOf(_program.Parameters[c.Index]));
            }
            else if (c.FixedWeight == null || keepGradient)
            {
                Gather(c, trains, step, keepGradient || clips);
            }
        }

        if (clips)
        {
            TakeNorm();
        }

        foreach (ParameterProgram parameter in _program.Parameters)
        {
            bool isUpdated = !clips && _eprop is not { IsOnline: true } && parameter.Kind == ParameterKind.Weight && _program.Connections[parameter.Owner].IsDense;
            if (!isUpdated && !IsFixed(parameter))
            {
                _kernels.Update(DeviceParameters.RowsOf(parameter), new UpdateParameters
                {
                    Update = step.Updates[parameter.Index],
                    Clipping = step.Clipping,
                    Batch = Batch.Views,
                    Columns = DeviceParameters.RowLength,
                    Weights = _parameters.ValuesOf(parameter),
                    Gradient = _parameters.GradientOf(parameter),
                    Mean = _parameters.MeanOf(parameter),
                    Square = _parameters.SquareOf(parameter),
                });
            }
        }

        if (_eprop is { IsAdaptive: true })
        {
            LearnFeedback(_eprop, trains, step);
        }
    }

    /// <summary>Gathers the gradient of the weights of a connection.</summary>
    private void Gather(ConnectionProgram c, DeviceTrains trains, in LearningStep step, bool keepGradient)
    {
        ParameterProgram parameter = _program.Parameters[c.Index];
        if (c.IsDense)
        {
            _kernels.Gradient(c.Rows, new GradientParameters
            {
                Update = step.Updates[c.Index],
                Applies = step.Clipping.IsActive || c.FixedWeight != null ? 0 : 1,
                Batch = Batch.Views,
                Source = TraceOf(c, trains, isDelay: false),
                Scale = 1,
                Columns = c.Columns,
                Weights = _parameters.ValuesOf(parameter),
                Gradient = _parameters.GradientOf(parameter),
                KeepsGradient = keepGradient ? 1 : 0,
                Mean = _parameters.MeanOf(parameter),
                Square = _parameters.SquareOf(parameter),
            });
            return;
        }

        _kernels.Gradient(c.WeightCount, new SynapseGradientParameters
        {
            Batch = Batch.Views,
            Source = TraceOf(c, trains, isDelay: false),
            Synapses = _graph.Synapses,
            List = _graph.ListOfGradient(c),
            IsDelay = 0,
            Weights = _parameters.ValuesOf(parameter),
            Moved = _noFloats.View,
            MovedColumns = 0,
            Gradient = _parameters.GradientOf(parameter),
        });
    }

    /// <summary>Gathers the gradient of what is no weight.</summary>
    private void GatherLearned(ParameterProgram parameter, DeviceTrains trains)
    {
        if (parameter.Kind == ParameterKind.Delay)
        {
            GatherDelays(_program.Connections[parameter.Owner], parameter, trains);
        }
        else if (parameter.Kind != ParameterKind.Weight)
        {
            _kernels.Sum(new RowSumParameters
            {
                Terms = _state.LearnedGradient.SubView(_graph.LearnedAt(parameter), _state.LearnedGradient.Length - _graph.LearnedAt(parameter)),
                Rows = Batch.Views.Size,
                Columns = parameter.Length,
                Stride = _graph.Learned,
                Sum = _parameters.GradientOf(parameter),
            });
        }
    }

    private void GatherDelays(ConnectionProgram c, ParameterProgram parameter, DeviceTrains trains)
    {
        if (c.IsFromInput && IsConstant)
        {
            // A current that is always there has no moment of arrival.
            return;
        }

        bool isOne = c.Delay.Form == DelayForm.Uniform;
        GraphPopulation target = _graph.Populations[c.Target];
        bool moves = DeviceGraphProgram.MovesMaximum(_program.Populations[c.Target]);
        _rowSums.Grow(isOne ? c.Rows : 0);
        _kernels.Gradient(isOne ? c.Rows : parameter.Length, new SynapseGradientParameters
        {
            Batch = Batch.Views,
            Source = TraceOf(c, trains, isDelay: true),
            Synapses = _graph.Synapses,
            List = _graph.ListOfDelays(c),
            IsDelay = 1,
            Weights = _parameters.ValuesOf(_program.Parameters[c.Index]),
            Moved = moves
                ? _state.Moved.SubView((long)target.FirstReadout * _program.Steps, _state.Moved.Length - (long)target.FirstReadout * _program.Steps)
                : _noFloats.View,
            MovedColumns = moves ? c.Columns : 0,
            Gradient = isOne ? _rowSums.View : _parameters.GradientOf(parameter),
        });
        if (isOne)
        {
            _kernels.Sum(new RowSumParameters
            {
                Terms = _rowSums.View,
                Rows = c.Rows,
                Columns = 1,
                Stride = 1,
                Sum = _parameters.GradientOf(parameter),
            });
        }
    }

    /// <summary>Whether a parameter is the weights of a connection that learns none.</summary>
    private bool IsFixed(ParameterProgram parameter) =>
        parameter.Kind == ParameterKind.Weight && _program.Connections[parameter.Owner].FixedWeight != null;

    private void TakeNorm()
    {
        int rows = (int)(_parameters.Length / DeviceParameters.RowLength);
        _squares.Grow(rows);
        rows = 0;
        foreach (ParameterProgram parameter in _program.Parameters.Where(parameter => !IsFixed(parameter)))
        {
            int own = DeviceParameters.RowsOf(parameter);
            _kernels.Square(own, new SquareParameters
            {
                Gradient = _parameters.GradientOf(parameter),
                Columns = DeviceParameters.RowLength,
                Squares = _squares.View.SubView(rows, own),
            });
            rows += own;
        }

        _kernels.Norm(new NormParameters { Squares = _squares.View, Rows = rows, Batch = Batch.Views });
    }

    /// <summary>What arrived through a connection, and the adjoint there.</summary>
    private ArrivalTrace TraceOf(ConnectionProgram c, DeviceTrains trains, bool isDelay)
    {
        bool isConstant = c.IsFromInput && IsConstant;
        return new ArrivalTrace
        {
            Input = trains.Views,
            Tape = _state.Tape(Batch, keepsSpikes: true),
            IsTape = c.IsFromInput ? 0 : 1,
            FirstRow = c.IsFromInput ? _program.Inputs[~c.Source].FirstChannel : _graph.Populations[c.Source].FirstNeuron,
            Trace = isDelay ? _state.Errors : isConstant ? _state.DerivativeSum : _state.Derivative,
            Segments = isConstant ? 1 : _program.Steps,
            Stride = _graph.Currents,
            FirstColumn = _graph.CurrentOf(c),
            DelayForm = isConstant ? DelayForm.Uniform : c.Delay.Form,
            Delay = isConstant ? 0 : _graph.DelayOf(c),
            Delays = _graph.DelaysOf(c),
        };
    }
}
