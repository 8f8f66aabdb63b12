using ILGPU;

namespace Microsoft.ML.Snn.Engine.Kernels;

/// <summary>Sends every spike of a layer the error Σ w·(λV - λI) of its targets in the next layer.</summary>
/// <remarks>
/// Grid [slot, tile of neurons]; a team of <see cref="ErrorParameters.Lanes"/> threads has one neuron, so that a row
/// of weights is read by neighbouring threads. Each thread sums its part of the targets for as many spikes as the team
/// has threads; then each thread adds up the parts of one spike, in order: the result does not depend on timing.
/// </remarks>
internal static class ErrorKernel
{
    /// <summary>Most threads of a block.</summary>
    public const int MaximumThreads = 128;

    /// <summary>Most threads of a team.</summary>
    public const int MaximumLanes = 32;

    public static void Run(ErrorParameters errors)
    {
        // One more per row than there are lanes: threads that add up neighbouring rows use different memory banks.
        ArrayView<float> parts = SharedMemory.Allocate<float>(MaximumThreads * (MaximumLanes + 1));
        int slot = Grid.IdxX;
        int lanes = errors.Lanes;
        int teams = Group.DimX / lanes;
        int team = Group.IdxX / lanes;
        int lane = Group.IdxX - team * lanes;
        int firstUnit = Grid.IdxY * teams;
        int unit = firstUnit + team;
        int count = CountOf(errors, slot, unit);
        int mostSpikes = 0;
        for (int other = 0; other < teams; other++)
        {
            mostSpikes = IntrinsicMath.Max(mostSpikes, CountOf(errors, slot, firstUnit + other));
        }

        int row = team * lanes * (lanes + 1);

        // All teams of a block make the same number of rounds: they meet at barriers.
        for (int first = 0; first < mostSpikes; first += lanes)
        {
            int spikes = IntrinsicMath.Min(count - first, lanes);
            for (int k = 0; k < spikes; k++)
            {
                parts[row + k * (lanes + 1) + lane] = Part(errors, slot, unit, first + k, lane);
            }

            Group.Barrier();
            if (lane < spikes)
            {
                float sum = 0;
                for (int other = 0; other < lanes; other++)
                {
                    sum += parts[row + lane * (lanes + 1) + other];
                }

                Write(errors, slot, errors.Tape.First(slot, unit) + first + lane, sum);
            }

            Group.Barrier();
        }
    }

    private static void Write(in ErrorParameters errors, int slot, long spike, float error)
    {
        if (errors.HasExtra != 0)
        {
            int step = errors.Tape.Step[spike];
            error += step < errors.Steps ? errors.Extra[(long)slot * errors.Steps + step] : 0;
        }

        errors.Tape.Error[spike] = error;
    }

    private static int CountOf(in ErrorParameters errors, int slot, int unit) =>
        unit < errors.Tape.Units ? errors.Tape.Kept(slot, unit) : 0;

    private static float Part(in ErrorParameters errors, int slot, int unit, int spike, int lane)
    {
        int step = errors.Tape.Step[errors.Tape.First(slot, unit) + spike];
        float sum = 0;

        // A spike of the last step arrives nowhere and gets no error.
        if (step < errors.Steps)
        {
            long weights = (long)unit * errors.Targets;
            long difference = ((long)slot * errors.Steps + step) * errors.Targets;
            for (int target = lane; target < errors.Targets; target += errors.Lanes)
            {
                sum += errors.Weights[weights + target] * errors.Difference[difference + target];
            }
        }

        return sum;
    }
}
