using System.Runtime.CompilerServices;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>Loops over rows of a weight matrix that every layer shares.</summary>
internal static unsafe class RowLoops<TLane>
    where TLane : struct, ISimdLane<TLane>
{
    /// <summary>sums[j] += Σ events value·row[j], four lanes at a time in registers.</summary>
    public static void AddRows(EventSpan events, float* weights, float* sums, int stride)
    {
        if (events.Count == 0)
        {
            return;
        }

        nint distance = stride;
        int j = 0;
        for (; j <= stride - 4 * TLane.Width; j += 4 * TLane.Width)
        {
            float* target = sums + j;
            TLane s0 = TLane.Load(target), s1 = TLane.Load(target + TLane.Width);
            TLane s2 = TLane.Load(target + 2 * TLane.Width), s3 = TLane.Load(target + 3 * TLane.Width);
            for (int k = 0; k < events.Count; k++)
            {
                float* row = weights + events.Row[k] * distance + j;
                if (events.Value == null)
                {
                    s0 += TLane.Load(row);
                    s1 += TLane.Load(row + TLane.Width);
                    s2 += TLane.Load(row + 2 * TLane.Width);
                    s3 += TLane.Load(row + 3 * TLane.Width);
                }
                else
                {
                    TLane value = TLane.Splat(events.Value[k]);
                    s0 += value * TLane.Load(row);
                    s1 += value * TLane.Load(row + TLane.Width);
                    s2 += value * TLane.Load(row + 2 * TLane.Width);
                    s3 += value * TLane.Load(row + 3 * TLane.Width);
                }
            }

            TLane.Store(s0, target);
            TLane.Store(s1, target + TLane.Width);
            TLane.Store(s2, target + 2 * TLane.Width);
            TLane.Store(s3, target + 3 * TLane.Width);
        }

        for (; j < stride; j += TLane.Width)
        {
            TLane sum = TLane.Load(sums + j);
            for (int k = 0; k < events.Count; k++)
            {
                TLane row = TLane.Load(weights + events.Row[k] * distance + j);
                sum += events.Value == null ? row : TLane.Splat(events.Value[k]) * row;
            }

            TLane.Store(sum, sums + j);
        }
    }

    /// <summary>Moves the adjoint of a layer one step back and writes λI where it is wanted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StepBack(
        MembraneEquations membrane, float* lambdaV, float* lambdaI, float* trace, float* traceSum, int stride)
    {
        for (int j = 0; j < stride; j += TLane.Width)
        {
            TLane v = TLane.Load(lambdaV + j);
            TLane i = TLane.Load(lambdaI + j);
            membrane.StepBack(ref v, ref i);
            TLane.Store(v, lambdaV + j);
            TLane.Store(i, lambdaI + j);
            if (trace != null)
            {
                TLane.Store(i, trace + j);
            }

            if (traceSum != null)
            {
                TLane.Store(TLane.Load(traceSum + j) + i, traceSum + j);
            }
        }
    }

    /// <summary>Sends each presynaptic spike that arrived at a step the error Σ w·(λV - λI) of its targets.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SendErrors(SpikeTape presynaptic, int step, float* weights, float* lambdaV, float* lambdaI, int stride)
    {
        int end = presynaptic.End[step];
        int* neuron = presynaptic.Neuron;
        float* error = presynaptic.Error;
        int k = step == 0 ? 0 : presynaptic.End[step - 1];
        if (stride == TLane.Width)
        {
            // A small output layer fits one lane: take the difference once for all spikes.
            TLane difference = TLane.Load(lambdaV) - TLane.Load(lambdaI);
            for (; k < end; k++)
            {
                error[k] = TLane.Sum(TLane.Load(weights + (nint)neuron[k] * stride) * difference);
            }
        }

        for (; k < end; k++)
        {
            error[k] = DotDifference(weights + (nint)neuron[k] * stride, lambdaV, lambdaI, stride);
        }
    }

    /// <summary>Copies a padded row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(float* from, float* to, int stride)
    {
        for (int j = 0; j < stride; j += TLane.Width)
        {
            TLane.Store(TLane.Load(from + j), to + j);
        }
    }

    /// <summary>Sum of a padded row.</summary>
    public static float Sum(float* row, int stride)
    {
        TLane sum = TLane.Splat(0);
        for (int j = 0; j < stride; j += TLane.Width)
        {
            sum += TLane.Load(row + j);
        }

        return TLane.Sum(sum);
    }

    /// <summary>Keeps a decaying state out of the denormal range.</summary>
    public static void Flush(float* state, int stride)
    {
        for (int j = 0; j < stride; j += TLane.Width)
        {
            TLane.Store(Denormal.Flush(TLane.Load(state + j)), state + j);
        }
    }

    /// <summary>Σ row·(a - b) over a padded row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float DotDifference(float* row, float* a, float* b, int stride)
    {
        TLane sum = TLane.Splat(0);
        for (int j = 0; j < stride; j += TLane.Width)
        {
            sum += TLane.Load(row + j) * (TLane.Load(a + j) - TLane.Load(b + j));
        }

        return TLane.Sum(sum);
    }

    /// <summary>sums[j] = Σ events value·row[j]: all events of a list, whatever their step.</summary>
    public static void SumRows(EventList events, int count, float scale, float* weights, float* sums, int stride)
    {
        for (int j = 0; j < stride; j += TLane.Width)
        {
            TLane sum = TLane.Splat(0);
            for (int k = 0; k < count; k++)
            {
                TLane row = TLane.Load(weights + (nint)events.Row[k] * stride + j);
                sum += events.Value == null ? row : TLane.Splat(events.Value[k]) * row;
            }

            TLane.Store(sum * TLane.Splat(scale), sums + j);
        }
    }
}
