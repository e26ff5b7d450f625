using System.Collections.Immutable;
using LiveSupport.Contracts;

namespace LiveSupport.Silo.Conversations;

/// <summary>Sixteen entries in a row, sealed: never written again.</summary>
[Stored(1)]
public sealed class Page
{
    public ImmutableArray<Entry> Entries { get; set; } = [];

    /// <summary>The visitor's messages before this page.</summary>
    public int VisitorEntriesBefore { get; set; }
}

/// <summary>
/// The older entries of one conversation. Page n holds the entries 16n+1 to 16n+16, so no index is needed; a page is
/// written before the head that no longer holds its entries, and so there is no moment at which an entry is nowhere.
/// </summary>
public sealed class Pages(IGrainStorage storage, GrainId grainId)
{
    /// <summary>Small, because until it is sealed each commit writes it again.</summary>
    public const int Length = 16;

    private const int Cached = 8;

    /// <summary>The newest of those that were written or read here, by number.</summary>
    private readonly SortedList<long, Page> _pages = [];
    private Dictionary<string, long>? _ids;

    /// <summary>
    /// Moves the oldest entries of the committed tail to a page when they fill one; answers how many. Doing it again
    /// after a crash writes the same page.
    /// </summary>
    public async Task<int> Seal(ConversationState committed)
    {
        if (committed.Tail.Length < Length)
            return 0;
        var number = (committed.TailFrom - 1) / Length;
        var page = new Page
        {
            Entries = committed.Tail[..Length],
            VisitorEntriesBefore = committed.VisitorEntries - committed.Tail.Count(IsVisitorMessage),
        };
        var stored = new GrainState<Page>(page);
        try
        {
            await storage.WriteStateAsync(Name(number), grainId, stored);
        }
        catch (InconsistentStateException)
        {
            // A commit that failed after this step has left it here: the same entries, for they were committed.
            page = await Read(number);
        }
        Keep(number, page);
        if (_ids is { } ids)
            Note(ids, page);
        return Length;
    }

    /// <summary>The entry of that id among all of the conversation.</summary>
    public async Task<Entry?> Find(ConversationState state, string id)
    {
        foreach (var entry in state.Tail)
        {
            if (entry.Id == id)
                return entry;
        }
        if (state.TailFrom == 1 || state.Erased is not null)
            return null;
        var ids = _ids ??= await ReadIds(state);
        return ids.TryGetValue(id, out var seq) ? EntryIn(await Read((seq - 1) / Length), seq) : null;
    }

    /// <summary>The newest entries between <paramref name="after"/> and <paramref name="before"/> that
    /// <paramref name="wanted"/> lets through, oldest first.</summary>
    public async Task<EntryPage> Newest(ConversationState state, long before, int limit, Func<Entry, bool> wanted, long after = 0)
    {
        var found = new List<Entry>(limit);
        await foreach (var entry in Backwards(state, before - 1))
        {
            if (entry.Seq <= after)
                break;
            if (!wanted(entry))
                continue;
            if (found.Count == limit)
                return new EntryPage(Reversed(found), HasMore: true);
            found.Add(entry);
        }
        return new EntryPage(Reversed(found), HasMore: false);
    }

    /// <summary>All entries after that revision, oldest first.</summary>
    public async Task<ImmutableArray<Entry>> After(ConversationState state, long rev)
    {
        var found = new List<Entry>();
        await foreach (var entry in Backwards(state, state.Seq))
        {
            if (entry.Rev <= rev)
                break;
            found.Add(entry);
        }
        return Reversed(found);
    }

    /// <summary>The visitor's messages up to and including <paramref name="seq"/>.</summary>
    public async Task<int> VisitorEntriesUpTo(ConversationState state, long seq)
    {
        if (seq >= state.TailFrom - 1)
            return state.VisitorEntries - state.Tail.Count(entry => entry.Seq > seq && IsVisitorMessage(entry));
        if (seq <= 0 || state.Erased is not null)
            return 0;
        var page = await Read((seq - 1) / Length);
        return page.VisitorEntriesBefore + page.Entries.Count(entry => entry.Seq <= seq && IsVisitorMessage(entry));
    }

