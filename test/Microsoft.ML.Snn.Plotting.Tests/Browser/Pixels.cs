using System;
using System.IO;
using System.Linq;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using SkiaSharp;

namespace Microsoft.ML.Snn.Plotting.Tests.Browser;

/// <summary>Looks at a picture of a page.</summary>
internal static class Pixels
{
    /// <summary>The ground is as light or dark as asked for, and a good part of the picture is something else.</summary>
    public static void AssertPage(byte[] png, bool isDark, string name)
    {
        Keep(png, name);
        using SKBitmap picture = SKBitmap.Decode(png);
        SKColor ground = picture.GetPixel(2, 2);
        SKColor[] pixels = picture.Pixels;
        double luminance = (0.3 * ground.Red) + (0.59 * ground.Green) + (0.11 * ground.Blue);
        Assert.IsTrue(isDark ? luminance < 60 : luminance > 200, $"The ground is {ground}.");
        int other = pixels.Count(pixel => Distance(pixel, ground) > 60);
        Assert.IsGreaterThan(pixels.Length / 100, other, "The page is blank.");
        Assert.IsGreaterThan(50, pixels.Distinct().Count(), "The page has no pictures.");
    }

    /// <summary>Keeps a picture for people, where they ask for it.</summary>
    public static void Keep(byte[] png, string name)
    {
        if (Environment.GetEnvironmentVariable("SNN_PICTURES") is { } folder)
        {
            File.WriteAllBytes(Path.Combine(folder, name), png);
        }
    }

    private static int Distance(SKColor a, SKColor b) => Math.Abs(a.Red - b.Red) + Math.Abs(a.Green - b.Green) + Math.Abs(a.Blue - b.Blue);
}
