using System;
using ILGPU;
using ILGPU.Runtime;
using Microsoft.ML.Snn.Engine.Kernels;

namespace Microsoft.ML.Snn.Engine;

/// <summary>The kernels of graphs compiled for one device, and how many threads each is started with.</summary>
/// <remarks>What few networks need is compiled when it is first started.</remarks>
internal sealed class DeviceGraphKernels
{
    private readonly Accelerator _accelerator;
    private readonly Action<KernelConfig, GraphForwardParameters> _forward;
    private readonly Action<KernelConfig, LossViews> _loss;
    private readonly Lazy<Action<KernelConfig, FirstSpikeParameters>> _firstSpike;
    private readonly Action<KernelConfig, GraphBackwardParameters> _backward;
    private readonly Lazy<Action<KernelConfig, EPropBackwardParameters>> _epropBackward;
    private readonly Lazy<Action<KernelConfig, EPropBackwardParameters>> _epropSignal;
    private readonly Lazy<Action<KernelConfig, EPropOnlineParameters>> _epropOnline;
    private readonly Lazy<Action<KernelConfig, ForgetParameters>> _forget;
    private readonly Action<KernelConfig, GradientParameters> _gradient;
    private readonly Action<KernelConfig, SynapseGradientParameters> _synapseGradient;
    private readonly Action<KernelConfig, RowSumParameters> _rowSum;
    private readonly Action<KernelConfig, SquareParameters> _square;
    private readonly Action<KernelConfig, NormParameters> _norm;
    private readonly Action<KernelConfig, UpdateParameters> _update;

    /// <summary>Compiles the kernels.</summary>
    /// <param name="accelerator">The device.</param>
    /// <param name="cells">The users' cells that they must know.</param>
    public DeviceGraphKernels(Accelerator accelerator, DeviceCells cells)
    {
        _accelerator = accelerator;
        _forward = cells.LoadForward(accelerator);
        _loss = accelerator.LoadStreamKernel<LossViews>(LossKernel.Run);
        _firstSpike = new(() => accelerator.LoadStreamKernel<FirstSpikeParameters>(FirstSpikeKernel.Run));
        _backward = cells.LoadBackward(accelerator);
        _epropBackward = new(() => accelerator.LoadStreamKernel<EPropBackwardParameters>(EPropBackwardKernel.Run));
        _epropSignal = new(() => accelerator.LoadStreamKernel<EPropBackwardParameters>(EPropSignalKernel.Run));
        _epropOnline = new(() => accelerator.LoadStreamKernel<EPropOnlineParameters>(EPropOnlineKernel.Run));
        _forget = new(() => accelerator.LoadStreamKernel<ForgetParameters>(ForgetKernel.Run));
        _gradient = accelerator.LoadStreamKernel<GradientParameters>(GradientKernel.Run);
        _synapseGradient = accelerator.LoadStreamKernel<SynapseGradientParameters>(SynapseGradientKernel.Run);
        _rowSum = accelerator.LoadStreamKernel<RowSumParameters>(RowSumKernel.Run);
        _square = accelerator.LoadStreamKernel<SquareParameters>(SquareKernel.Run);
        _norm = accelerator.LoadStreamKernel<NormParameters>(NormKernel.Run);
        _update = accelerator.LoadStreamKernel<UpdateParameters>(UpdateKernel.Run);
    }

    public void Forward(int slots, in GraphForwardParameters trial) =>
        _forward(new KernelConfig(slots, Threads(trial.Graph.Neurons, GraphForwardKernel.MaximumThreads)), trial);

    public void Loss(int slots, in LossViews output) =>
        _loss(new KernelConfig(slots, Threads(LossKernel.MaximumThreads, LossKernel.MaximumThreads)), output);

    public void Loss(in FirstSpikeParameters output)
    {
        int threads = Threads(output.Slots, FirstSpikeKernel.MaximumThreads);
        _firstSpike.Value(new KernelConfig((output.Slots + threads - 1) / threads, threads), output);
    }

    /// <summary>Runs the adjoint.</summary>
    /// <param name="slots">Number of trials.</param>
    /// <param name="trial">The arguments, all but the number of lanes.</param>
    public void Backward(int slots, GraphBackwardParameters trial)
    {
        int threads = Threads(trial.Graph.Neurons, GraphBackwardKernel.MaximumThreads);
        _backward(new KernelConfig(slots, threads), trial with { Lanes = Math.Clamp(threads / 2, 1, GraphErrors.MaximumLanes) });
    }

    /// <summary>Runs the scans of e-prop, or what comes before them in its textbook form.</summary>
    public void Backward(int slots, in EPropBackwardParameters trial, bool isOnline)
    {
        int neurons = trial.Backward.Graph.Neurons;
        if (isOnline)
        {
            _epropSignal.Value(new KernelConfig(slots, Threads(neurons, EPropSignalKernel.MaximumThreads)), trial);
        }
        else
        {
            _epropBackward.Value(new KernelConfig(slots, Threads(neurons, EPropBackwardKernel.MaximumThreads)), trial);
        }
    }

    public void GradientOnline(int rows, in EPropOnlineParameters connection) =>
        _epropOnline.Value(new KernelConfig(rows, Threads(connection.Columns, EPropOnlineKernel.MaximumThreads)), connection);

    public void Forget(in ForgetParameters connection)
    {
        int threads = Threads(ForgetKernel.MaximumThreads, ForgetKernel.MaximumThreads);
        _forget.Value(new KernelConfig((int)((connection.Weights.Length + threads - 1) / threads), threads), connection);
    }

    public void Gradient(int rows, in GradientParameters connection) =>
        _gradient(new KernelConfig(rows, Threads(GradientKernel.MaximumThreads, GradientKernel.MaximumThreads)), connection);

    public void Gradient(int numbers, in SynapseGradientParameters connection) =>
        _synapseGradient(
            new KernelConfig(numbers, Threads(SynapseGradientKernel.MaximumThreads, SynapseGradientKernel.MaximumThreads)), connection);

    public void Sum(in RowSumParameters matrix)
    {
        int threads = Threads(matrix.Columns, RowSumKernel.MaximumThreads);
        _rowSum(new KernelConfig((matrix.Columns + threads - 1) / threads, threads), matrix);
    }

    public void Square(int rows, in SquareParameters parameter) =>
        _square(new KernelConfig(rows, Threads(parameter.Columns, SquareKernel.MaximumThreads)), parameter);

    public void Norm(in NormParameters gradient) =>
        _norm(new KernelConfig(1, Threads(gradient.Rows, NormKernel.MaximumThreads)), gradient);

    public void Update(int rows, in UpdateParameters parameter) =>
        _update(new KernelConfig(rows, Threads(parameter.Columns, GradientKernel.MaximumThreads)), parameter);

    private int Threads(int wanted, int limit) => DeviceKernels.Threads(_accelerator, wanted, limit);
}
