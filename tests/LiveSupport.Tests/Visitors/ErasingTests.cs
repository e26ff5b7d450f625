using System.Text;
using LiveSupport.Contracts;
using LiveSupport.Silo.Storage;
using LiveSupport.Silo.Storage.Sqlite;
using LiveSupport.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace LiveSupport.Tests.Visitors;

/// <summary>Erasing a person, cut off at every write that it makes; and what a visitor is from its first moment on.</summary>
public sealed class ErasingTests
{
    private static readonly AgentRef Mira = new("mira", "Mira");

    [Fact]
    public async Task An_erasure_that_is_cut_off_anywhere_is_finished_by_itself()
    {
        var scissors = new Scissors();
        await using var silo = await SiloHost.Start(configure: scissors.Hold);
        var cuts = 0;
        for (var at = 1; ; at++)
        {
            // None the beginning of another.
            var id = $"v{100 + at}";
            var conversation = await Person(silo, id);
            scissors.CutAt(at);
            try
            {
                await Erasures(silo).Erase(id, Mira);
            }
            catch (Exception) when (scissors.Cut)
            {
                cuts++;
            }
            if (!scissors.Cut)
            {
                scissors.Rest();
                Assert.True(await Silent(silo, id, conversation));
                break;
            }
            scissors.Rest();

            // From the second write on nobody is this visitor any more; and from the first on what is left goes without being asked for.
            Assert.True(await silo.Visitor(id).Profile() is null || at <= 2, $"cut {at}");
            await TestServer.Eventually(async () =>
            {
                await Erasures(silo).Run();
                return at == 1 || await Silent(silo, id, conversation);
            });
            var receipt = (await Erasures(silo).Erase(id, Mira)).Value!;
            Assert.Equal((1, 43L, 1), (receipt.Conversations, receipt.Entries, receipt.Attachments));
            Assert.Equal(receipt, (await Erasures(silo).Erase(id, Mira)).Value! with { Caches = receipt.Caches });
            Assert.True(await Silent(silo, id, conversation), $"cut {at}");
        }
        // Marking it, one file's piece and record, head, three pages, the address, the receipt, and the notes about it.
        Assert.InRange(cuts, 9, 20);
    }

    [Fact]
    public async Task A_silo_that_starts_finishes_what_the_one_before_it_began()
    {
        var scissors = new Scissors();
        var silo = await SiloHost.Start(configure: scissors.Hold);
        var conversation = await Person(silo, "v1");
        scissors.CutAt(5, forGood: true);
        await Assert.ThrowsAnyAsync<Exception>(() => Erasures(silo).Erase("v1", Mira));

        await using var next = await silo.Restart();
        await TestServer.Eventually(() => Silent(next, "v1", conversation));
    }

    [Fact]
    public async Task Who_comes_back_after_it_is_somebody_new()
    {
        await using var silo = await SiloHost.Start();
        var visitor = silo.Visitor("u1");
        var session = new VisitorSession { SecretHash = [.. new byte[32]], Device = Device.Desktop, Vouched = new Contact("u1", "Kim", "kim@example.com", true) };
        await visitor.Begin(session);
        var conversation = await visitor.OpenConversation(null);
        await Post(silo, conversation, "u1", "m1");
        var first = (await Erasures(silo).Erase("u1", Mira)).Value!;
        Assert.Null(await visitor.Profile());
        Assert.Equal(Codes.TokenInvalid, (await visitor.Begin(session with { Vouched = null })).Refusal?.Code);
        Assert.Equal(Codes.NotFound, (await visitor.Identify("Kim", null)).Refusal?.Code);
        await Assert.ThrowsAnyAsync<Exception>(() => visitor.OpenConversation(null));

        // The site signs the same person in again.
        var profile = (await visitor.Begin(session with { Vouched = new Contact("u1", null, null, true) })).Value!;
        Assert.Null(profile.Name);
        Assert.Null(profile.ConversationId);
        var another = await visitor.OpenConversation(null);
        Assert.NotEqual(conversation, another);
        await Post(silo, another, "u1", "m1");

        var second = (await Erasures(silo).Erase("u1", Mira)).Value!;
        Assert.NotEqual(first.At, second.At);
        Assert.Equal((1, 2L), (second.Conversations, second.Entries));
    }

    [Fact]
    public async Task With_the_person_goes_who_it_was_before_the_site_vouched_for_it()
    {
        await using var silo = await SiloHost.Start();
        var hash = new byte[32];
        await silo.Visitor("anon").Begin(new VisitorSession { SecretHash = [.. hash], Device = Device.Desktop });
        await silo.Visitor("anon").Identify("Zebra", "zebra@example.com");
        var conversation = await silo.Visitor("anon").OpenConversation(null);
        await Post(silo, conversation, "anon", "m1");
        await silo.Visitor("u1").Begin(new VisitorSession { SecretHash = [.. hash], Device = Device.Desktop, Vouched = new Contact("u1", "Kim", null, true) });
        Assert.Equal(conversation, await silo.Visitor("anon").HandOver([.. hash], "u1"));
        await silo.Visitor("u1").TakeOver(conversation, "anon");

        var receipt = (await Erasures(silo).Erase("u1", Mira)).Value!;

        Assert.Equal(1, receipt.Conversations);
        Assert.Null(await silo.Visitor("anon").Profile());
        Assert.Empty(await silo.Grains.GetGrain<IEmailGrain>(Ids.EmailKey(SiloHost.Workspace, "zebra@example.com")).Visitors());
        Assert.Equal(Codes.NotFound, (await Erasures(silo).Erase("nobody", Mira)).Refusal?.Code);
    }

