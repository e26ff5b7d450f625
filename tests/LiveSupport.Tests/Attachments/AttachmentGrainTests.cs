using System.Collections.Immutable;
using System.Text;
using LiveSupport.Api.Edge;
using LiveSupport.Contracts;
using LiveSupport.Silo.Attachments;
using LiveSupport.Tests.Support;

namespace LiveSupport.Tests.Attachments;

/// <summary>A file piece by piece, and the one message that takes it.</summary>
public sealed class AttachmentGrainTests
{
    private static readonly Reader Visitor = new(AuthorType.Visitor, "v1");
    private static readonly Reader Agent = new(AuthorType.Agent, "a1");
    private const long Plenty = 1L << 40;
    private static readonly AttachmentUse Message = new("c1", "m1", IsNote: false);

    [Fact]
    public async Task A_file_survives_a_restart_piece_by_piece()
    {
        var silo = await SiloHost.Start();
        var bytes = Bytes(Limits.AttachmentPiece + 1_000);
        var kept = await Upload(silo, "f1", Visitor, "text/plain", bytes);
        Assert.Equal(new Attachment("f1", "a file", "text/plain", bytes.Length), kept);

        await using var again = await silo.Restart();
        var file = File(again, "f1");
        var info = (await file.Info())!;
        Assert.Equal(2, info.Pieces);
        Assert.Equal<byte[]>([.. bytes], [.. await file.Piece(0), .. await file.Piece(1)]);
        Assert.True((await file.Claim(Visitor, Message)).Accepted);
    }

    [Fact]
    public async Task What_no_message_took_within_a_day_is_deleted_and_what_one_has_stays()
    {
        var before = await SiloHost.Start();
        await Upload(before, "wanted", Visitor, "text/plain", Bytes(10));
        await File(before, "wanted").Claim(Visitor, Message);
        await Upload(before, "left", Visitor, "text/plain", Bytes(10));

        await using var silo = await before.Restart();
        silo.Clock.Advance(TimeSpan.FromHours(25));
        await TestServer.Eventually(async () => await File(silo, "left").Info() is null);
        await Assert.ThrowsAnyAsync<Exception>(() => File(silo, "left").Piece(0));
        Assert.Equal(Bytes(10).ToArray(), (await File(silo, "wanted").Piece(0)).ToArray());
        Assert.NotNull(await File(silo, "wanted").Info());
    }

    [Fact]
    public async Task What_was_not_sent_within_a_day_goes_after_a_restart_too_with_what_a_crash_left_of_an_upload()
    {
        var before = await SiloHost.Start();
        foreach (var id in (string[])["sent", "left", "cut-off"])
            Assert.Null(await before.Grains.UnsentFiles(SiloHost.Workspace).Comes(id, "here", 10, Plenty, Plenty));
        await Upload(before, "sent", Visitor, "text/plain", Bytes(10));
        await File(before, "sent").Claim(Visitor, Message);
        await Upload(before, "left", Visitor, "text/plain", Bytes(10));
        await File(before, "cut-off").Begin(new AttachmentDraft(Visitor, "a file", "text/plain"));
        await File(before, "cut-off").Append(Bytes(10));

        await using var silo = await before.Restart();
        silo.Clock.Advance(TimeSpan.FromHours(25));
        Assert.Null(await silo.Grains.UnsentFiles(SiloHost.Workspace).Comes("new", "here", 10, Plenty, Plenty));
        await Upload(silo, "new", Visitor, "text/plain", Bytes(10));
        // The silo looks from time to time itself, and may have been first.
        await silo.Grains.UnsentFiles(SiloHost.Workspace).Sweep();

        Assert.NotNull(await File(silo, "sent").Info());
        Assert.Null(await File(silo, "left").Info());
        foreach (var id in (string[])["left", "cut-off"])
            await Assert.ThrowsAnyAsync<Exception>(() => File(silo, id).Piece(0));
        Assert.Equal(Bytes(10).ToArray(), (await File(silo, "new").Piece(0)).ToArray());
    }

