using System;

namespace Microsoft.ML.Snn.Trainers.Data;

/// <summary>Draws the Yin-Yang data set as its authors did, bit for bit.</summary>
/// <remarks>
/// A class is drawn first, then points until one has that class, so that the classes are about equally frequent.
/// Source: Kriener, Göltz and Petrovici, NICE 2022, doi 10.1145/3517343.3517380.
/// </remarks>
internal sealed class YinYangGenerator
{
    private const double DotRadius = 0.1;
    private const double Radius = 0.5;

    private readonly MersenneTwister _random;

    public YinYangGenerator(int seed) => _random = new MersenneTwister((uint)seed);

    public YinYangSample Next()
    {
        int goal = DrawClass();
        while (true)
        {
            (double x, double y) = DrawPoint();
            int label = ClassOf(x, y);
            if (label == goal)
            {
                return new YinYangSample(x, y, label);
            }
        }
    }

    private int DrawClass()
    {
        while (true)
        {
            uint twoBits = _random.NextUInt32() & 3;
            if (twoBits < 3)
            {
                return (int)twoBits;
            }
        }
    }

    private (double X, double Y) DrawPoint()
    {
        while (true)
        {
            double x = _random.NextDouble() * 2 * Radius;
            double y = _random.NextDouble() * 2 * Radius;
            if (Distance(x, y, Radius) <= Radius)
            {
                return (x, y);
            }
        }
    }

    private static int ClassOf(double x, double y)
    {
        double toRight = Distance(x, y, 1.5 * Radius);
        double toLeft = Distance(x, y, 0.5 * Radius);
        if (toRight < DotRadius || toLeft < DotRadius)
        {
            return 2;
        }

        bool isYin = toRight <= DotRadius
            || (toLeft > DotRadius && toLeft <= 0.5 * Radius)
            || (y > Radius && toRight > 0.5 * Radius);
        return isYin ? 1 : 0;
    }

    private static double Distance(double x, double y, double centreX) =>
        Math.Sqrt((x - centreX) * (x - centreX) + (y - Radius) * (y - Radius));
}
