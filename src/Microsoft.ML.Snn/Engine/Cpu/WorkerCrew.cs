using System;
using System.Collections.Generic;
using System.Runtime.ExceptionServices;
using System.Threading;

namespace Microsoft.ML.Snn.Engine.Cpu;

/// <summary>The threads of a <see cref="WorkerTeam"/> and what they share.</summary>
/// <remarks>
/// <para>A batch has several short phases, so that handing one out must cost microseconds: waiting threads spin before
/// they sleep. Handing out allocates nothing. Which thread takes which job is not fixed; results must not depend on it.</para>
/// <para>A phase ends when its jobs are done, not when every thread has seen it: on a busy machine a thread that has lost
/// its processor holds up nobody.</para>
/// </remarks>
internal sealed class WorkerCrew
{
    // About 50 microseconds: longer than the gap between two phases, shorter than a person or a scheduler notices.
    private const int SpinsBeforeSleep = 1000;

    private readonly Thread[] _threads;
    private readonly object _gate = new();
    private Action<int, int>? _job;

    // Number of jobs in the upper half, next job in the lower one: taking a job is one exchange of both.
    private long _ticket;
    private int _done;
    private int _sleeping;
    private volatile bool _stop;
    private ExceptionDispatchInfo? _failure;

    public WorkerCrew(int size)
    {
        _threads = new Thread[size - 1];
        for (int n = 0; n < _threads.Length; n++)
        {
            int worker = n + 1;
            _threads[n] = new Thread(() => Work(worker)) { IsBackground = true, Name = $"Snn worker {worker}" };
            _threads[n].Start();
        }
    }

    public IReadOnlyList<Thread> Threads => _threads;

    private bool HasJobs
    {
        get
        {
            long ticket = Volatile.Read(ref _ticket);
            return (int)ticket < (int)(ticket >> 32);
        }
    }

    /// <summary>What <see cref="WorkerTeam.Run"/> says.</summary>
    public void Run(int jobCount, Action<int, int> job)
    {
        _job = job;
        _failure = null;
        Volatile.Write(ref _done, 0);

        // A full fence: either this thread sees the sleeper below, or the sleeper sees the jobs.
        Interlocked.Exchange(ref _ticket, (long)jobCount << 32);
        if (Volatile.Read(ref _sleeping) > 0)
        {
            WakeAll();
        }

        TakeJobs(0);
        var spin = default(SpinWait);
        while (Volatile.Read(ref _done) < jobCount)
        {
            spin.SpinOnce(sleep1Threshold: -1);
        }

        // An idle thread must not hold the owner of the job: it would never be collected.
        _job = null;
        _failure?.Throw();
    }

    /// <summary>Tells the threads to end; calling it again does nothing.</summary>
    public void Stop()
    {
        if (!_stop)
        {
            _stop = true;
            WakeAll();
        }
    }

    private void Work(int worker)
    {
        while (!_stop)
        {
            WaitForJobs();
            TakeJobs(worker);
        }
    }

    private void WaitForJobs()
    {
        for (int spins = 0; spins < SpinsBeforeSleep; spins++)
        {
            if (HasJobs)
            {
                return;
            }

            Thread.SpinWait(8);
        }

        lock (_gate)
        {
            Interlocked.Increment(ref _sleeping);
            while (!HasJobs && !_stop)
            {
                Monitor.Wait(_gate);
            }

            Interlocked.Decrement(ref _sleeping);
        }
    }

    private void WakeAll()
    {
        lock (_gate)
        {
            Monitor.PulseAll(_gate);
        }
    }

    private void TakeJobs(int worker)
    {
        while (TryTake(out int job))
        {
            try
            {
                _job!(worker, job);
            }
            catch (Exception failure)
            {
                Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(failure), null);
            }
            finally
            {
                Interlocked.Increment(ref _done);
            }
        }
    }

    private bool TryTake(out int job)
    {
        while (true)
        {
            long ticket = Volatile.Read(ref _ticket);
            job = (int)ticket;
            if (job >= (int)(ticket >> 32))
            {
                return false;
            }

            // The exchange fails if anything changed in between; if it succeeds, the phase cannot end before this job does.
            if (Interlocked.CompareExchange(ref _ticket, ticket + 1, ticket) == ticket)
            {
                return true;
            }
        }
    }
}
