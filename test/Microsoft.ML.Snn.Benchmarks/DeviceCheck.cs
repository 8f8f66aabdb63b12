using System;
using System.Globalization;
using System.IO;
using Microsoft.ML.Snn.Benchmarks.Cases;
using Microsoft.ML.Snn.Engine;

namespace Microsoft.ML.Snn.Benchmarks;

/// <summary>Trains a few networks on a GPU and on the CPU, compares them, and times an epoch: the first thing to run where there is a GPU.</summary>
internal static class DeviceCheck
{
    /// <summary>Exit code where the GPU computes something else than the CPU.</summary>
    public const int Different = 1;

    /// <summary>Exit code where there is no such GPU.</summary>
    public const int NoDevice = 3;

    /// <summary>Runs the check.</summary>
    /// <param name="gpu">Which GPU, counted from 0.</param>
    /// <param name="threads">Threads of the CPU engine.</param>
    /// <param name="trainSize">Examples of the epoch that is timed; null for all.</param>
    /// <returns>0, <see cref="Different"/> or <see cref="NoDevice"/>.</returns>
    public static int Run(int gpu, int threads, int? trainSize)
    {
        using (AcceleratorDevices devices = AcceleratorDevices.Find())
        {
            if (gpu < 0 || gpu >= devices.Found.Count)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"No GPU {gpu}: {devices}. Nothing was checked."));
                return NoDevice;
            }

            Console.WriteLine(devices);
        }

        var networks = new CheckedNetworks(
            CheckSize.Full,
            (algorithm, program) => algorithm.CreateEngine(program, CheckSize.Full.BatchSize, threads, gpu, fallbackToCpu: false, seed: 1, Console.WriteLine),
            threads, Console.WriteLine);
        bool same = true;
        foreach (CheckedCase given in networks.Cases)
        {
            same &= networks.Check(given);
        }

        TimeEpoch(gpu, threads, trainSize);
        Console.WriteLine(same ? "The GPU computes what the CPU computes." : "The GPU does NOT compute what the CPU computes.");
        return same ? 0 : Different;
    }

    private static void TimeEpoch(int gpu, int threads, int? trainSize)
    {
        var options = new RunOptions(Epochs: 3, trainSize, threads, HiddenCount: null, WithPeer: false, gpu);
        BenchmarkTask task;
        try
        {
            task = new LatencyMnistCase().Load(options);
        }
        catch (IOException missing)
        {
            Console.WriteLine($"No epoch of latency-mnist was timed: {missing.Message}");
            return;
        }

        foreach (RunOptions own in new[] { options, options with { GpuDeviceId = null } })
        {
            using var network = new OurNetwork(task, own);
            network.TrainEpoch();
            double seconds = network.TrainEpoch().Seconds;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"latency-mnist, {task.Train.Count} examples, {(own.GpuDeviceId == null ? "CPU" : "GPU")}: second epoch {seconds:F2} s, accuracy {100 * network.Evaluate(task.Test).Accuracy:F1} %"));
        }
    }
}
