using ILGPU;
using Microsoft.ML.Snn.Engine.Kernels;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine;

internal sealed partial class DeviceGraph
{
    /// <summary>Adaptive feedback gets the change that output weights of its layer would get; both forget.</summary>
    private void LearnFeedback(DeviceEProp eprop, DeviceTrains trains, in LearningStep step)
    {
        ConnectionProgram output = _program.Output.Input;
        for (int layer = 0; layer < _program.Hidden.Count; layer++)
        {
            ArrivalTrace source = TraceOf(output, trains, isDelay: false) with
            {
                IsTape = 1,
                FirstRow = _graph.Populations[layer].FirstNeuron,
                Trace = _state.Derivative,
                Segments = _program.Steps,
            };
            int units = _program.Hidden[layer].Units;
            bool isApplied = !step.Clipping.IsActive && !eprop.IsOnline;
            if (eprop.IsOnline)
            {
                GatherOnline(eprop, units, output, source, isConstant: false, eprop.GradientOf(layer));
            }
            else
            {
                _kernels.Gradient(units, new GradientParameters
                {
                    Update = step.Updates[output.Index],
                    Applies = isApplied ? 1 : 0,
                    Batch = Batch.Views,
                    Source = source,
                    Scale = 1,
                    Columns = output.Columns,
                    Weights = eprop.FeedbackOf(layer),
                    Gradient = eprop.GradientOf(layer),
                    KeepsGradient = isApplied ? 0 : 1,
                    Mean = eprop.MeanOf(layer),
                    Square = eprop.SquareOf(layer),
                });
            }

            if (!isApplied)
            {
                _kernels.Update(units, new UpdateParameters
                {
                    Update = step.Updates[output.Index],
                    Clipping = step.Clipping,
                    Batch = Batch.Views,
                    Columns = output.Columns,
                    Weights = eprop.FeedbackOf(layer),
                    Gradient = eprop.GradientOf(layer),
                    Mean = eprop.MeanOf(layer),
                    Square = eprop.SquareOf(layer),
                });
            }

            _kernels.Forget(new ForgetParameters { Batch = Batch.Views, Weights = eprop.FeedbackOf(layer), Kept = eprop.Kept });
        }

        _kernels.Forget(new ForgetParameters
        {
            Batch = Batch.Views,
            Weights = _parameters.ValuesOf(_program.Parameters[output.Index]),
            Kept = eprop.Kept,
        });
    }

    /// <summary>Moves the eligibilities of a dense connection of a stack through all trials.</summary>
    /// <param name="eprop">How it learns.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="c">The connection, or the one whose columns it has.</param>
    /// <param name="source">Where its spikes come from.</param>
    /// <param name="isConstant">Whether they are values of a constant current.</param>
    /// <param name="gradient">Receives the gradient.</param>
    private void GatherOnline(
        DeviceEProp eprop, int rows, ConnectionProgram c, in ArrivalTrace source, bool isConstant, ArrayView<float> gradient)
    {
        bool isOutput = c.Target == _program.Hidden.Count;
        GraphPopulation output = _graph.Populations[^1];
        _kernels.GradientOnline(rows, new EPropOnlineParameters
        {
            Batch = Batch.Views,
            EProp = eprop.Views(_parameters.Values, isActive: true),
            Source = source,
            IsConstant = isConstant ? 1 : 0,
            Columns = c.Columns,
            Steps = _program.Steps,
            Membrane = isOutput ? _program.Output.Membrane : _program.Hidden[c.Target].Membrane,
            Output = _program.Output.Membrane,
            Equations = isOutput ? default : eprop.EquationsOf(_program.Populations[c.Target]),
            IsOutput = isOutput ? 1 : 0,
            FirstNeuron = _graph.Populations[c.Target].FirstNeuron,
            Neurons = _graph.Neurons,
            Errors = _state.StepReadout.View.SubView(output.FirstStepReadout, _state.StepReadout.View.Length - output.FirstStepReadout),
            Gradient = gradient,
        });
    }
}