    [Fact]
    public void There_is_room_for_what_is_not_sent_by_address_and_in_all_and_again_once_the_oldest_are_gone()
    {
        const long Mb = UnsentFiles.LeastBytes;
        var now = new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
        var files = new UnsentFiles();
        foreach (var (id, address, bytes, hours) in ((string, string, long, int)[])[("a", "here", 1, 0), ("b", "here", 2 * Mb, 1), ("c", "there", Mb, 2)])
            files = files.With(new UnsentFile(id, address, bytes, now.AddHours(hours)));
        now = now.AddHours(3);

        Assert.Null(files.Wait("here", Mb, 4 * Mb, 5 * Mb, now));
        Assert.Equal(TimeSpan.FromHours(21), files.Wait("here", Mb, 3 * Mb, 5 * Mb, now));
        Assert.Equal(TimeSpan.FromHours(22), files.Wait("here", 2 * Mb, 3 * Mb, 9 * Mb, now));
        Assert.Equal(TimeSpan.FromHours(22), files.Wait("elsewhere", 3 * Mb, 3 * Mb, 5 * Mb, now));
        Assert.Equal(TimeSpan.FromHours(23), files.Wait("here", 5 * Mb, 9 * Mb, 4 * Mb, now));
        Assert.Null(files.Sized("b", 1).Wait("here", Mb, 3 * Mb, 5 * Mb, now));
        Assert.Null(files.Without(["a", "unknown"]).Wait("here", Mb, 3 * Mb, 5 * Mb, now));
        Assert.Equal<string>(["a", "b"], files.Over(now.AddHours(22.5), 9));
        Assert.Equal<string>(["a"], files.Over(now.AddHours(22.5), 1));
    }

    [Fact]
    public async Task Another_workspace_does_not_have_it()
    {
        await using var silo = await SiloHost.Start();
        await Upload(silo, "f1", Visitor, "text/plain", Bytes(10));
        var elsewhere = silo.Grains.GetGrain<IAttachmentGrain>(Ids.Key("another", "f1"));
        Assert.Null(await elsewhere.Info());
        Assert.Equal(Codes.NotFound, (await elsewhere.Claim(Visitor, Message)).Refusal?.Code);
    }

    [Fact]
    public async Task There_is_no_file_before_it_is_complete()
    {
        await using var silo = await SiloHost.Start();
        var file = File(silo, "f1");
        await file.Begin(new AttachmentDraft(Visitor, "a file", "text/plain"));
        await file.Append(Bytes(10));
        Assert.Null(await file.Info());
        Assert.Equal(Codes.NotFound, (await file.Claim(Visitor, Message)).Refusal?.Code);

        await file.Discard();
        Assert.Equal(Codes.NotFound, (await file.Complete()).Refusal?.Code);
        await Assert.ThrowsAnyAsync<Exception>(() => file.Piece(0));
    }

    [Fact]
    public async Task Nothing_and_too_much_are_refused()
    {
        await using var silo = await SiloHost.Start();
        await File(silo, "empty").Begin(new AttachmentDraft(Visitor, "a file", "text/plain"));
        Assert.Equal(Codes.BadRequest, (await File(silo, "empty").Complete()).Refusal?.Code);
        await File(silo, "big").Begin(new AttachmentDraft(Visitor, "a file", "text/plain"));
        Assert.Equal(Codes.TooLong, (await File(silo, "big").Append(Bytes(Limits.AttachmentPiece + 1))).Refusal?.Code);
        Assert.Equal(Codes.NotFound, (await File(silo, "never").Append(Bytes(1))).Refusal?.Code);
    }

