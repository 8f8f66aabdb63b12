namespace Microsoft.ML.Snn;

/// <summary>Height and width of a kernel, a pool or a stride. A plain number means a square.</summary>
/// <param name="Height">Size along the first dimension, 1 or more.</param>
/// <param name="Width">Size along the second dimension, 1 or more.</param>
public readonly record struct Size2D(int Height, int Width)
{
    /// <summary>A square.</summary>
    /// <param name="size">Height and width, 1 or more.</param>
    public static implicit operator Size2D(int size) => FromInt32(size);

    /// <summary>A square.</summary>
    /// <param name="size">Height and width, 1 or more.</param>
    public static Size2D FromInt32(int size) => new(size, size);

    /// <summary>For example <c>3x5</c>.</summary>
    public override string ToString() => FormattableText($"{Height}x{Width}");

    internal void Validate(string name)
    {
        const int Maximum = 1 << 15;
        Require.InRange(Height, 1, Maximum, "Typical kernels are 3 to 7 high.", $"{name}.Height");
        Require.InRange(Width, 1, Maximum, "Typical kernels are 3 to 7 wide.", $"{name}.Width");
    }

    private static string FormattableText(System.FormattableString text) =>
        text.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
