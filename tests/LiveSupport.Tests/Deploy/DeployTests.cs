using System.Text.RegularExpressions;
using LiveSupport.Api.Configuration;

namespace LiveSupport.Tests.Deploy;

/// <summary>The files for operators agree with the program and with each other, as far as that shows without running them.</summary>
public sealed partial class DeployTests
{
    private const string User = "1654";
    private static readonly string[] ComposeFiles = ["compose.yaml", "compose.single.yaml"];

    private static IEnumerable<(string File, Yaml Document)> Kubernetes() => DeployFiles.Names("kubernetes", "*.yaml")
        .SelectMany(file => DeployFiles.Documents(file).Select(document => (file, document)));

    private static IEnumerable<Yaml> OfKind(string kind) => Kubernetes().Select(one => one.Document).Where(one => one["kind"].Text == kind);

    /// <summary>The name of the pod's role, and its specification.</summary>
    private static IEnumerable<(string Name, Yaml Pod)> Pods() =>
        OfKind("Deployment").Select(one => (one["metadata"]["name"].Text, one["spec"]["template"]["spec"]));

    [Fact]
    public void Every_setting_that_a_file_names_is_one()
    {
        var known = Settings.All.Select(setting => setting.Name).ToHashSet();
        foreach (var file in Directory.EnumerateFiles(Path.Combine(DeployFiles.Root, "deploy"), "*", SearchOption.AllDirectories))
            foreach (Match name in SettingName().Matches(File.ReadAllText(file)))
                Assert.True(known.Contains(name.Value) || known.Any(one => one.StartsWith($"{name.Value}__", StringComparison.Ordinal)), $"{file} names {name.Value}.");
    }

    [Fact]
    public void Every_value_in_a_file_is_one_that_the_program_takes()
    {
        var settings = Settings.All.ToDictionary(setting => setting.Name);
        var set = ComposeFiles.SelectMany(file => DeployFiles.Documents(file)[0]["services"].Members).SelectMany(service => service.Value["environment"].Members)
            .Concat(OfKind("ConfigMap").SelectMany(map => map["data"].Members))
            .Concat(Pods().SelectMany(pod => pod.Pod["containers"].Items).SelectMany(container => container["env"].Items)
                .Where(variable => variable["value"].Text.Length > 0)
                .Select(variable => (Key: variable["name"].Text, Value: variable["value"])))
            .Where(one => settings.ContainsKey(one.Key) && one.Key != "LiveSupport__Secrets")
            .ToList();
        Assert.NotEmpty(set);
        Assert.All(set, one => Assert.Null(settings[one.Key].Problem(one.Value.Text)));
    }

    [Fact]
    public void Containers_are_nobody_and_write_nowhere_but_in_their_volumes()
    {
        Assert.Contains($"USER {User}:{User}", DeployFiles.Read("Dockerfile"), StringComparison.Ordinal);
        foreach (var (name, service) in ComposeFiles.SelectMany(file => DeployFiles.Documents(file)[0]["services"].Members))
        {
            if (!service["image"].Text.StartsWith("livesupport", StringComparison.Ordinal))
                continue;
            Assert.True(service["user"].Text == $"{User}:{User}" && service["read_only"].Text == "true", name);
            Assert.Equal("ALL", Assert.Single(service["cap_drop"].Items).Text);
        }
        foreach (var (name, pod) in Pods())
        {
            Assert.Equal((User, "true"), (pod["securityContext"]["runAsUser"].Text, pod["securityContext"]["runAsNonRoot"].Text));
            foreach (var security in pod["containers"].Items.Select(container => container["securityContext"]))
            {
                Assert.True(security["readOnlyRootFilesystem"].Text == "true" && security["allowPrivilegeEscalation"].Text == "false", name);
                Assert.Equal("ALL", Assert.Single(security["capabilities"]["drop"].Items).Text);
            }
        }
    }

    [Fact]
    public void Probes_ask_what_the_program_answers_on_a_port_that_it_has()
    {
        Assert.Contains("EXPOSE 8080", DeployFiles.Read("Dockerfile"), StringComparison.Ordinal);
        Assert.Contains("ASPNETCORE_URLS=http://*:8080", DeployFiles.Read("Dockerfile"), StringComparison.Ordinal);
        Assert.Contains("http://127.0.0.1:8080/health/ready", DeployFiles.Read("Dockerfile"), StringComparison.Ordinal);
        foreach (var container in Pods().SelectMany(pod => pod.Pod["containers"].Items))
        {
            var http = Assert.Single(container["ports"].Items, port => port["name"].Text == "http");
            Assert.Equal(8080, http["containerPort"].Number);
            foreach (var (probe, path) in (ReadOnlySpan<(string, string)>)
                [("startupProbe", "/health/live"), ("livenessProbe", "/health/live"), ("readinessProbe", "/health/ready")])
                Assert.Equal((path, "http"), (container[probe]["httpGet"]["path"].Text, container[probe]["httpGet"]["port"].Text));
        }
    }

