namespace Microsoft.ML.Snn.Reference;

/// <summary>A number, and how fast it changes as parameters move along one direction: derivatives are carried forward with the values.</summary>
/// <param name="Value">The number.</param>
/// <param name="Rate">Its derivative along the direction.</param>
public readonly record struct Moving(double Value, double Rate = 0)
{
    /// <summary>A number that stays.</summary>
    public static implicit operator Moving(double value) => FromDouble(value);

    /// <summary>A number that stays.</summary>
    public static Moving FromDouble(double value) => new(value);

    /// <summary>Sum.</summary>
    public static Moving operator +(Moving a, Moving b) => Add(a, b);

    /// <summary>Difference.</summary>
    public static Moving operator -(Moving a, Moving b) => Subtract(a, b);

    /// <summary>Product.</summary>
    public static Moving operator *(Moving a, Moving b) => Multiply(a, b);

    /// <summary>Quotient.</summary>
    public static Moving operator /(Moving a, Moving b) => Divide(a, b);

    /// <summary>Sum.</summary>
    public static Moving Add(Moving a, Moving b) => new(a.Value + b.Value, a.Rate + b.Rate);

    /// <summary>Difference.</summary>
    public static Moving Subtract(Moving a, Moving b) => new(a.Value - b.Value, a.Rate - b.Rate);

    /// <summary>Product.</summary>
    public static Moving Multiply(Moving a, Moving b) => new(a.Value * b.Value, a.Rate * b.Value + a.Value * b.Rate);

    /// <summary>Quotient.</summary>
    public static Moving Divide(Moving a, Moving b)
    {
        double quotient = a.Value / b.Value;
        return new(quotient, (a.Rate - quotient * b.Rate) / b.Value);
    }

    /// <summary>The same number, changing faster or slower by <paramref name="rate"/>.</summary>
    public Moving Pushed(double rate) => new(Value, Rate + rate);
}
