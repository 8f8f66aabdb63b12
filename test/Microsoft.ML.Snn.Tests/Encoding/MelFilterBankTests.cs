using System;
using System.Linq;
using System.Numerics;
using Microsoft.ML.Snn.Encoding;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Encoding;

[TestClass]
public sealed class MelFilterBankTests
{
    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(64)]
    public void Transform_RandomNumbers_IsTheSumOfItsDefinition(int length)
    {
        Random random = new(1);
        Complex[] x = [.. Enumerable.Range(0, length).Select(_ => new Complex(random.NextDouble() - 0.5, random.NextDouble() - 0.5))];
        Complex[] actual = [.. x];

        new FourierTransform(length).Transform(actual);

        for (int k = 0; k < length; k++)
        {
            Complex expected = Enumerable.Range(0, length)
                .Aggregate(Complex.Zero, (sum, n) => sum + x[n] * Complex.FromPolarCoordinates(1, -2 * Math.PI * k * n / length));
            Assert.AreEqual(0, (expected - actual[k]).Magnitude, 1e-12);
        }
    }

    /// <summary>A sine of amplitude A has the mean power A²/2, and its mel frequency is the mean of the centres that share it.</summary>
    [TestMethod]
    [DataRow(8000, 440.0, 1.0)]
    [DataRow(8000, 1000.0, 0.1)]
    [DataRow(16_000, 3000.0, 0.5)]
    [DataRow(44_100, 700.0, 0.01)]
    public void Compute_Sine_HasItsPowerAtItsFrequency(int sampleRate, double frequency, double amplitude)
    {
        AudioEncoding encoding = new() { Bands = 24, WindowTime = 50 };
        float[] energies = Energies(encoding, sampleRate, Sine(sampleRate, frequency, amplitude), step: 20);

        double power = energies.Sum();
        double[] centres = Centres(encoding);
        double mean = energies.Select((e, band) => e * centres[band]).Sum() / power;
        int loudest = Array.IndexOf(energies, energies.Max());

        Assert.AreEqual(amplitude * amplitude / 2, power, 0.005 * power);
        Assert.AreEqual(Mel(frequency), mean, 0.15 * (centres[1] - centres[0]));
        Assert.IsLessThanOrEqualTo(0.6 * (centres[1] - centres[0]), Math.Abs(centres[loudest] - Mel(frequency)));
    }

    [TestMethod]
    public void Compute_SineOutsideTheBands_IsNearlySilent()
    {
        AudioEncoding encoding = new() { LowestFrequency = 500, HighestFrequency = 2000, WindowTime = 50 };

        Assert.IsLessThan(1e-5f, Energies(encoding, 8000, Sine(8000, 100, 1), step: 20).Sum());
        Assert.IsLessThan(1e-5f, Energies(encoding, 8000, Sine(8000, 3500, 1), step: 20).Sum());
    }

    /// <summary>A window ends with its step: a click is heard from the step it falls into until the window has passed.</summary>
    [TestMethod]
    public void Compute_Click_IsHeardForTheTimeOfTheWindow()
    {
        AudioEncoding encoding = new() { WindowTime = 25, TimeStep = 10 };
        float[] sound = new float[8000];
        sound[800 + 45] = 1;

        bool[] isHeard = [.. Enumerable.Range(0, 20).Select(step => Energies(encoding, 8000, sound, step).Sum() > 1e-9)];

        CollectionAssert.AreEqual(Enumerable.Range(0, 20).Select(step => step is >= 10 and <= 12).ToArray(), isHeard);
    }

    [TestMethod]
    public void Compute_PastTheEnd_IsSilent() =>
        Assert.AreEqual(0, Energies(new AudioEncoding(), 8000, Sine(8000, 1000, 1), step: 199).Sum());

    private static float[] Energies(AudioEncoding encoding, int sampleRate, float[] sound, int step)
    {
        var energies = new float[encoding.Bands];
        new MelFilterBank(encoding, sampleRate).Compute(sound, step, energies);
        return energies;
    }

    private static float[] Sine(int sampleRate, double frequency, double amplitude) =>
        [.. Enumerable.Range(0, sampleRate / 2).Select(n => (float)(amplitude * Math.Sin(2 * Math.PI * frequency * n / sampleRate)))];

    private static double[] Centres(AudioEncoding encoding)
    {
        double low = Mel(encoding.LowestFrequency), high = Mel(encoding.HighestFrequency);
        return [.. Enumerable.Range(1, encoding.Bands).Select(n => low + (high - low) * n / (encoding.Bands + 1))];
    }

    private static double Mel(double frequency) => 1127.01048 * Math.Log(1 + frequency / 700);
}