    [Fact]
    public void Ports_are_the_same_wherever_they_are_named()
    {
        var config = Assert.Single(OfKind("ConfigMap"))["data"];
        var silo = Assert.Single(Pods(), pod => pod.Name == "silo").Pod["containers"].Items.Single()["ports"].Items
            .ToDictionary(port => port["name"].Text, port => port["containerPort"].Text);
        Assert.Equal(config["LiveSupport__Cluster__SiloPort"].Text, silo["silo"]);
        Assert.Equal(config["LiveSupport__Cluster__GatewayPort"].Text, silo["gateway"]);
        Assert.EndsWith($":{silo["operations"]}", config["LiveSupport__Operations__Url"].Text, StringComparison.Ordinal);
        var allowed = OfKind("NetworkPolicy").SelectMany(policy => policy["spec"]["ingress"].Items)
            .SelectMany(rule => rule["ports"].Items).Select(port => port["port"].Text);
        Assert.Equal(silo.Values.Order(), allowed.Distinct().Order());
    }

    [Fact]
    public void What_is_referred_to_is_there()
    {
        var there = Kubernetes().Select(one => (one.Document["kind"].Text, one.Document["metadata"]["name"].Text)).ToHashSet();
        foreach (var (name, pod) in Pods())
        {
            var volumes = pod["volumes"].Items.Select(volume => volume["name"].Text).ToHashSet();
            Assert.All(pod["containers"].Items.SelectMany(container => container["volumeMounts"].Items), mount => Assert.Contains(mount["name"].Text, volumes));
            Assert.All(pod.All.Select(node => node["secretName"].Text).Where(secret => secret.Length > 0), secret => Assert.Contains(("Secret", secret), there));
            Assert.All(pod.All.Select(node => node["configMapRef"]["name"].Text).Where(map => map.Length > 0), map => Assert.Contains(("ConfigMap", map), there));
            Assert.Contains(there, one => one == ("PodDisruptionBudget", name));
            Assert.Contains(there, one => one == ("NetworkPolicy", name));
        }
        foreach (var backend in OfKind("Ingress").SelectMany(ingress => ingress.All).Select(node => node["service"]["name"].Text).Where(name => name.Length > 0))
            Assert.Contains(("Service", backend), there);
        foreach (var file in DeployFiles.Documents(Path.Combine("kubernetes", "kustomization.yaml"))[0]["resources"].Items)
            Assert.NotEmpty(DeployFiles.Documents(Path.Combine("kubernetes", file.Text)));
    }

    [Fact]
    public void Compose_has_each_secret_network_volume_and_service_that_it_names()
    {
        foreach (var compose in ComposeFiles.Select(file => DeployFiles.Documents(file)[0]))
        {
            HashSet<string> Named(string section) => [.. compose[section].Members.Select(member => member.Key)];
            foreach (var (name, service) in compose["services"].Members)
            {
                Assert.All(service["secrets"].Items, secret => Assert.Contains(secret.Text, Named("secrets")));
                Assert.All(service["networks"].Items, network => Assert.Contains(network.Text, Named("networks")));
                Assert.All(service["volumes"].Items.Select(volume => volume.Text.Split(':')[0]).Where(source => !source.StartsWith('.')),
                    source => Assert.Contains(source, Named("volumes")));
                Assert.All(
                    service["depends_on"].Members.Select(member => member.Key).Concat(service["depends_on"].Items.Select(item => item.Text)),
                    other => Assert.Contains(other, Named("services")));
                Assert.True(service["restart"].Text == "unless-stopped" && service["stop_grace_period"].Text.Length > 0, name);
            }
        }
        foreach (Match upstream in Upstream().Matches(DeployFiles.Read(Path.Combine("proxy", "Caddyfile"))))
            Assert.Contains(DeployFiles.Documents("compose.yaml")[0]["services"].Members, service => service.Key == upstream.Groups[1].Value);
    }

    [Fact]
    public void Every_link_between_the_runbooks_leads_somewhere()
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(DeployFiles.Root, "deploy"), "*.md", SearchOption.AllDirectories))
            foreach (Match link in Link().Matches(File.ReadAllText(file)))
            {
                var target = Path.Combine(Path.GetDirectoryName(file)!, link.Groups[1].Value);
                Assert.True(Path.Exists(target), $"{file} links to {link.Groups[1].Value}.");
            }
    }

    [GeneratedRegex(@"\bLiveSupport__[A-Za-z]+(__[A-Za-z]+)*")]
    private static partial Regex SettingName();

    [GeneratedRegex(@"\b([a-z]+\d):8080\b")]
    private static partial Regex Upstream();

    [GeneratedRegex(@"\]\(((?!https?:|#)[^)#]+)(#[^)]*)?\)")]
    private static partial Regex Link();
}
