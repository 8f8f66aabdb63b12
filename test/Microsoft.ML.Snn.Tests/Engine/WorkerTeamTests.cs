using System;
using System.Diagnostics.CodeAnalysis;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Engine;

[TestClass]
public sealed class WorkerTeamTests
{
    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    public void Run_ManyPhases_DoesEveryJobOnce(int size)
    {
        using WorkerTeam team = new(size);
        int[] done = new int[37];
        for (int phase = 1; phase <= 200; phase++)
        {
            team.Run(done.Length, (_, job) => Interlocked.Increment(ref done[job]));

            Assert.IsTrue(done.All(count => count == phase), $"phase {phase}");
        }

        team.Run(0, (_, _) => Assert.Fail("There is no job."));
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    public void Run_JobThrows_ReachesTheCallerAndTheTeamWorksOn(int size)
    {
        using WorkerTeam team = new(size);
        for (int round = 0; round < 20; round++)
        {
            var error = Assert.ThrowsExactly<InvalidOperationException>(() => team.Run(10, (_, job) =>
            {
                if (job == 7)
                {
                    throw new InvalidOperationException("job 7");
                }
            }));
            Assert.AreEqual("job 7", error.Message);

            int done = 0;
            team.Run(10, (_, _) => Interlocked.Increment(ref done));
            Assert.AreEqual(10, done);
        }
    }

    [TestMethod]
    public void Run_AfterTheThreadsWentToSleep_WakesThem()
    {
        using WorkerTeam team = new(3);
        for (int round = 0; round < 3; round++)
        {
            Thread.Sleep(50);
            int done = 0;
            team.Run(30, (_, _) => Interlocked.Increment(ref done));
            Assert.AreEqual(30, done);
        }
    }

    [TestMethod]
    public void Dispose_Twice_DoesNothingMore()
    {
        WorkerTeam team = new(3);
        team.Run(5, (_, _) => { });
        team.Dispose();
        team.Dispose();
    }

    /// <summary>Nobody disposes a cursor that is not read to its end: its threads must not live for ever.</summary>
    [TestMethod]
    [Timeout(60_000, CooperativeCancellation = true)]
    public void Forgotten_WithItsOwner_EndsItsThreads()
    {
        Thread[] threads = Owner.CreateAndForget();
        while (threads.Any(thread => thread.IsAlive))
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Thread.Sleep(5);
        }

        Assert.HasCount(2, threads);
    }

    /// <summary>As a scorer: it holds the team, and its jobs are its own methods.</summary>
    [SuppressMessage("Design", "CA1001", Justification = "It is forgotten, not disposed: that is the test.")]
    private sealed class Owner
    {
        private readonly WorkerTeam _team = new(3);
        private int _done;

        [MethodImpl(MethodImplOptions.NoInlining)]
        public static Thread[] CreateAndForget()
        {
            Owner owner = new();
            for (int round = 0; round < 3; round++)
            {
                owner._team.Run(20, owner.Work);
                Thread.Sleep(20);
            }

            Assert.AreEqual(60, owner._done);
            return [.. owner._team.Threads];
        }

        private void Work(int worker, int job) => Interlocked.Increment(ref _done);
    }
}
