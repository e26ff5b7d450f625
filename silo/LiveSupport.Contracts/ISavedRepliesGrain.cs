using System.Collections.Immutable;

namespace LiveSupport.Contracts;

/// <summary>The texts that agents of one workspace put into a message by <c>/</c>. Key: the workspace's id.</summary>
[Alias("ls.saved-replies")]
public interface ISavedRepliesGrain : IGrainWithStringKey
{
    /// <summary>The first ones of a new workspace; does nothing once any was ever written.</summary>
    [Alias("begin")] Task Begin(ImmutableArray<SavedReply> replies);

    /// <summary>All of them, by their shortcut.</summary>
    [Alias("list"), ReadOnly] Task<ImmutableArray<SavedReply>> List();

    /// <summary>Adds a reply or replaces the one of the same id. <see cref="Codes.Conflict"/> when another one has the shortcut.</summary>
    [Alias("put")] Task<Outcome<Done>> Put(SavedReply reply);
    [Alias("remove")] Task<Outcome<Done>> Remove(string id);
}

/// <param name="Shortcut">What is typed after the <c>/</c>, in lower case.</param>
/// <param name="Text">Markdown. <c>{{visitor}}</c> and <c>{{agent}}</c> become first names where it is put in.</param>
[GenerateSerializer, Immutable, Alias("ls.saved-reply")]
public sealed record SavedReply([property: Id(0)] string Id, [property: Id(1)] string Shortcut, [property: Id(2)] string Text);
