namespace LiveSupport.Contracts;

/// <summary>
/// A shape in which something is stored. Its number stands in every record as <c>schema</c>, and a program refuses a
/// record of a later number than it knows: it opens nothing and overwrites nothing.
/// <list type="bullet">
/// <item>A new field that may be lost needs no new number: a program that does not know it reads past it, and its next
/// write drops it.</item>
/// <item>All else (a field that must survive, another name, another meaning) raises the number. Release reading it
/// before writing it, so that silos of both versions can run side by side.</item>
/// </list>
/// </summary>
/// <param name="schema">Beginning at 1; a record without it is of 1.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class StoredAttribute(int schema) : Attribute
{
    public int Schema { get; } = schema;
}
