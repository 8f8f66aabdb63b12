using System;
using System.Linq;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Networks;

/// <summary>Balanced weights for a graph: see <see cref="BalancedWeights"/> for the idea.</summary>
/// <remarks>
/// Every population is expected to send one spike per neuron and trial. The connections that lead forward into a
/// population share the mean and the variance that its potential is to have; feedback adds variance only.
/// </remarks>
internal static class GraphBalance
{
    /// <summary>The distribution of every connection: its own where it has one, else the balanced one.</summary>
    public static DrawnWeights[] Resolve(NetworkProgram program, InputStatistics input) =>
        [.. program.Connections.Select(c => Own(program, c, input) ?? Balance(program, c, input))];

    /// <summary>The distribution that the description states, or null where it leaves it to be balanced.</summary>
    /// <remarks>The fan-in of a fused pool counts its averages: its weights are scaled to act on them.</remarks>
    private static DrawnWeights? Own(NetworkProgram program, ConnectionProgram c, InputStatistics input)
    {
        if (c.Initial is not ScaledWeights scaled)
        {
            return c.Initial as DrawnWeights;
        }

        PopulationProgram target = program.Populations[c.Target];
        double kicks = input.IsConstantCurrent ? program.Steps * program.TimeStep * Gain(program, target, c.Group) : 1;
        double spikes = c.IsFromInput ? kicks * input.Sum / program.Channels : BalancedWeights.SpikesPerHiddenNeuron;
        CurrentGroup group = target.Groups[c.Group];
        double membraneTime = target.Neuron.MembraneTime.Average();
        MembraneEquations membrane = group.Kind == SynapseKind.Delta
            ? MembraneEquations.WithoutCurrent(program.TimeStep, membraneTime)
            : new MembraneEquations(program.TimeStep, membraneTime, group.Time);
        return scaled.For(new InitialContext(
            (double)c.SynapseCount / c.Columns * c.InitialScale, (double)c.SynapseCount / c.Rows, c.MatrixColumns, membrane,
            target.Neuron.IsSpiking ? target.Neuron.Threshold.Average() : 1, spikes / (program.Steps * program.TimeStep)));
    }

    private static NormalWeights Balance(NetworkProgram program, ConnectionProgram c, InputStatistics input)
    {
        PopulationProgram target = program.Populations[c.Target];
        int sharing = program.Connections.Count(other => other.Target == c.Target && IsForward(other) == IsForward(c));
        double threshold = target.Neuron.IsSpiking ? target.Neuron.Threshold.Average() : 1;
        bool raises = target.Neuron.IsSpiking && IsForward(c);
        double mean = raises ? BalancedWeights.InputMean * threshold / sharing : 0;
        double deviation = (!target.Neuron.IsSpiking ? BalancedWeights.OutputDeviation
            : raises ? BalancedWeights.InputDeviation : BalancedWeights.RecurrentDeviation) * threshold / Math.Sqrt(sharing);

        InputStatistics arriving = c.IsFromInput
            ? Scale(input, (double)c.Rows / program.Channels)
            : new InputStatistics(
                c.Rows * BalancedWeights.SpikesPerHiddenNeuron, c.Rows * BalancedWeights.SpikesPerHiddenNeuron, IsConstantCurrent: false);
        arriving = Scale(arriving, (double)c.SynapseCount / ((double)c.Rows * c.Columns));
        var (response, square) = Response(program, target, c.Group);
        double gain = Gain(program, target, c.Group), duration = program.Steps * program.TimeStep;
        double unit = target.Cell == null ? 1 : BalancedWeights.UnitOf(
            program, target, c, arriving,
            BalancedWeights.Fit(arriving, response, square, gain, duration, BalancedWeights.InputMean, BalancedWeights.InputDeviation));
        return BalancedWeights.Fit(arriving, response, square, gain, duration, unit * mean, unit * deviation);
    }

    private static bool IsForward(ConnectionProgram c) => c.IsFromInput || c.Source < c.Target;

    private static InputStatistics Scale(InputStatistics input, double share) =>
        new(input.Sum * share, input.SumOfSquares * share, input.IsConstantCurrent);

    /// <summary>What a constant current of 1 adds per millisecond.</summary>
    private static double Gain(NetworkProgram program, PopulationProgram target, int group) =>
        target.Groups[group].Kind == SynapseKind.Delta
            ? StepCoefficients.BiasIntoMembrane(program.TimeStep, target.Neuron.MembraneTime[0], target.Neuron.IsLeaky ? 1 : 0) / program.TimeStep
            : 1 / target.Groups[group].Time;

    /// <summary>∫ε dt and ∫ε² dt over the trial, for ε the membrane potential after one spike of weight 1.</summary>
    private static (double Response, double Square) Response(NetworkProgram program, PopulationProgram target, int group)
    {
        double leak = target.Neuron.IsLeaky ? 1 : 0;
        double membraneTime = target.Neuron.MembraneTime.Average();
        double time = target.Groups[group].Time;
        SynapseKind kind = target.Groups[group].Kind;
        bool isDelta = kind == SynapseKind.Delta;
        double dt = program.TimeStep;
        double decay = leak == 0 ? 1 : StepCoefficients.Decay(dt, membraneTime);
        double synapseDecay = isDelta ? 0 : StepCoefficients.Decay(dt, time);
        double into = isDelta ? 0 : StepCoefficients.CurrentIntoMembrane(dt, membraneTime, time, leak);
        double firstInto = kind == SynapseKind.Alpha ? StepCoefficients.FirstStageIntoMembrane(dt, membraneTime, time, leak) : 0;
        double v = isDelta ? 1 : 0, i = kind == SynapseKind.Exponential ? 1 : 0, j = kind == SynapseKind.Alpha ? 1 : 0;
        double response = 0, square = 0;
        for (int n = 0; n < program.Steps; n++)
        {
            v = (n == 0 && isDelta ? 1 : decay) * v + into * i + firstInto * j;
            i = synapseDecay * (i + (kind == SynapseKind.Alpha ? dt / time * j : 0));
            j *= synapseDecay;
            response += v * dt;
            square += v * v * dt;
        }

        return (response, square);
    }
}
