using System;
using System.Globalization;

namespace Microsoft.ML.Snn.Equations;

/// <summary>Checks what every user's neuron and synapse must keep to.</summary>
internal static class EquationChecks
{
    /// <exception cref="InvalidOperationException">A rule is broken; the message says which.</exception>
    public static void Validate<TNeuron, TSynapse>(CellEquations<TNeuron, TSynapse> cell)
        where TNeuron : unmanaged, INeuronEquations
        where TSynapse : unmanaged, ISynapseEquations
    {
        string neuron = typeof(TNeuron).Name;
        Check(cell.Neuron.StateCount is >= 1 and <= 4, $"{neuron}.StateCount must be 1 to 4, but is {cell.Neuron.StateCount}.");
        Validate(cell.Synapse);

        CellState<DoubleLane> initial = cell.Initial<DoubleLane>();
        double threshold = cell.Neuron.Threshold(initial.Neuron).Value;
        Check(threshold < 0, $"{neuron}.Initial must lie below the threshold, but Threshold is {threshold:G6} there.");

        CellState<DoubleLane> derivatives = cell.Derivatives(initial);
        for (int slot = 0; slot < CellState<DoubleLane>.Slots; slot++)
        {
            bool isUsed = slot < CellState<DoubleLane>.SynapseSlot
                ? slot < cell.Neuron.StateCount
                : slot - CellState<DoubleLane>.SynapseSlot < cell.Synapse.StateCount;
            double rate = derivatives[slot].Value;
            Check(double.IsFinite(rate), $"{neuron}.Derivatives must be finite at the initial state, but is {rate}.");
            Check(
                isUsed || (rate == 0 && initial[slot].Value == 0),
                $"State variable {slot % CellState<DoubleLane>.SynapseSlot + 1} must stay 0 because StateCount leaves it out, but it moves. Correct StateCount.");
        }
    }

    /// <summary>All weights of a step are added up before they arrive, and all synapses of a neuron share a state.</summary>
    /// <exception cref="InvalidOperationException">A rule is broken; the message says which.</exception>
    public static void Validate<TSynapse>(TSynapse equations)
        where TSynapse : unmanaged, ISynapseEquations
    {
        string name = typeof(TSynapse).Name;
        Check(equations.StateCount is 1 or 2, $"{name}.StateCount must be 1 or 2, but is {equations.StateCount}.");
        SynapseState<DoubleLane> one = equations.Arrive(default, new DoubleLane(0.7));
        SynapseState<DoubleLane> both = equations.Arrive(one, new DoubleLane(0.6));
        SynapseState<DoubleLane> sum = equations.Arrive(default, new DoubleLane(1.3));
        Check(
            IsNear(both.First, sum.First) && IsNear(both.Second, sum.Second),
            $"{name}.Arrive must add the weight times a constant, but 0.7 and then 0.6 is another state than 1.3 at once.");

        SynapseState<DoubleLane> slope = equations.Derivatives(one), rest = equations.Derivatives<DoubleLane>(default);
        SynapseState<DoubleLane> twice = equations.Derivatives(equations.Arrive(one, new DoubleLane(0.7)));
        Check(
            IsNear(slope.First * 2 - rest.First, twice.First) && IsNear(slope.Second * 2 - rest.Second, twice.Second),
            $"{name}.Derivatives must be linear in the state, but twice the state does not change twice as fast.");
    }

    private static bool IsNear(DoubleLane a, DoubleLane b) => Math.Abs(a.Value - b.Value) <= 1e-6 * (Math.Abs(a.Value) + Math.Abs(b.Value));

    private static void Check(bool holds, FormattableString message)
    {
        if (!holds)
        {
            throw new InvalidOperationException(message.ToString(CultureInfo.InvariantCulture));
        }
    }
}
