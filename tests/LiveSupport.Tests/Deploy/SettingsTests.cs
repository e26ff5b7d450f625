using System.Text.RegularExpressions;
using LiveSupport.Api.Configuration;
using LiveSupport.Api.Security;
using LiveSupport.Silo.Hosting;
using LiveSupport.Tests.Storage;
using Microsoft.Extensions.Configuration;

namespace LiveSupport.Tests.Deploy;

/// <summary>A mistake in the configuration is said at the start, by name, and never shows a secret.</summary>
public sealed partial class SettingsTests
{
    [Theory]
    [InlineData("LiveSupport__Role", "sil")]
    [InlineData("LiveSupport__Data", " ")]
    [InlineData("LiveSupport__Secrets", "no/such/folder")]
    [InlineData("LiveSupport__Cluster__Membership", "etcd")]
    [InlineData("LiveSupport__Cluster__Address", "silo-1")]
    [InlineData("LiveSupport__Cluster__SiloPort", "70000")]
    [InlineData("LiveSupport__Cluster__GatewayPort", "")]
    [InlineData("LiveSupport__Admin__Email", "mira")]
    [InlineData("LiveSupport__Operations__Url", "localhost:5090")]
    [InlineData("LiveSupport__Operations__Url", "http://localhost:1;http://localhost:2")]
    [InlineData("LiveSupport__Integrations__AllowPrivate", "yes")]
    [InlineData("LiveSupport__Limits__MessageBurst", "0.5")]
    [InlineData("LiveSupport__Limits__MessagesPerSecond", "1,5")]
    [InlineData("LiveSupport__Limits__ConnectionsPerVisitor", "2.5")]
    [InlineData("ASPNETCORE_URLS", "*:8080")]
    [InlineData("ASPNETCORE_URLS", "http://localhost:99999")]
    [InlineData("ASPNETCORE_URLS", "http://localhost:80a")]
    [InlineData("ASPNETCORE_URLS", "http://localhost:8080/support")]
    [InlineData("ASPNETCORE_FORWARDEDHEADERS_ENABLED", "1")]
    [InlineData("LiveSupport__Cluster__Address", "1")]
    [InlineData("LiveSupport__Cluster__Address", "0.0.0.0")]
    [InlineData("LiveSupport__Cluster__Id", " ")]
    [InlineData("LiveSupport__GrainState", "blobs")]
    [InlineData("LiveSupport__Admin__Email", "<mira@example.com>")]
    [InlineData("LiveSupport__Admin__Name", "\u200b")]
    [InlineData("LiveSupport__Edge__CountryHeader", "CF IPCountry")]
    [InlineData("LiveSupport__Integrations__Fakes", "localhost:9")]
    [InlineData("LiveSupport__Demo", "1")]
    [InlineData("LiveSupport__Limits__SessionsPerSecond", "NaN")]
    [InlineData("LiveSupport__Limits__EntriesAtOnce", "0")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317")]
    public void A_wrong_value_is_said_with_its_name_and_an_example(string name, string value)
    {
        var problem = Assert.Single(Problems((name, value)));
        Assert.StartsWith(name, problem, StringComparison.Ordinal);
        Assert.Contains($"Example: {name}=", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("LiveSupport__Postgres", "Host=db;Password=hush;hush2=hush3")]
    [InlineData("LiveSupport__Postgres", "Password=hush")]
    [InlineData("LiveSupport__Postgres", "Host=db;Port=hush")]
    [InlineData("LiveSupport__Postgres", "Host=db;Port=65536;Password=hush")]
    [InlineData("LiveSupport__Azure__Storage", "hush")]
    [InlineData("LiveSupport__Azure__Storage", "AccountKey=hush")]
    public void A_secret_is_not_repeated(string name, string value) =>
        Assert.DoesNotContain("hush", Assert.Single(Problems((name, value))), StringComparison.Ordinal);

    [Fact]
    public void All_mistakes_are_said_at_once() =>
        Assert.Equal(3, Problems(("LiveSupport__Role", "x"), ("LiveSupport__Integrations__AllowPrivate", "x"), ("LiveSupport__Limits__CallBurst", "x")).Count);

    [Theory]
    [InlineData("LiveSupport__Role", "edge")]
    [InlineData("LiveSupport__Cluster__Membership", "postgres")]
    [InlineData("LiveSupport__Cluster__Membership", "azure")]
    [InlineData("LiveSupport__GrainState", "azure")]
    [InlineData("LiveSupport__Admin__Email", "mira@example.com")]
    [InlineData("LiveSupport__Admin__Password", "long enough")]
    [InlineData("LiveSupport__Cluster__SiloPort", "30000")]
    [InlineData("LiveSupport__Cluster__GatewayPort", "+11111")]
    [InlineData("LiveSupport__Integrations__Fakes", "http://localhost:5080/fakes")]
    public void What_needs_another_setting_says_which(string name, string value)
    {
        var problem = Assert.Single(Problems((name, value)));
        Assert.Contains(name, problem, StringComparison.Ordinal);
        Assert.Contains("Example: LiveSupport__", problem, StringComparison.Ordinal);
        Assert.DoesNotContain("long enough", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Fakes_are_for_one_process() => Assert.Contains(
        "LiveSupport__Demo",
        Assert.Single(Problems(("LiveSupport__Role", "edge"), ("LiveSupport__Postgres", "Host=db"), ("LiveSupport__Demo", "true"))),
        StringComparison.Ordinal);

    [Fact]
    public void Operators_have_an_address_of_their_own() => Assert.Contains(
        "LiveSupport__Operations__Url",
        Assert.Single(Problems(("ASPNETCORE_URLS", "http://*:8080;http://*:9090"), ("LiveSupport__Operations__Url", "http://*:9090"))),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("http://*:8080;https://+:8443")]
    [InlineData("http://[::1]:0")]
    [InlineData("http://unix:/run/livesupport.sock")]
    public void Addresses_that_the_server_takes_are_right(string urls) => Assert.Empty(Problems(("ASPNETCORE_URLS", urls)));

    [Fact]
    public void Nothing_set_is_right_and_so_is_a_cluster()
    {
        Assert.Empty(Problems());
        Assert.Empty(Problems(
            ("LiveSupport__Role", "edge"), ("LiveSupport__Postgres", "Host=db;Username=u;Password='a;b=c'"), ("LiveSupport__Azure__Storage", "")));
    }

    [Fact]
    public void Every_example_and_every_default_is_right()
    {
        foreach (var setting in Settings.All.Where(setting => setting.Name != "LiveSupport__Secrets"))
        {
            Assert.Null(setting.Problem(setting.Example));
            if (setting.Default.Length > 0 && !setting.Default.Contains(' ', StringComparison.Ordinal))
                Assert.Null(setting.Problem(setting.Default));
        }
    }

    [Theory]
    [InlineData("LiveSupport__Limits__MesageBurst", "LiveSupport__Limits__MessageBurst")]
    [InlineData("LiveSupport__Postgress", "LiveSupport__Postgres")]
    [InlineData("LiveSupport_Data", "LiveSupport__Data")]
    [InlineData("LIVESUPPORT_CLUSTER_ID", "LiveSupport__Cluster__Id")]
    public void An_unknown_name_is_answered_with_the_nearest(string name, string meant) =>
        Assert.Contains($"Did you mean {meant}?", Assert.Single(Configuration((name, "1")).Unknown()), StringComparison.OrdinalIgnoreCase);

    [Fact]
    public void Names_that_others_make_are_none_of_our_business() =>
        Assert.Empty(Configuration(("LIVESUPPORT_EDGE_SERVICE_HOST", "10.0.0.1"), ("PATH", "/bin"), ("livesupport__data", "x")).Unknown());

    [Fact]
    public void A_secret_may_be_a_file()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(Path.Combine(folder.Path, "LiveSupport__Admin__Password"), "from a file\n");
        var configuration = new ConfigurationManager { ["LiveSupport:Secrets"] = folder.Path };
        configuration.AddSecretFiles();
        Assert.Equal("from a file", configuration["LiveSupport:Admin:Password"]);
    }

    [Fact]
    public async Task The_program_ends_with_2_and_answers_questions_without_starting()
    {
        Assert.Equal(2, await Program.Main(["--LiveSupport:Role=boss"]));
        Assert.Equal(2, await Program.Main(["--urls", "localhost"]));
        Assert.Equal(2, await Program.Main(["--Logging:LogLevel:Default=Loud"]));
        using var said = new StringWriter();
        Assert.Equal(0, await Questions.Answer(["--help"], said));
        Assert.All(Settings.All, setting => Assert.Contains(setting.Name, said.ToString(), StringComparison.Ordinal));
        Assert.Equal(1, await Questions.Answer(["--health", "http://127.0.0.1:1/health/ready"], said));
        Assert.Null(await Questions.Answer(["--backup", "x"], said));
    }

    [Theory]
    [InlineData("--export needs a file", "--export")]
    [InlineData("--backup needs a file", "backup")]
    [InlineData("--import needs a file", "--import", "--demo")]
    [InlineData("'exprot' is no option", "exprot", "house.gz")]
    [InlineData("'true' is no option", "--demo", "true")]
    [InlineData("--urls needs a value", "--urls")]
    public async Task Arguments_that_cannot_be_meant_start_nothing(string said, params string[] args)
    {
        Assert.StartsWith(said, Questions.Misunderstood(Questions.Spelled(args)), StringComparison.Ordinal);
        Assert.Equal(2, await Program.Main(args));
    }

    [Theory]
    [InlineData("--urls", "http://localhost:5081", "--demo")]
    [InlineData("--LiveSupport:Role=all", "LiveSupport:Data=data", "--LiveSupport:Admin:Name", "")]
    [InlineData("export", "house.gz")]
    [InlineData("--health", "http://localhost:5080/health/ready")]
    public void Arguments_that_can_be_meant_are_taken(params string[] args) => Assert.Null(Questions.Misunderstood(Questions.Spelled(args)));

    [Fact]
    public async Task A_data_folder_that_cannot_be_is_said_by_name()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "file");
        await File.WriteAllTextAsync(file, "");
        Assert.StartsWith("LiveSupport__Data", Assert.Single(Problems(("LiveSupport__Data", file))), StringComparison.Ordinal);
        Assert.Equal(1, await Program.Main(["--LiveSupport:Data", Path.Combine(file, "below"), "--urls", "http://127.0.0.1:0"]));
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "keys"), "");
        Assert.Equal(1, await Program.Main(["--LiveSupport:Data", folder.Path, "--urls", "http://127.0.0.1:0"]));
    }

    [Fact]
    public void The_reference_is_the_table() =>
        Assert.Contains(Questions.Table(), DeployFiles.Read("settings.md"), StringComparison.Ordinal);

    /// <summary>A setting that is read and not listed would be warned about as unknown.</summary>
    [Fact]
    public void Everything_that_is_read_stands_in_the_table()
    {
        var known = Settings.All.Select(setting => setting.Key).ToHashSet();
        var limits = typeof(EdgeLimits).GetProperties().Select(limit => $"LiveSupport:Limits:{limit.Name}");
        var cluster = typeof(ClusterSettings).GetProperties().Where(one => one.CanWrite).Select(one => $"LiveSupport:Cluster:{one.Name}");
        var literals = ((string[])["api", "silo"])
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(DeployFiles.Root, folder), "*.cs", SearchOption.AllDirectories))
            .SelectMany(file => Literal().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value))
            .Where(key => !known.Any(one => one.StartsWith(key + ':', StringComparison.Ordinal)));
        Assert.All(limits.Concat(cluster).Concat(literals), key => Assert.Contains(key, known));
    }

    private static IReadOnlyList<string> Problems(params (string Name, string Value)[] set)
    {
        try
        {
            Configuration(set).Check();
            return [];
        }
        catch (WrongSettingsException wrong)
        {
            return wrong.Problems;
        }
    }

    private static IConfiguration Configuration(params (string Name, string Value)[] set) => new ConfigurationBuilder()
        .AddInMemoryCollection(set.Select(one =>
            KeyValuePair.Create(one.Name.Replace("__", ":", StringComparison.Ordinal), (string?)one.Value)))
        .Build();

    [GeneratedRegex("\"(LiveSupport:[A-Za-z:]+)\"")]
    private static partial Regex Literal();
}
