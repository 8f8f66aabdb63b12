using System;
using System.Collections.Generic;
using System.Threading;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>A fixed set of threads that work through numbered jobs, with the caller as one of them.</summary>
/// <remarks>
/// The threads know the <see cref="WorkerCrew"/>, not this team or its owner. So an owner that nobody disposes, as a cursor whose
/// rows were not read to the end, is collected, and its threads end with it.
/// </remarks>
internal sealed class WorkerTeam : IDisposable
{
    private readonly WorkerCrew _crew;

    public WorkerTeam(int size) => _crew = new WorkerCrew(size);

    ~WorkerTeam() => _crew.Stop();

    /// <summary>Number of threads, the caller's included.</summary>
    public int Size => _crew.Threads.Count + 1;

    /// <summary>The threads beside the caller's.</summary>
    public IReadOnlyList<Thread> Threads => _crew.Threads;

    /// <summary>Calls <paramref name="job"/> with (worker, job number) for every job and returns when all are done.</summary>
    /// <remarks>The first exception of a job is thrown here, once every other job is done.</remarks>
    public void Run(int jobCount, Action<int, int> job)
    {
        _crew.Run(jobCount, job);
        GC.KeepAlive(this);
    }

    /// <summary>Ends the threads. Calling it again does nothing: ML.NET disposes cursors more than once.</summary>
    public void Dispose()
    {
        _crew.Stop();
        foreach (Thread thread in _crew.Threads)
        {
            thread.Join();
        }

        GC.SuppressFinalize(this);
    }
}
