using System;
using System.Numerics;
using ILGPU;
using ILGPU.Runtime;
using Microsoft.ML.Snn.Engine.Kernels;

namespace Microsoft.ML.Snn.Engine;

/// <summary>The kernels compiled for one device, and how many threads each is started with.</summary>
internal sealed class DeviceKernels
{
    // Small blocks spread a batch of small layers over all multiprocessors.
    private const int IndependentThreads = 64;

    // 65 536 registers, which every GPU has, are 128 for each of 512 threads: the compiler is told so.
    private const int RecurrentThreads = 512;

    /// <summary>Most neurons of a layer: a grid has at most 65 535 rows of blocks.</summary>
    public const int MaximumUnits = 65_535 * (ErrorKernel.MaximumThreads / ErrorKernel.MaximumLanes);


    private readonly Accelerator _accelerator;
    private readonly Action<KernelConfig, HiddenForwardParameters> _feedForward;
    private readonly Action<KernelConfig, HiddenForwardParameters> _recurrent;
    private readonly Action<KernelConfig, OutputParameters> _output;
    private readonly Action<KernelConfig, ErrorParameters> _errors;
    private readonly Action<KernelConfig, HiddenBackwardParameters> _feedForwardBackward;
    private readonly Action<KernelConfig, HiddenBackwardParameters> _recurrentBackward;
    private readonly Action<KernelConfig, GradientParameters> _gradient;
    private readonly Action<KernelConfig, SquareParameters> _square;
    private readonly Action<KernelConfig, NormParameters> _norm;
    private readonly Action<KernelConfig, UpdateParameters> _update;

    public DeviceKernels(Accelerator accelerator)
    {
        _accelerator = accelerator;
        _feedForward = accelerator.LoadStreamKernel<HiddenForwardParameters>(FeedForwardKernel.Run);
        _recurrent = accelerator.LoadStreamKernel<HiddenForwardParameters>(RecurrentKernel.Run, RecurrentLimit(accelerator));
        _output = accelerator.LoadStreamKernel<OutputParameters>(OutputKernel.Run);
        _errors = accelerator.LoadStreamKernel<ErrorParameters>(ErrorKernel.Run);
        _feedForwardBackward = accelerator.LoadStreamKernel<HiddenBackwardParameters>(FeedForwardBackwardKernel.Run);
        _recurrentBackward = accelerator.LoadStreamKernel<HiddenBackwardParameters>(RecurrentBackwardKernel.Run, RecurrentLimit(accelerator));
        _gradient = accelerator.LoadStreamKernel<GradientParameters>(GradientKernel.Run);
        _square = accelerator.LoadStreamKernel<SquareParameters>(SquareKernel.Run);
        _norm = accelerator.LoadStreamKernel<NormParameters>(NormKernel.Run);
        _update = accelerator.LoadStreamKernel<UpdateParameters>(UpdateKernel.Run);
    }

    /// <summary>The limit that the kernels of recurrent layers are compiled with; without it a thread may get more registers than a block of them has.</summary>
    public static KernelSpecialization RecurrentLimit(Accelerator accelerator) => new(Threads(accelerator, RecurrentThreads, RecurrentThreads), null);

    public void Forward(int slots, in HiddenForwardParameters layer, bool isRecurrent)
    {
        if (isRecurrent)
        {
            _recurrent(new KernelConfig(slots, Threads(layer.Units, RecurrentThreads)), layer);
        }
        else
        {
            _feedForward(Tiles(slots, layer.Units), layer);
        }
    }

    public void Output(int slots, in OutputParameters output) =>
        _output(new KernelConfig(slots, Threads(OutputKernel.MaximumThreads, OutputKernel.MaximumThreads)), output);

    /// <summary>Sends errors to the spikes of a layer.</summary>
    /// <param name="slots">Number of trials.</param>
    /// <param name="errors">The arguments, all but the number of lanes.</param>
    public void Errors(int slots, ErrorParameters errors)
    {
        int threads = Threads(ErrorKernel.MaximumThreads, ErrorKernel.MaximumThreads);
        int lanes = Math.Min(threads, Threads(errors.Targets, ErrorKernel.MaximumLanes));
        int teams = threads / lanes;
        _errors(
            new KernelConfig(new Index2D(slots, (errors.Tape.Units + teams - 1) / teams), new Index2D(threads, 1)),
            errors with { Lanes = lanes });
    }

    public void Backward(int slots, in HiddenBackwardParameters layer, bool isRecurrent)
    {
        if (isRecurrent)
        {
            int threads = Threads(layer.Units, RecurrentThreads);
            _recurrentBackward(
                new KernelConfig(slots, threads),
                layer with { Lanes = Math.Min(threads, RecurrentBackwardKernel.MaximumLanes) });
        }
        else
        {
            _feedForwardBackward(Tiles(slots, layer.Units), layer);
        }
    }

    public void Gradient(int rows, in GradientParameters connection) =>
        _gradient(new KernelConfig(rows, Threads(GradientKernel.MaximumThreads, GradientKernel.MaximumThreads)), connection);

    public void Square(int rows, in SquareParameters connection) =>
        _square(new KernelConfig(rows, Threads(connection.Columns, SquareKernel.MaximumThreads)), connection);

    public void Norm(in NormParameters gradient) =>
        _norm(new KernelConfig(1, Threads(gradient.Rows, NormKernel.MaximumThreads)), gradient);

    public void Update(int rows, in UpdateParameters connection) =>
        _update(new KernelConfig(rows, Threads(connection.Columns, GradientKernel.MaximumThreads)), connection);

    /// <summary>The smallest power of two that is not below <paramref name="wanted"/>, within the limits of kernel and device.</summary>
    public static int Threads(Accelerator accelerator, int wanted, int limit)
    {
        int device = accelerator.MaxNumThreadsPerGroup;
        int threads = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Min(wanted, limit));
        while (threads > device)
        {
            threads /= 2;
        }

        return threads;
    }

    private int Threads(int wanted, int limit) => Threads(_accelerator, wanted, limit);

    private KernelConfig Tiles(int slots, int units)
    {
        int threads = Threads(units, IndependentThreads);
        return new KernelConfig(new Index2D(slots, (units + threads - 1) / threads), new Index2D(threads, 1));
    }
}
