using System.Collections.Immutable;

namespace LiveSupport.Contracts;

/// <summary>
/// The visitors' files of one workspace that no message has taken yet. Key: the workspace's id. Strangers may upload, so
/// these are bounded together and by address, and whatever no message takes within a day is deleted, restarts or not.
/// </summary>
[Alias("ls.unsent-files")]
public interface IUnsentFilesGrain : IGrainWithStringKey
{
    /// <summary>A file is about to come. What is set aside for it counts until <see cref="Came"/> says what it took.</summary>
    /// <param name="address">Stands for the caller's address, and does not tell it.</param>
    /// <returns>Null: it may come. Else how long until there is room by itself.</returns>
    [Alias("comes")] Task<TimeSpan?> Comes(string attachmentId, string address, long bytes, long mostOfAddress, long most);

    /// <summary>So many bytes came; 0: nothing, and it does not count.</summary>
    [Alias("came")] Task Came(string attachmentId, long bytes);

    /// <summary>A message has taken these; others than the visitors' own are passed over.</summary>
    [Alias("sent")] Task Sent(ImmutableArray<string> attachmentIds);

    /// <summary>Deletes some of what was not sent within a day; answers how many it looked at.</summary>
    [Alias("sweep")] Task<int> Sweep();
}