    private static IErasuresGrain Erasures(SiloHost silo) => silo.Grains.GetGrain<IErasuresGrain>(SiloHost.Workspace);

    /// <summary>Somebody with an address, a file and forty messages; answers the conversation.</summary>
    private static async Task<string> Person(SiloHost silo, string id)
    {
        var visitor = silo.Visitor(id);
        await visitor.Begin(new VisitorSession { SecretHash = [.. new byte[32]], Device = Device.Desktop });
        await visitor.Identify($"Zebra{id}", $"zebra{id}@example.com");
        var conversation = await visitor.OpenConversation(null);
        var by = new Reader(AuthorType.Visitor, id);
        var file = silo.Grains.GetGrain<IAttachmentGrain>(Ids.Key(SiloHost.Workspace, $"file-{id}"));
        await file.Begin(new AttachmentDraft(by, $"zebra{id}.txt", "text/plain"));
        await file.Append([.. Encoding.UTF8.GetBytes($"zebra{id}")]);
        await file.Complete();
        var claimed = (await file.Claim(by, new AttachmentUse(conversation, "file", false))).Value!;
        await Post(silo, conversation, id, "file", claimed.File);
        for (var i = 0; i < 40; i++)
            await Post(silo, conversation, id, $"m{i}");
        await silo.Conversation(conversation).Reply(new AgentMessage { ClientId = "n", Text = $"Note on zebra{id}", Agent = Mira, IsNote = true });
        return conversation;
    }

    private static async Task Post(SiloHost silo, string conversation, string visitor, string message, Attachment? file = null) =>
        Assert.True((await silo.Conversation(conversation).Post(new VisitorMessage
        {
            ClientId = message,
            Text = $"zebra{visitor} {message}",
            Visitor = new Contact(visitor, $"Zebra{visitor}", $"zebra{visitor}@example.com"),
            Attachments = file is null ? null : [file],
            // So that no bot says anything meanwhile; it is one more line.
            WantsPerson = true,
        })).Accepted);

    /// <summary>No trace of the person is left in any record, row or text.</summary>
    private static async Task<bool> Silent(SiloHost silo, string id, string conversation)
    {
        var found = await silo.Store.Search(SiloHost.Workspace, $"zebra{id}", 10);
        if (found.Conversations.Count + found.Visitors.Count + found.Messages.Count > 0)
            return false;
        using var connection = Connection.ForReading(Path.Combine(silo.Folder, SqliteDatabase.FileName));
        using var traces = connection.Use("""
            SELECT (SELECT count(*) FROM grain WHERE CAST(payload AS TEXT) LIKE ?1 OR (type = 'attachment' AND key LIKE ?2))
                + (SELECT count(*) FROM grain WHERE key LIKE ?3 AND name LIKE 'page-%')
                + (SELECT count(*) FROM conversation WHERE CAST(row AS TEXT) LIKE ?1 OR name LIKE ?1 OR email LIKE ?1)
                + (SELECT count(*) FROM text WHERE text LIKE ?1)
            """);
        return traces.Bind(1, $"%zebra{id}%").Bind(2, $"%/file-{id}").Bind(3, $"%/{conversation}").Step() && traces.Number(0) == 0;
    }

    /// <summary>Cuts a process off at one of its writes: that one is not made, and its caller hears of an error.</summary>
    private sealed class Scissors
    {
        private int _left;
        private bool _forGood;
        private bool _armed;

        public bool Cut { get; private set; }

        public void CutAt(int write, bool forGood = false) => (_left, _forGood, _armed, Cut) = (write, forGood, true, false);

        public void Rest() => _armed = false;

        public void Hold(IServiceCollection services)
        {
            var real = services.Single(service => service.IsKeyedService && service.ServiceType == typeof(IGrainStorage) && Equals(service.ServiceKey, StorageNames.Grains));
            services.Remove(real);
            services.AddKeyedSingleton<IGrainStorage>(StorageNames.Grains, (provider, key) =>
                new Storage((IGrainStorage)real.KeyedImplementationFactory!(provider, key), this));
        }

        private void Write(GrainId grain)
        {
            // Others write too, when they like.
            if (!_armed || grain.Type.ToString() is not ("visitor" or "conversation" or "attachment" or "email" or "erasures"))
                return;
            if (--_left > 0 || (Cut && !_forGood))
                return;
            Cut = true;
            throw new StoreUnavailableException("The test cut it off.");
        }

        private sealed class Storage(IGrainStorage inner, Scissors scissors) : IGrainStorage, IKeepsRows
        {
            public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => inner.ReadStateAsync(stateName, grainId, grainState);

            public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
            {
                scissors.Write(grainId);
                return inner.WriteStateAsync(stateName, grainId, grainState);
            }

            public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
            {
                scissors.Write(grainId);
                return inner.ClearStateAsync(stateName, grainId, grainState);
            }
        }
    }
}
