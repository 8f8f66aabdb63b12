using System.Runtime.CompilerServices;
using Microsoft.ML.Snn.Equations;

namespace Microsoft.ML.Snn.Engine.Cpu.Columns;

/// <summary>Sums over the spikes of each neuron of a block in one trial.</summary>
internal unsafe ref struct ColumnSummary<TLane>
    where TLane : struct, ISimdLane<TLane>
{
    public required SpikeEquations Spike;
    public required float GrazingLimit;
    public required int Steps;

    /// <summary>As <see cref="ColumnForward{TLane}"/> left it. Shape [step, neuron of the block].</summary>
    public required float* Current;

    /// <summary>What a spike of each step counts for in the readout, and in the gradient of the output weights. Shape [step].</summary>
    public required float* Response;
    public required float* Trace;

    /// <summary>Receives the sums of both, and the number of spikes. Shape [neuron of the block].</summary>
    public required float* Responses;
    public required float* Traces;
    public required float* Counts;

    public int Spikes { get; private set; }

    public int Grazing { get; private set; }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run()
    {
        int width = TLane.Width;
        int steps = Steps;
        float* response = Response;
        float* trace = Trace;
        TLane zero = TLane.Splat(0), one = TLane.Splat(1), any = TLane.Splat(ColumnForward<TLane>.NoSpike / 2);
        TLane limit = TLane.Splat(GrazingLimit), threshold = TLane.Splat(Spike.Threshold);
        TLane all = zero, limited0 = zero, limited1 = zero;
        for (int j = 0; j < 4 * width; j += 2 * width)
        {
            TLane response0 = zero, trace0 = zero, count0 = zero, response1 = zero, trace1 = zero, count1 = zero;
            float* current = Current + j;
            for (int step = 0; step < steps; step++, current += 4 * width)
            {
                TLane ofResponse = TLane.Splat(response[step]), ofTrace = TLane.Splat(trace[step]);
                TLane i0 = TLane.Load(current), i1 = TLane.Load(current + width);
                response0 += TLane.ZeroUnlessGreaterOrEqual(i0, any, ofResponse);
                trace0 += TLane.ZeroUnlessGreaterOrEqual(i0, any, ofTrace);
                count0 += TLane.ZeroUnlessGreaterOrEqual(i0, any, one);
                response1 += TLane.ZeroUnlessGreaterOrEqual(i1, any, ofResponse);
                trace1 += TLane.ZeroUnlessGreaterOrEqual(i1, any, ofTrace);
                count1 += TLane.ZeroUnlessGreaterOrEqual(i1, any, one);

                // At the limit itself it has acted. What is no spike is counted too, and taken away below.
                limited0 += TLane.ZeroUnlessGreaterOrEqual(limit, i0 - threshold, one);
                limited1 += TLane.ZeroUnlessGreaterOrEqual(limit, i1 - threshold, one);
            }

            TLane.Store(response0, Responses + j);
            TLane.Store(response1, Responses + j + width);
            TLane.Store(trace0, Traces + j);
            TLane.Store(trace1, Traces + j + width);
            TLane.Store(count0, Counts + j);
            TLane.Store(count1, Counts + j + width);
            all += count0 + count1;
        }

        Spikes = (int)TLane.Sum(all);
        Grazing = (int)TLane.Sum(limited0 + limited1) - (4 * width * steps - Spikes);
    }
}
