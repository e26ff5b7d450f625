namespace LiveSupport.Silo.Storage;

/// <summary>
/// A record that brings the row of its conversation along. A storage that keeps the rows too
/// (<see cref="IKeepsRows"/>) writes both in one transaction, a refused record taking its row with it, and takes the
/// row off; another leaves it, and it is still to be written.
/// </summary>
public interface IBringsRow
{
    RowAlong? Row { get; set; }
}

/// <param name="SamePerson">The row that it replaces is stored, and of the same name, address and id: what finds people
/// need not be made again.</param>
public sealed record RowAlong(string WorkspaceId, RowWrite Write, bool SamePerson = false);

/// <summary>A storage of grains' state that writes a record's row with the record: rows never differ from records.</summary>
public interface IKeepsRows;
