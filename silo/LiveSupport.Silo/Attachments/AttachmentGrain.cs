using System.Collections.Immutable;
using System.Runtime.InteropServices;
using LiveSupport.Contracts;
using LiveSupport.Silo.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace LiveSupport.Silo.Attachments;

[GenerateSerializer, Immutable, Alias("ls.attachment-state"), Stored(1)]
public sealed record AttachmentState
{
    /// <summary>Null: there is no complete file.</summary>
    [Id(0)] public AttachmentInfo? File { get; init; }
}

/// <summary>
/// Writes the pieces as they come, each a record of its own, and last of all what they are: so there is never half a
/// file. An upload lives in memory only; one that a crash cuts off begins anew, under another id.
/// </summary>
[GrainType("attachment")]
public sealed class AttachmentGrain(
    [PersistentState("file", StorageNames.Grains)] IPersistentState<AttachmentState> stored, TimeProvider clock) : Grain, IAttachmentGrain
{
    /// <summary>How often an activation looks whether its file is still wanted. It also keeps the activation.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMinutes(5);

    private static readonly Refusal NotFound = new(Codes.NotFound, "There is no such upload.");

    private readonly record struct Upload(AttachmentDraft Draft, string ContentType, int Pieces, long Size, DateTimeOffset Since);

    private IGrainStorage _storage = null!;
    private Upload? _upload;
    private IGrainTimer? _timer;

    /// <summary>The claim that may be given back: made by this activation, and by one call.</summary>
    private AttachmentUse? _fresh;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _storage = ServiceProvider.GetRequiredKeyedService<IGrainStorage>(StorageNames.Grains);
        if (stored.State.File is { Use: null } file)
            Watch(clock.GetUtcNow() - file.At > AttachmentRules.KeptUnclaimed ? TimeSpan.Zero : Look);
        return Task.CompletedTask;
    }

    public Task<Outcome<Done>> Begin(AttachmentDraft draft)
    {
        if (_upload is not null || stored.State.File is not null)
            return Task.FromResult<Outcome<Done>>(new Refusal(Codes.Conflict, "This upload has begun already."));
        _upload = new Upload(draft, draft.ContentType, 0, 0, clock.GetUtcNow());
        Watch(Look);
        return Task.FromResult<Outcome<Done>>(Done.It);
    }

    public async Task<Outcome<Done>> Append(ImmutableArray<byte> piece)
    {
        if (_upload is not { } upload)
            return NotFound;
        if (piece.Length > Limits.AttachmentPiece || upload.Size + piece.Length > Limits.Attachment)
            return new Refusal(Codes.TooLong, "A file may have at most 25 MB.");
        await _storage.WriteStateAsync(Name(upload.Pieces), this.GetGrainId(), new GrainState<AttachmentPiece>(new AttachmentPiece { Bytes = [.. piece] }));
        _upload = upload with
        {
            ContentType = upload.Pieces == 0 ? Pictures.Proven(upload.ContentType, piece.AsSpan()) : upload.ContentType,
            Pieces = upload.Pieces + 1,
            Size = upload.Size + piece.Length,
        };
        return Done.It;
    }

    public async Task<Outcome<Attachment>> Complete()
    {
        if (_upload is not { } upload)
            return NotFound;
        if (upload.Size == 0)
            return new Refusal(Codes.BadRequest, "The file is empty.");
        var (_, id) = Ids.Split(this.GetPrimaryKeyString());
        await Write(new AttachmentInfo
        {
            File = new Attachment(id, upload.Draft.Name, upload.ContentType, upload.Size),
            Uploader = upload.Draft.Uploader,
            Pieces = upload.Pieces,
            At = clock.GetUtcNow(),
        });
        _upload = null;
        return stored.State.File!.File;
    }

    public async Task Discard()
    {
        if (_upload is not { } upload)
            return;
        _upload = null;
        await Clear(upload.Pieces);
        DeactivateOnIdle();
    }

    public async Task<Outcome<AttachmentClaim>> Claim(Reader by, AttachmentUse use)
    {
        var file = stored.State.File;
        if (AttachmentRules.MayClaim(file, by, use) is { } refusal)
            return refusal;
        _fresh = file!.Use is null ? use : null;
        if (file.Use != use)
            await Write(file with { Use = use });
        return new AttachmentClaim(file.File, IsNew: file.Use is null);
    }

    public async Task Release(AttachmentUse use)
    {
        if (_fresh != use || stored.State.File is not { } file)
            return;
        _fresh = null;
        await Write(file with { Use = null });
        Watch(Look);
    }

    public async Task Erase()
    {
        await Discard();
        if (stored.State.File is not { } file)
            return;
        // Its record goes last: cut off, it is done again.
        await Clear(file.Pieces);
        await stored.ClearStateAsync();
        DeactivateOnIdle();
    }

    public async Task EraseUnsent()
    {
        if (stored.State.File is { Use: not null })
            return;
        // Of an upload that a crash cut off nobody knows how many pieces there are.
        if (stored.State.File is null)
            await Clear((int)(Limits.Attachment / Limits.AttachmentPiece));
        await Erase();
        DeactivateOnIdle();
    }

    public Task<AttachmentInfo?> Info() => Task.FromResult(stored.State.File);

    public async Task<ImmutableArray<byte>> Piece(int number)
    {
        var piece = new GrainState<AttachmentPiece>();
        await _storage.ReadStateAsync(Name(number), this.GetGrainId(), piece);
        return piece.RecordExists ? ImmutableCollectionsMarshal.AsImmutableArray(piece.State!.Bytes) : throw new InvalidDataException($"Piece {number} of {this.GetPrimaryKeyString()} is missing.");
    }

    private Task Write(AttachmentInfo file) => stored.Write(new AttachmentState { File = file }, DeactivateOnIdle);

    /// <summary>Looks from time to time while nothing has taken the file. Best effort: after a restart only who is asked for looks.</summary>
    private void Watch(TimeSpan first) =>
        _timer ??= this.RegisterGrainTimer(DeleteIfUnwanted, new GrainTimerCreationOptions(first, Look) { KeepAlive = true });

    private async Task DeleteIfUnwanted()
    {
        var now = clock.GetUtcNow();
        if (_upload is { } upload && now - upload.Since > AttachmentRules.UploadsWithin)
        {
            await Discard();
        }
        else if (stored.State.File is { Use: null } file && now - file.At > AttachmentRules.KeptUnclaimed)
        {
            await Erase();
        }
        else if (_upload is not null || stored.State.File is { Use: null })
        {
            return;
        }
        _timer?.Dispose();
        _timer = null;
    }

    private async Task Clear(int pieces)
    {
        for (var number = 0; number < pieces; number++)
        {
            var piece = new GrainState<AttachmentPiece>();
            await _storage.ReadStateAsync(Name(number), this.GetGrainId(), piece);
            if (piece.RecordExists)
                await _storage.ClearStateAsync(Name(number), this.GetGrainId(), piece);
        }
    }

    private static string Name(int number) => $"piece-{number}";
}
