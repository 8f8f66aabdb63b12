namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>Loops over neighbouring weights that lead anywhere.</summary>
/// <remarks>One number at a time: gathering a lane takes as many loads. Four at a time, so that they overlap.</remarks>
internal static unsafe class ScatteredLoops
{
    /// <summary>sums[targets[n]] += scale·weights[n]. A target may be there twice.</summary>
    public static void Add(float* weights, float scale, int* targets, int length, float* sums)
    {
        int n = 0;
        for (; n <= length - 4; n += 4)
        {
            float w0 = scale * weights[n], w1 = scale * weights[n + 1], w2 = scale * weights[n + 2], w3 = scale * weights[n + 3];
            sums[targets[n]] += w0;
            sums[targets[n + 1]] += w1;
            sums[targets[n + 2]] += w2;
            sums[targets[n + 3]] += w3;
        }

        for (; n < length; n++)
        {
            sums[targets[n]] += scale * weights[n];
        }
    }

    /// <summary>gradient[n] += scale·derivatives[targets[n]].</summary>
    public static void AddGradient(float* gradient, float scale, int* targets, int length, float* derivatives)
    {
        int n = 0;
        for (; n <= length - 4; n += 4)
        {
            float d0 = derivatives[targets[n]], d1 = derivatives[targets[n + 1]];
            float d2 = derivatives[targets[n + 2]], d3 = derivatives[targets[n + 3]];
            gradient[n] += scale * d0;
            gradient[n + 1] += scale * d1;
            gradient[n + 2] += scale * d2;
            gradient[n + 3] += scale * d3;
        }

        for (; n < length; n++)
        {
            gradient[n] += scale * derivatives[targets[n]];
        }
    }

    /// <summary>Σ weights[n]·errors[targets[n]].</summary>
    public static float Product(float* weights, int* targets, int length, float* errors)
    {
        float s0 = 0, s1 = 0, s2 = 0, s3 = 0;
        int n = 0;
        for (; n <= length - 4; n += 4)
        {
            s0 += weights[n] * errors[targets[n]];
            s1 += weights[n + 1] * errors[targets[n + 1]];
            s2 += weights[n + 2] * errors[targets[n + 2]];
            s3 += weights[n + 3] * errors[targets[n + 3]];
        }

        for (; n < length; n++)
        {
            s0 += weights[n] * errors[targets[n]];
        }

        return s0 + s1 + (s2 + s3);
    }

    /// <summary>Σ errors[targets[n]].</summary>
    public static float Sum(int* targets, int length, float* errors)
    {
        float sum = 0;
        for (int n = 0; n < length; n++)
        {
            sum += errors[targets[n]];
        }

        return sum;
    }
}
