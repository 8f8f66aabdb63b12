using System;
using System.Runtime.ExceptionServices;
using System.Threading;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>A fixed set of threads that work through numbered jobs, with the caller as one of them.</summary>
/// <remarks>
/// A batch has several short phases, so that handing one out must cost microseconds: waiting threads spin before
/// they sleep. Handing out allocates nothing. Which thread takes which job is not fixed; results must not depend on it.
/// </remarks>
internal sealed class WorkerTeam : IDisposable
{
    // About 50 microseconds: longer than the gap between two phases, shorter than a person or a scheduler notices.
    private const int SpinsBeforeSleep = 2000;

    private readonly Thread[] _threads;
    private readonly object _gate = new();
    private Action<int, int>? _job;
    private int _jobCount;
    private bool _pinned;
    private int _nextJob;
    private int _busy;
    private int _sleeping;
    private int _phase;
    private bool _stop;
    private ExceptionDispatchInfo? _failure;

    public WorkerTeam(int size)
    {
        _threads = new Thread[size - 1];
        for (int n = 0; n < _threads.Length; n++)
        {
            int worker = n + 1;
            _threads[n] = new Thread(() => Work(worker)) { IsBackground = true, Name = $"Snn worker {worker}" };
            _threads[n].Start();
        }
    }

    /// <summary>Number of threads, the caller's included.</summary>
    public int Size => _threads.Length + 1;

    /// <summary>Calls <paramref name="job"/> with (worker, job number) for every job and returns when all are done.</summary>
    /// <param name="jobCount">Number of jobs.</param>
    /// <param name="job">What to do.</param>
    /// <param name="pinned">
    /// Whether job n always goes to worker n modulo the size of the team, so that what the job touches stays in that
    /// core's cache from phase to phase. Else whoever is free takes the next job.
    /// </param>
    public void Run(int jobCount, Action<int, int> job, bool pinned = false)
    {
        _job = job;
        _jobCount = jobCount;
        _pinned = pinned;
        _nextJob = -1;
        _failure = null;
        Volatile.Write(ref _busy, _threads.Length);
        Interlocked.Increment(ref _phase);
        if (Volatile.Read(ref _sleeping) > 0)
        {
            lock (_gate)
            {
                Monitor.PulseAll(_gate);
            }
        }

        TakeJobs(0);
        var spin = default(SpinWait);
        while (Volatile.Read(ref _busy) > 0)
        {
            spin.SpinOnce(sleep1Threshold: -1);
        }

        _failure?.Throw();
    }

    /// <summary>Ends the threads. Calling it again does nothing: ML.NET disposes cursors more than once.</summary>
    public void Dispose()
    {
        if (_stop)
        {
            return;
        }

        _stop = true;
        Run(0, static (_, _) => { });
        Array.ForEach(_threads, thread => thread.Join());
    }

    private void Work(int worker)
    {
        int seen = 0;
        while (true)
        {
            WaitForPhaseAfter(seen);
            seen++;
            TakeJobs(worker);
            bool stop = _stop;
            Interlocked.Decrement(ref _busy);
            if (stop)
            {
                return;
            }
        }
    }

    private void WaitForPhaseAfter(int seen)
    {
        for (int spins = 0; spins < SpinsBeforeSleep; spins++)
        {
            if (Volatile.Read(ref _phase) != seen)
            {
                return;
            }

            Thread.SpinWait(8);
        }

        lock (_gate)
        {
            Interlocked.Increment(ref _sleeping);
            while (Volatile.Read(ref _phase) == seen)
            {
                Monitor.Wait(_gate);
            }

            Interlocked.Decrement(ref _sleeping);
        }
    }

    private int Next(int worker, int last)
    {
        if (!_pinned)
        {
            return Interlocked.Increment(ref _nextJob);
        }

        return last < 0 ? worker : last + Size;
    }

    private void TakeJobs(int worker)
    {
        try
        {
            for (int job = Next(worker, -1); job < _jobCount; job = Next(worker, job))
            {
                _job!(worker, job);
            }
        }
        catch (Exception failure)
        {
            // Run throws it on the caller's thread once every worker is done: no job outlives its phase.
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(failure), null);
        }
    }
}
