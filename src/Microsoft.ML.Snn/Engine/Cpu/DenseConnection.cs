using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>Every neuron to every neuron, all with one delay; weights of shape [row, column], rows padded to whole lanes.</summary>
internal sealed unsafe class DenseConnection<TLane>(
    ConnectionProgram program, CellPass<TLane>? source, CellPass<TLane> target, InputProgram? input)
    : GraphConnection<TLane>(program, source, target, input)
    where TLane : struct, ISimdLane<TLane>
{
    public override void Deliver(int step, float* weights)
    {
        ref ArrivalCursor arrivals = ref Arrivals;
        arrivals.MoveForward(step);
        if (!arrivals.IsEmpty)
        {
            Target.Wake();
            int stride = Target.Stride;
            DenseLoops<TLane>.AddRows(
                weights - (nint)FirstChannel * stride, stride, arrivals.Row, arrivals.Value, arrivals.First, arrivals.End,
                Target.Arrivals(Program.Group));
        }
    }

    public override void Collect(int step, float* weights, float* gradient)
    {
        ref ArrivalCursor arrivals = ref Arrivals;
        arrivals.MoveBackward(step);
        if (arrivals.IsEmpty || Target.IsAtRest)
        {
            return;
        }

        int stride = Target.Stride;
        float* derivatives = Target.Arrivals(Program.Group);
        DenseLoops<TLane>.AddToRows(
            gradient - (nint)FirstChannel * stride, stride, arrivals.Row, arrivals.Value, arrivals.First, arrivals.End, derivatives);
        if (Source != null && SendsErrors)
        {
            DenseLoops<TLane>.AddProducts(
                weights, stride, arrivals.Row, arrivals.First, arrivals.End, Target.ArrivalErrors(Program.Group, step),
                Target.HasMovedErrors ? RowLoops<TLane>.Sum(Target.MovedErrors, stride) : 0, arrivals.Error);
        }
    }
}