    /// <summary>The visitor's newest message; null when there is none.</summary>
    public async Task<long?> NewestOfVisitor(ConversationState state) =>
        (await Newest(state, long.MaxValue, 1, IsVisitorMessage)).Entries is [var entry] ? entry.Seq : null;

    /// <summary>The ids of all the visitor's messages.</summary>
    public async Task<ImmutableArray<string>> Said(ConversationState state)
    {
        var ids = ImmutableArray.CreateBuilder<string>(state.VisitorEntries);
        await foreach (var entry in Backwards(state, state.Seq))
        {
            if (IsVisitorMessage(entry))
                ids.Add(entry.Id);
        }
        return ids.ToImmutable();
    }

    /// <summary>The ids of all files.</summary>
    public async Task<ImmutableArray<string>> Files(ConversationState state)
    {
        var files = ImmutableArray.CreateBuilder<string>();
        await foreach (var entry in Backwards(state, state.Seq))
            files.AddRange((entry.Attachments ?? []).Select(file => file.Id));
        return files.ToImmutable();
    }

    /// <summary>Deletes the pages of an erased conversation; those that are gone already are passed over.</summary>
    public async Task Delete(ErasedMark erased)
    {
        _pages.Clear();
        _ids = null;
        // One more than were full: a commit that failed may have left the next one.
        for (var number = 0L; number <= erased.UpTo / Length; number++)
        {
            var stored = new GrainState<Page>();
            await storage.ReadStateAsync(Name(number), grainId, stored);
            if (stored.RecordExists)
                await storage.ClearStateAsync(Name(number), grainId, stored);
        }
    }

    private async IAsyncEnumerable<Entry> Backwards(ConversationState state, long from)
    {
        Page? page = null;
        for (var seq = Math.Min(from, state.Seq); seq > (state.Erased?.UpTo ?? 0); seq--)
        {
            if (seq >= state.TailFrom)
            {
                yield return state.Tail[(int)(seq - state.TailFrom)];
                continue;
            }
            if (page is null || page.Entries[0].Seq > seq)
                page = await Read((seq - 1) / Length);
            yield return EntryIn(page, seq);
        }
    }

    private async Task<Page> Read(long number)
    {
        if (_pages.TryGetValue(number, out var known))
            return known;
        var stored = new GrainState<Page>();
        await storage.ReadStateAsync(Name(number), grainId, stored);
        if (!stored.RecordExists || stored.State is not { } page || page.Entries is not [var first, ..] || first.Seq != number * Length + 1 || page.Entries.Length != Length)
            throw new InvalidDataException($"Page {number} of {grainId} is missing or damaged.");
        Keep(number, page);
        return page;
    }

    private void Keep(long number, Page page)
    {
        _pages[number] = page;
        if (_pages.Count > Cached)
            _pages.RemoveAt(0);
    }

    private async Task<Dictionary<string, long>> ReadIds(ConversationState state)
    {
        var ids = new Dictionary<string, long>();
        for (var number = 0L; number < (state.TailFrom - 1) / Length; number++)
            Note(ids, await Read(number));
        return ids;
    }

    private static void Note(Dictionary<string, long> ids, Page page)
    {
        foreach (var entry in page.Entries)
            ids[entry.Id] = entry.Seq;
    }

    private static Entry EntryIn(Page page, long seq) => page.Entries[(int)(seq - page.Entries[0].Seq)];

    private static bool IsVisitorMessage(Entry entry) =>
        entry.Author.Type == AuthorType.Visitor && SnapshotReducer.IsMessage(entry);

    private static ImmutableArray<Entry> Reversed(List<Entry> entries)
    {
        entries.Reverse();
        return [.. entries];
    }

    private static string Name(long number) => $"page-{number}";
}
