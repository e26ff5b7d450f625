namespace LiveSupport.Contracts;

/// <summary>
/// What every screen does with events: apply them to the snapshot it holds. The result equals a fresh snapshot;
/// the same rules in TypeScript are held to it by the fixtures in web/shared/fixtures.
/// </summary>
public static class SnapshotReducer
{
    /// <summary>
    /// The snapshot after one more event. An event that it knows already (its revision is not greater) changes nothing.
    /// </summary>
    /// <param name="reader">Whose snapshot it is: unread is counted for an agent only.</param>
    /// <exception cref="ArgumentException">Events between are missing: ask the conversation (<c>Sync</c>).</exception>
    public static ConversationSnapshot Apply(ConversationSnapshot before, ConversationEvent change, Reader reader)
    {
        if (change.Rev <= before.Summary.Rev)
            return before;
        if (change.Rev > before.Summary.Rev + 1)
            throw new ArgumentException($"Event {change.Rev} does not follow revision {before.Summary.Rev}.", nameof(change));
        var after = before with { Summary = before.Summary with { Rev = change.Rev } };
        return change switch
        {
            EntryAdded added => Add(after, added.Entry, reader),
            ModeChanged mode => after with
            {
                Epoch = mode.Epoch,
                Summary = after.Summary with
                {
                    Mode = mode.Mode,
                    IsCase = after.Summary.IsCase || mode.Mode == Mode.HumanInteraction,
                    WaitingSince = WaitingAfter(mode, after.Summary.Status, after.Summary.PreviewBy, after.Summary.WaitingSince),
                },
            },
            StatusChanged status => after with
            {
                Epoch = status.Epoch,
                SnoozedUntil = status.Until,
                Summary = after.Summary with
                {
                    Status = status.Status,
                    SnoozedUntil = status.Until,
                    WaitingSince = status.Status == Status.Solved ? null : after.Summary.WaitingSince,
                },
            },
            OwnerChanged owner => after with { Epoch = owner.Epoch, Summary = after.Summary with { Owner = owner.Owner } },
            ReadMoved { By.Type: AuthorType.Visitor } read => after with { VisitorSeenSeq = Math.Max(after.VisitorSeenSeq, read.Seq) },
            ReadMoved { By.Type: AuthorType.Agent } read => after with
            {
                AgentSeenSeq = Math.Max(after.AgentSeenSeq, read.Seq),
                Summary = reader.Role == AuthorType.Agent && read.By.Id == reader.Id
                    ? after.Summary with { Unread = after.VisitorEntries - read.VisitorEntriesRead }
                    : after.Summary,
            },
            ContactChanged { Visitor: var visitor } => after with
            {
                Summary = after.Summary with
                {
                    Visitor = after.Summary.Visitor with { Id = visitor.Id, Name = visitor.Name, Email = visitor.Email },
                },
            },
            _ => after,
        };
    }

    private static ConversationSnapshot Add(ConversationSnapshot before, Entry entry, Reader reader)
    {
        var summary = before.Summary with { Seq = entry.Seq };
        if (entry.Code == SystemCodes.Erased)
            return Erase(before, entry, summary);
        summary = summary with { WaitingSince = WaitingAfter(entry, summary.Mode, summary.WaitingSince) };
        var after = before with { Entries = before.Entries.Add(entry), Summary = summary };
        if (!IsMessage(entry))
            return after;
        summary = summary with { Preview = PreviewOf(entry), PreviewBy = entry.Author, LastAt = entry.At };
        if (entry.Author.Type != AuthorType.Visitor)
            return after with { Summary = summary };
        return after with
        {
            VisitorEntries = before.VisitorEntries + 1,
            Summary = reader.Role == AuthorType.Agent ? summary with { Unread = summary.Unread + 1 } : summary,
        };
    }

    /// <summary>Nothing is left but the line that says so.</summary>
    private static ConversationSnapshot Erase(ConversationSnapshot before, Entry entry, ConversationSummary summary) => before with
    {
        Entries = [entry],
        HasMore = false,
        VisitorEntries = 0,
        Summary = summary with { Preview = PreviewOf(entry), PreviewBy = entry.Author, Unread = 0 },
    };

    /// <summary>
    /// Since when the visitor waits for a person, after that change of mode: whose last words the bot has answered waits
    /// for nobody, though an agent came by themselves, and in what is solved nobody waits.
    /// </summary>
    /// <param name="spokeLast">Whose the newest message is.</param>
    /// <param name="before">Since when it was until then.</param>
    public static DateTimeOffset? WaitingAfter(ModeChanged change, Status status, Author? spokeLast, DateTimeOffset? before) =>
        change.Mode == Mode.Bot ? null
        : status != Status.Solved && spokeLast?.Type == AuthorType.Visitor ? before ?? change.At
        : before;

    /// <summary>The same after that entry: what the visitor says to people waits, until one of them answers.</summary>
    public static DateTimeOffset? WaitingAfter(Entry entry, Mode mode, DateTimeOffset? before) =>
        !IsMessage(entry) ? (AsksForPerson(entry) ? before ?? entry.At : before)
        : entry.Author.Type switch
        {
            AuthorType.Visitor when mode == Mode.HumanInteraction => before ?? entry.At,
            AuthorType.Agent => null,
            _ => before,
        };

    /// <summary>From here on the visitor waits for a person, whoever spoke last.</summary>
    public static bool AsksForPerson(Entry entry) => entry.Code is SystemCodes.AskedForPerson or SystemCodes.BotHandedOff;

    /// <summary>Something said to the other side: it moves the row in the queue and is its preview. Notes and system entries do not.</summary>
    public static bool IsMessage(Entry entry) => entry.Kind is EntryKind.Text or EntryKind.Attachment;

    /// <summary>The text, or the file's name, as long as a row has room for.</summary>
    public static string PreviewOf(Entry entry) =>
        Texts.Cut(entry.Text.Length > 0 ? entry.Text : entry.Attachments is [var first, ..] ? first.Name : "", Limits.Preview);
}
