namespace LiveSupport.Tests.Storage;

/// <summary>What every store of grains' state must do. Derived once for each store.</summary>
public abstract class GrainStorageContract
{
    /// <summary>The store under test. It may hold what other tests wrote: names here are made up anew.</summary>
    protected abstract IGrainStorage Storage { get; }

    private static GrainId NewGrain(string type = "cart") => GrainId.Create(type, $"default/{Guid.NewGuid():N}");

    [Fact]
    public async Task What_is_not_there_reads_as_new_and_without_an_etag()
    {
        var read = await Read(NewGrain());

        Assert.False(read.RecordExists);
        Assert.Null(read.ETag);
        Assert.Equal(0, read.State!.Count);
    }

    [Fact]
    public async Task What_was_written_is_read_back()
    {
        var grain = NewGrain();
        var written = await Write(grain, new Cart { Count = 3, Text = "Ελληνικά 🧶 \0 \"quoted\" <b>" });

        var read = await Read(grain);

        Assert.True(written.RecordExists);
        Assert.True(read.RecordExists);
        Assert.Equal(written.ETag, read.ETag);
        Assert.Equal(3, read.State!.Count);
        Assert.Equal("Ελληνικά 🧶 \0 \"quoted\" <b>", read.State.Text);
    }

    [Fact]
    public async Task A_megabyte_is_read_back()
    {
        var grain = NewGrain();
        var text = new string('ü', 500_000);
        await Write(grain, new Cart { Text = text });

        Assert.Equal(text, (await Read(grain)).State!.Text);
    }

    [Fact]
    public async Task Each_write_has_an_etag_of_its_own()
    {
        var state = new GrainState<Cart>(new Cart());
        var grain = NewGrain();
        var seen = new HashSet<string>();
        for (var i = 0; i < 5; i++)
        {
            await Storage.WriteStateAsync("state", grain, state);
            Assert.True(seen.Add(state.ETag!));
        }
    }

    [Fact]
    public async Task Type_key_and_name_tell_records_apart()
    {
        var key = $"default/{Guid.NewGuid():N}";
        await Storage.WriteStateAsync("a", GrainId.Create("one", key), new GrainState<Cart>(new Cart { Count = 1 }));
        await Storage.WriteStateAsync("b", GrainId.Create("one", key), new GrainState<Cart>(new Cart { Count = 2 }));
        await Storage.WriteStateAsync("a", GrainId.Create("two", key), new GrainState<Cart>(new Cart { Count = 3 }));

        Assert.Equal(1, (await Read(GrainId.Create("one", key), "a")).State!.Count);
        Assert.Equal(2, (await Read(GrainId.Create("one", key), "b")).State!.Count);
        Assert.Equal(3, (await Read(GrainId.Create("two", key), "a")).State!.Count);
        Assert.False((await Read(GrainId.Create("two", key), "b")).RecordExists);
    }

    [Fact]
    public async Task The_second_of_two_writers_is_refused_and_changes_nothing()
    {
        var grain = NewGrain();
        await Write(grain, new Cart { Count = 1 });
        var mine = await Read(grain);
        var theirs = await Read(grain);
        theirs.State!.Count = 2;
        await Storage.WriteStateAsync("state", grain, theirs);

        mine.State!.Count = 3;
        var before = mine.ETag;
        await Assert.ThrowsAsync<InconsistentStateException>(() => Storage.WriteStateAsync("state", grain, mine));

        Assert.Equal(before, mine.ETag);
        Assert.Equal(2, (await Read(grain)).State!.Count);
    }

    [Fact]
    public async Task Only_one_of_many_creates_a_record()
    {
        var grain = NewGrain();
        var writes = Enumerable.Range(0, 16).Select(async i =>
        {
            try
            {
                await Storage.WriteStateAsync("state", grain, new GrainState<Cart>(new Cart { Count = i }));
                return (int?)i;
            }
            catch (InconsistentStateException)
            {
                return null;
            }
        });

        var winners = (await Task.WhenAll(writes)).Where(i => i is not null).ToList();

        Assert.Equal((await Read(grain)).State!.Count, Assert.Single(winners));
    }

    [Fact]
    public async Task A_refused_write_does_not_spoil_the_others()
    {
        var contested = NewGrain();
        await Write(contested, new Cart());
        var others = Enumerable.Range(0, 50).Select(_ => NewGrain()).ToList();
        var writes = others.Select(grain => Write(grain, new Cart { Count = 7 })).ToList<Task>();
        var refused = Storage.WriteStateAsync("state", contested, new GrainState<Cart>(new Cart { Count = 9 }, "17"));
        writes.AddRange(others.Select(grain => Storage.WriteStateAsync("other", grain, new GrainState<Cart>(new Cart { Count = 8 }))));

        await Task.WhenAll(writes);
        await Assert.ThrowsAsync<InconsistentStateException>(() => refused);

        foreach (var grain in others)
        {
            Assert.Equal(7, (await Read(grain)).State!.Count);
            Assert.Equal(8, (await Read(grain, "other")).State!.Count);
        }
    }

    [Fact]
    public async Task What_was_cleared_is_gone_and_can_be_written_again()
    {
        var grain = NewGrain();
        var state = await Write(grain, new Cart { Count = 4 });
        await Storage.ClearStateAsync("state", grain, state);

        Assert.False(state.RecordExists);
        Assert.Null(state.ETag);
        Assert.False((await Read(grain)).RecordExists);

        state.State = new Cart { Count = 5 };
        await Storage.WriteStateAsync("state", grain, state);
        Assert.Equal(5, (await Read(grain)).State!.Count);
    }

    [Fact]
    public async Task An_etag_from_before_a_clear_never_fits_again()
    {
        var grain = NewGrain();
        var old = await Write(grain, new Cart { Count = 1 });
        var current = await Read(grain);
        await Storage.ClearStateAsync("state", grain, current);
        await Write(grain, new Cart { Count = 2 });

        await Assert.ThrowsAsync<InconsistentStateException>(() => Storage.WriteStateAsync("state", grain, old));
        await Assert.ThrowsAsync<InconsistentStateException>(() => Storage.ClearStateAsync("state", grain, old));
        Assert.Equal(2, (await Read(grain)).State!.Count);
    }

    private async Task<GrainState<Cart>> Read(GrainId grain, string name = "state")
    {
        var state = new GrainState<Cart>();
        await Storage.ReadStateAsync(name, grain, state);
        return state;
    }

    private async Task<GrainState<Cart>> Write(GrainId grain, Cart cart)
    {
        var state = new GrainState<Cart>(cart);
        await Storage.WriteStateAsync("state", grain, state);
        return state;
    }

    private sealed class Cart
    {
        public int Count { get; set; }

        public string Text { get; set; } = "";
    }
}
