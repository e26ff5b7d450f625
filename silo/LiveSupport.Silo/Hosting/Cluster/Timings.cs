using Orleans.Configuration;
using Orleans.Hosting;

namespace LiveSupport.Silo.Hosting.Cluster;

/// <summary>
/// How fast a cluster notices that one of its processes is gone, and how long anybody waits for it. A chat cannot stand
/// still for the 15 s that Orleans takes by default; with these values the longest wait for a message is about 5 s after a
/// <c>kill -9</c>, and about 8 s when a silo still runs and its network is gone.
/// </summary>
internal static class Timings
{
    /// <summary>A call that takes longer has lost its silo: the sender tries again. Nothing tells an edge sooner, not even
    /// that its connection to the gateway broke. Messages say a shorter time themselves.</summary>
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(5);

    /// <summary>How long an edge goes on with gateways that are gone, and without those that are new.</summary>
    private static readonly TimeSpan Gateways = TimeSpan.FromSeconds(1);

    public static ISiloBuilder AddTimings(this ISiloBuilder silo) => silo
        .Configure<SiloMessagingOptions>(messaging =>
        {
            messaging.ResponseTimeout = Answer;
            // The same for the silos' own calls, about where grains live. Ten seconds after a silo was declared dead the others
            // close what they believe to be connections to it; when its successor started in the same place, they are
            // connections to that one, and what is on its way on them is lost. With Orleans' 30 s, grains that were just
            // being placed stood still for so long after all processes had been killed and started again.
            messaging.SystemResponseTimeout = Answer;
            // An edge that died is forgotten soon; until then its silo keeps what it should have been told.
            messaging.ClientDropTimeout = TimeSpan.FromSeconds(6);
        })
        .Configure<ClusterMembershipOptions>(membership =>
        {
            // Three missed probes of a second each: dead after about 3 s. A busy silo is given longer by Orleans itself,
            // which asks another silo to probe it too, and by its own bad health of the one that asks.
            membership.ProbeTimeout = TimeSpan.FromSeconds(1);
            membership.NumMissedProbesLimit = 3;
            // Nobody votes against a silo while its last word on an open connection is younger than this times the limit
            // above: 6 s. A pause (memory, a moved virtual machine) kills nobody until then. Orleans' own value is four
            // times a probe's, 12 s, and that is how long a silo whose network was cut, not its process, stood in the way.
            membership.MaxProbeTimeout = TimeSpan.FromSeconds(2);
            membership.NumVotesForDeathDeclaration = 2;
            // Gossip tells of changes at once; the table is for whoever missed it, such as a silo that was cut off.
            membership.TableRefreshTimeout = TimeSpan.FromSeconds(2);
            // After a power cut a new silo must not wait for the old ones: their signs of life are stale after 15 s.
            membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
            membership.NumMissedTableIAmAliveLimit = 3;
            membership.DefunctSiloExpiration = TimeSpan.FromDays(1);
        })
        .Configure<GrainCollectionOptions>(collection =>
        {
            // A conversation is a few KB and comes back with one read, a chat pauses for minutes rather than hours.
            collection.CollectionAge = TimeSpan.FromMinutes(10);
            collection.CollectionQuantum = TimeSpan.FromMinutes(1);
            // No limit by number, for grains differ in size by a thousand times. When memory gets short (80 % of what the
            // process may have), those that were not used for longest go first, until 75 % are left.
            collection.EnableActivationSheddingOnMemoryPressure = true;
        });

    public static IClientBuilder AddTimings(this IClientBuilder client) => client
        .Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = Answer)
        .Configure<GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = Gateways)
        .AddOutgoingGrainCallFilter<TryAgain>();

    /// <summary>
    /// A new grain goes to the silo with the most room, but stays on the silo that the edge asked while that one is
    /// about as free: that saves a hop for each message, and after a restart the empty silo still fills up.
    /// </summary>
    public static ISiloBuilder AddPlacement(this ISiloBuilder silo) => silo
        .Configure<ResourceOptimizedPlacementOptions>(placement => placement.LocalSiloPreferenceMargin = 10);
}
