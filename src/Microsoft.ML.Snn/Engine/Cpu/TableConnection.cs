using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>The synapses of a table, all with one delay. Work and memory are in proportion to the synapses.</summary>
internal sealed unsafe class TableConnection<TLane>(
    ConnectionProgram program, CellPass<TLane>? source, CellPass<TLane> target, InputProgram? input)
    : GraphConnection<TLane>(program, source, target, input)
    where TLane : struct, ISimdLane<TLane>
{
    public override void Deliver(int step, float* weights)
    {
        ref ArrivalCursor arrivals = ref Arrivals;
        arrivals.MoveForward(step);
        if (arrivals.IsEmpty)
        {
            return;
        }

        Target.Wake();
        float* target = Target.Arrivals(Program.Group);
        if (Table.IsScattered)
        {
            DeliverScattered(Table, weights, target);
            return;
        }

        for (int k = arrivals.First; k < arrivals.End; k++)
        {
            float value = arrivals.Value == null ? 1 : arrivals.Value[k];
            foreach (SynapseSegment segment in Table.Row(arrivals.Row[k] - FirstChannel))
            {
                SegmentLoops<TLane>.AddScaled(weights + segment.Weight, value, target + segment.Target, segment.Length);
            }
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

        float* derivatives = Target.Arrivals(Program.Group);
        float* errors = Source == null || !SendsErrors ? null : Target.ArrivalErrors(Program.Group, step);
        if (Table.IsScattered)
        {
            CollectScattered(Table, weights, gradient, derivatives, errors);
            return;
        }

        for (int k = arrivals.First; k < arrivals.End; k++)
        {
            float value = arrivals.Value == null ? 1 : arrivals.Value[k];
            float error = 0;
            foreach (SynapseSegment segment in Table.Row(arrivals.Row[k] - FirstChannel))
            {
                SegmentLoops<TLane>.AddScaled(derivatives + segment.Target, value, gradient + segment.Weight, segment.Length);
                error += errors == null
                    ? 0
                    : SegmentLoops<TLane>.Dot(weights + segment.Weight, errors + segment.Target, segment.Length);
                error += Target.HasMovedErrors
                    ? SegmentLoops<TLane>.Sum(Target.MovedErrors + segment.Target, segment.Length)
                    : 0;
            }

            if (errors != null)
            {
                arrivals.Error[k] += error;
            }
        }
    }

    private void DeliverScattered(SynapseTable table, float* weights, float* target)
    {
        ref ArrivalCursor arrivals = ref Arrivals;
        fixed (int* targets = table.Targets)
        {
            for (int k = arrivals.First; k < arrivals.End; k++)
            {
                float value = arrivals.Value == null ? 1 : arrivals.Value[k];
                foreach (SynapseStrip strip in table.StripsOf(arrivals.Row[k] - FirstChannel))
                {
                    ScatteredLoops.Add(weights + strip.Weight, value, targets + strip.First, strip.Length, target);
                }
            }
        }
    }

    private void CollectScattered(SynapseTable table, float* weights, float* gradient, float* derivatives, float* errors)
    {
        ref ArrivalCursor arrivals = ref Arrivals;
        fixed (int* targets = table.Targets)
        {
            for (int k = arrivals.First; k < arrivals.End; k++)
            {
                float value = arrivals.Value == null ? 1 : arrivals.Value[k];
                float error = 0;
                foreach (SynapseStrip strip in table.StripsOf(arrivals.Row[k] - FirstChannel))
                {
                    int* own = targets + strip.First;
                    ScatteredLoops.AddGradient(gradient + strip.Weight, value, own, strip.Length, derivatives);
                    error += errors == null ? 0 : ScatteredLoops.Product(weights + strip.Weight, own, strip.Length, errors);
                    error += Target.HasMovedErrors ? ScatteredLoops.Sum(own, strip.Length, Target.MovedErrors) : 0;
                }

                if (errors != null)
                {
                    arrivals.Error[k] += error;
                }
            }
        }
    }
}
