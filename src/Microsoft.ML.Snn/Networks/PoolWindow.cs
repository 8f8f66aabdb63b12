namespace Microsoft.ML.Snn.Networks;

/// <summary>Size and distance of the pools of an average.</summary>
internal sealed record PoolWindow(Size2D Pool, Size2D Stride)
{
    public int Area => Pool.Height * Pool.Width;

    public void Validate()
    {
        Pool.Validate("pool");
        Stride.Validate("stride");
    }

    public ConvolutionAxis Vertical(int height) => ConvolutionAxis.Create(height, Pool.Height, Stride.Height, Padding.Valid);

    public ConvolutionAxis Horizontal(int width) => ConvolutionAxis.Create(width, Pool.Width, Stride.Width, Padding.Valid);

    public override string ToString() => Stride == Pool ? $"{Pool}" : $"{Pool}/{Stride}";
}
