namespace Microsoft.ML.Snn;

/// <summary>The sizes and seeds of the published Yin-Yang data set, for <see cref="SnnOperations.LoadYinYang"/>.</summary>
/// <remarks>Source: Kriener, Göltz and Petrovici, NICE 2022, doi 10.1145/3517343.3517380.</remarks>
public static class YinYang
{
    /// <summary>The number of training examples: 5000.</summary>
    public const int TrainCount = 5000;

    /// <summary>The seed of the training examples: 42.</summary>
    public const int TrainSeed = 42;

    /// <summary>The number of validation examples: 1000.</summary>
    public const int ValidationCount = 1000;

    /// <summary>The seed of the validation examples: 41.</summary>
    public const int ValidationSeed = 41;

    /// <summary>The number of test examples: 1000.</summary>
    public const int TestCount = 1000;

    /// <summary>The seed of the test examples: 40.</summary>
    public const int TestSeed = 40;
}
