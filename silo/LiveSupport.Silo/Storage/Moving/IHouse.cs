namespace LiveSupport.Silo.Storage.Moving;

/// <summary>Everything that a store holds, to be carried out of it and into another.</summary>
internal interface IHouse
{
    /// <summary>Hands over everything as of one moment: records, then rows, then texts, each in a fixed order. Others may
    /// go on writing meanwhile.</summary>
    /// <exception cref="StoreCannotOpenException">There is no store, or it cannot be read.</exception>
    T Carry<T>(Func<IEnumerable<Belonging>, T> outOf);

    /// <summary>
    /// Stores everything in one transaction, in which <paramref name="check"/> then sees what is stored. An exception
    /// of either takes all of it back.
    /// </summary>
    /// <exception cref="StoreCannotOpenException">The store holds something already, or cannot be written.</exception>
    Task MoveIn(IEnumerable<Belonging> belongings, Action<IEnumerable<Belonging>> check);
}

/// <summary>One thing that is moved.</summary>
internal abstract record Belonging;

/// <param name="State">JSON, as the grain wrote it.</param>
internal sealed record MovedRecord(string Type, string Key, string Name, byte[] State) : Belonging;

/// <param name="Row">The queue's row as JSON.</param>
internal sealed record MovedRow(string Workspace, byte[] Row) : Belonging;

/// <param name="At">.NET's ticks, UTC.</param>
internal sealed record MovedText(string Workspace, string Conversation, long Seq, long At, string Text) : Belonging;

/// <summary>One key of the ring that protects cookies, tokens and stored secrets.</summary>
internal sealed record MovedKey(string Xml) : Belonging;
