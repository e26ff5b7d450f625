namespace LiveSupport.Load;

/// <param name="Does">One line for the list of commands.</param>
/// <param name="Run">Gives the process's exit code: 0 when all that was asked held.</param>
internal sealed record Command(string Name, string Does, Func<Arguments, CancellationToken, Task<int>> Run);