    [Fact]
    public async Task One_message_takes_it_and_may_ask_again()
    {
        await using var silo = await SiloHost.Start();
        await Upload(silo, "f1", Visitor, "text/plain", Bytes(10));
        var file = File(silo, "f1");

        Assert.Equal(Codes.NotFound, (await file.Claim(Agent, Message)).Refusal?.Code);
        Assert.True((await file.Claim(Visitor, Message)).Value!.IsNew);
        Assert.False((await file.Claim(Visitor, Message)).Value!.IsNew);
        Assert.Equal(Codes.Conflict, (await file.Claim(Visitor, Message with { MessageId = "m2" })).Refusal?.Code);
        // The first conversation was over: the message goes on to the next one.
        Assert.True((await file.Claim(Visitor, Message with { ConversationId = "c2" })).Accepted);
        Assert.Equal("c2", (await file.Info())!.Use!.ConversationId);
    }

    [Fact]
    public async Task An_agents_file_does_not_move_to_another_conversation()
    {
        await using var silo = await SiloHost.Start();
        await Upload(silo, "f1", Agent, "text/plain", Bytes(10));
        await File(silo, "f1").Claim(Agent, Message);
        Assert.Equal(Codes.Conflict, (await File(silo, "f1").Claim(Agent, Message with { ConversationId = "c2" })).Refusal?.Code);
        Assert.Equal(Codes.Conflict, (await File(silo, "f1").Claim(Agent, Message with { IsNote = true })).Refusal?.Code);
    }

    [Fact]
    public async Task A_refused_message_gives_it_back_but_never_one_that_was_claimed_again()
    {
        await using var silo = await SiloHost.Start();
        await Upload(silo, "f1", Visitor, "text/plain", Bytes(10));
        var file = File(silo, "f1");
        await file.Claim(Visitor, Message);
        await file.Release(Message);
        Assert.True((await file.Claim(Visitor, Message with { MessageId = "m2" })).Accepted);

        await file.Claim(Visitor, Message with { MessageId = "m2" });
        await file.Release(Message with { MessageId = "m2" });
        Assert.Equal("m2", (await file.Info())!.Use?.MessageId);
    }

    [Theory]
    [InlineData("text/html", "<html><script>alert(1)</script>", "text/html")]
    [InlineData("image/png", "<html><script>alert(1)</script>", "application/octet-stream")]
    [InlineData("image/svg+xml", "<svg onload='alert(1)'/>", "image/svg+xml")]
    [InlineData("text/plain", "GIF89a then anything", "image/gif")]
    public async Task A_picture_must_prove_that_it_is_one(string declared, string content, string stored)
    {
        await using var silo = await SiloHost.Start();
        var kept = await Upload(silo, "f1", Visitor, declared, [.. Encoding.UTF8.GetBytes(content)]);
        Assert.Equal(stored, kept.ContentType);
        Assert.Equal(stored.StartsWith("image/gif", StringComparison.Ordinal), Pictures.IsShown(kept.ContentType));
    }

    [Theory]
    [InlineData("89504E470D0A1A0A0000", "image/png")]
    [InlineData("FFD8FFE000104A464946", "image/jpeg")]
    [InlineData("474946383761", "image/gif")]
    [InlineData("524946460000000057454250", "image/webp")]
    [InlineData("524946460000000057415645", null)]
    [InlineData("8950", null)]
    [InlineData("", null)]
    [InlineData("25504446", null)]
    public void Pictures_are_known_by_how_they_begin(string beginning, string? type) =>
        Assert.Equal(type, Pictures.TypeOf(Convert.FromHexString(beginning)));

    private static IAttachmentGrain File(SiloHost silo, string id) => silo.Grains.GetGrain<IAttachmentGrain>(Ids.Key(SiloHost.Workspace, id));

    private static ImmutableArray<byte> Bytes(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(i * 31))];

    private static async Task<Attachment> Upload(SiloHost silo, string id, Reader by, string contentType, ImmutableArray<byte> bytes)
    {
        var file = File(silo, id);
        Assert.True((await file.Begin(new AttachmentDraft(by, "a file", contentType))).Accepted);
        foreach (var piece in bytes.Chunk(Limits.AttachmentPiece))
            Assert.True((await file.Append([.. piece])).Accepted);
        return (await file.Complete()).Value!;
    }
}
