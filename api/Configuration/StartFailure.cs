using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace LiveSupport.Api.Configuration;

/// <summary>Why the program does not start, said once and in a sentence, wherever whoever started it can mend it.</summary>
internal static class StartFailure
{
    private const string Kestrel = "Microsoft.AspNetCore.Server.Kestrel.Core";
    private const string Logging = "Microsoft.Extensions.Logging.Configuration";

    /// <summary>It writes down, with all its stack, what reaches <see cref="Of"/> anyway.</summary>
    private const string Host = "Microsoft.Extensions.Hosting.Internal.Host";

    /// <summary>Keeps the framework from telling of a start that failed; what fails later it tells.</summary>
    public static void IsSaidOnce(ILoggingBuilder logging, Func<bool> started) =>
        logging.AddFilter(Host, level => level >= LogLevel.Information && started());

    /// <summary>What to say, and the exit code; null where it is a fault of the program itself, which shows itself whole.</summary>
    public static (string Said, int Code)? Of(Exception failure) => failure switch
    {
        WrongSettingsException => (failure.Message, 2),
        InvalidDataException { InnerException: FormatException } => ($"{failure.Message} {failure.GetBaseException().Message}", 2),
        InvalidOperationException { Source: Logging } => ($"{failure.Message} It is a level of the log. Example: Logging__LogLevel__Default=Warning", 2),
        IOException { InnerException: AddressInUseException } =>
            ($"{failure.Message} Another program listens there; choose another address with --urls.", 1),
        AddressInUseException =>
            ($"{failure.Message}: another silo listens at LiveSupport__Cluster__SiloPort or LiveSupport__Cluster__GatewayPort. Example: LiveSupport__Cluster__SiloPort=11112", 1),
        SocketException { SocketErrorCode: SocketError.AccessDenied or SocketError.AddressNotAvailable } =>
            ($"This process may not listen where it is told to: {failure.Message}. Choose another address with --urls. Example: --urls http://localhost:5081", 1),
        InvalidOperationException { Source: Kestrel } => (failure.Message, 1),
        _ => null,
    };
}
