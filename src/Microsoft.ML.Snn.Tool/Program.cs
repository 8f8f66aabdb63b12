using System;
using System.Threading;
using Microsoft.ML.Snn.Tool;

return SnnCommands.Run(args, Console.Out, Console.Error, CancellationToken.None);
