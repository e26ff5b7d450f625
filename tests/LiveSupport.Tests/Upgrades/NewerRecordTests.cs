using LiveSupport.Contracts;
using LiveSupport.Silo.Storage.Sqlite;
using LiveSupport.Tests.Conversations;
using LiveSupport.Tests.Support;

namespace LiveSupport.Tests.Upgrades;

/// <summary>After a step back to an older version: what the newer one wrote in its own way is left alone.</summary>
public sealed class NewerRecordTests
{
    [Fact]
    public async Task A_conversation_that_a_newer_version_wrote_is_refused_and_not_overwritten()
    {
        var folder = Directory.CreateTempSubdirectory("livesupport-silo-");
        var file = Path.Combine(folder.FullName, SqliteDatabase.FileName);
        var silo = await SiloHost.Start(folder);
        await Post("c1", "m1");
        using (var newer = Connection.ForWriting(file))
        {
            // With another version, as any writer does: the bot may be about to answer.
            newer.Execute("""
                UPDATE grain SET etag = etag + 1, payload = CAST(json_set(payload, '$.schema', 3, '$.state.mode', 'by-post') AS BLOB)
                WHERE type = 'conversation'
                """);
            Assert.Equal(1, newer.Changes);
        }

        silo = await silo.Restart();
        await using (silo)
        {
            var refused = await Assert.ThrowsAnyAsync<Exception>(() => Post("c1", "m2"));
            Assert.Contains("a newer version wrote it (schema 3; this program knows up to 2)", refused.ToString(), StringComparison.Ordinal);
            await Assert.ThrowsAnyAsync<Exception>(() => Post("c1", "m2"));
            Assert.True((await Post("c2", "m1")).Accepted);
            using var look = Connection.ForReading(file);
            using var found = look.Use("SELECT count(*) FROM grain WHERE type = 'conversation' AND payload ->> '$.schema' = 3 AND payload ->> '$.state.mode' = 'by-post'");
            Assert.True(found.Step());
            Assert.Equal(1, found.Number(0));
        }

        Task<Outcome<Posted>> Post(string id, string messageId) =>
            silo.Conversation(id).Post(new VisitorMessage { ClientId = messageId, Text = "Hello", Visitor = Talk.Visitor });
    }
}
