namespace Microsoft.ML.Snn.Equations;

/// <summary>What one arrival at a user's synapse injects over time.</summary>
internal static class SynapseResponse
{
    private const double Longest = 1e5;

    /// <summary>∫I dt after a weight of 1, in milliseconds; not a number where it does not decay within 100 seconds.</summary>
    public static double Integral<TSynapse>(TSynapse synapse)
        where TSynapse : unmanaged, ISynapseEquations
    {
        double step = 0.01, integral = 0;
        SynapseState<DoubleLane> state = synapse.Arrive(default, new DoubleLane(1));
        for (double time = 0; time < Longest; time += step)
        {
            // Steps grow with time: a slow synapse needs no more of them than a fast one.
            step = 0.01 + 0.002 * time;
            double before = synapse.Current(state).Value;
            SynapseState<DoubleLane> half = Moved(state, synapse.Derivatives(state), 0.5 * step);
            double middle = synapse.Current(half).Value;
            state = Moved(state, synapse.Derivatives(half), step);
            double part = step * (before + 4 * middle + synapse.Current(state).Value) / 6;
            integral += part;
            if (time > 1 && System.Math.Abs(part) < 1e-9 * System.Math.Abs(integral) * step)
            {
                return integral;
            }
        }

        return double.NaN;
    }

    private static SynapseState<DoubleLane> Moved(SynapseState<DoubleLane> state, SynapseState<DoubleLane> slope, double time) =>
        new(state.First + new DoubleLane(time) * slope.First, state.Second + new DoubleLane(time) * slope.Second);
}
