using System.Security.Cryptography;
using System.Text;
using LiveSupport.Api.Edge;
using LiveSupport.Api.Security;
using LiveSupport.Contracts;
using Microsoft.AspNetCore.Mvc;

namespace LiveSupport.Api.Http;

/// <summary>Files of messages: sent here first, then named by a message; and fetched again.</summary>
internal static class AttachmentEndpoints
{
    /// <summary>A little more than a file may have, so that it is we who say that it is too long.</summary>
    private const long LargestBody = Limits.Attachment + Limits.AttachmentPiece;

    private const long Megabyte = 1_048_576;

    public static void MapAttachments(this IEndpointRouteBuilder routes)
    {
        Upload(routes.MapPost("/api/attachments", (string? name, HttpContext http, IGrainFactory grains, EdgeBudgets budgets, TimeProvider clock) =>
        {
            var me = http.User.Agent();
            Spend(budgets.AgentUploads, $"{me.WorkspaceId}/{me.Agent.Id}");
            return Take(http, grains.Attachment(me.WorkspaceId, Ids.New(clock)), me.Reader, name);
        })).RequireAuthorization(Policies.Agent).WithSummary("Takes a file, the request's body, that one of the agent's next messages names.");

        Upload(routes.MapPost("/api/widget/attachments", (string? name, HttpContext http, IGrainFactory grains, EdgeBudgets budgets, TimeProvider clock) =>
        {
            var pass = VisitorAuthentication.Pass(http);
            Spend(budgets.Uploads, $"{pass.WorkspaceId}/{pass.VisitorId}");
            Spend(budgets.UploadsOfAddress, Client.Address(http));
            return TakeOfVisitor(http, grains, pass, name, Ids.New(clock), budgets);
        })).RequireAuthorization(Policies.Visitor).WithSummary("Takes a file, the request's body, that one of the visitor's next messages names.");

        routes.MapGet("/api/attachments/{id}", async (string id, HttpContext http, IGrainFactory grains) =>
        {
            var file = grains.Attachment(http.User.Agent().WorkspaceId, Input.Known(id));
            await Send(http, file, await file.Info() ?? throw Refusals.NotFound());
        }).RequireAuthorization(Policies.Agent).WithSummary("A file's bytes.");

        routes.MapGet("/api/widget/attachments/{id}", async (string id, HttpContext http, IGrainFactory grains) =>
        {
            var pass = VisitorAuthentication.Pass(http);
            var file = grains.Attachment(pass.WorkspaceId, Input.Known(id));
            if (await file.Info() is not { } info || !await MaySee(pass, info, grains))
                throw Refusals.NotFound();
            await Send(http, file, info);
        }).RequireAuthorization(Policies.Visitor).WithSummary("A file's bytes: of the visitor's own conversations.");
    }

    private static RouteHandlerBuilder Upload(RouteHandlerBuilder endpoint) => endpoint
        .WithMetadata(new RequestSizeLimitAttribute(LargestBody))
        .AddEndpointFilter((call, next) => call.HttpContext.Request.ContentLength > Limits.Attachment
            ? throw new RefusedException(Codes.TooLong, "A file may have at most 25 MB.")
            : next(call))
        .Produces<Attachment>(StatusCodes.Status201Created);

    private static void Spend(Budgets budget, string subject) => budget.Take(subject, "Too many files at once.");

    /// <summary>Sets aside what the file may take before it comes, so that files at the same time do not get past the limit together.</summary>
    private static async Task<IResult> TakeOfVisitor(
        HttpContext http, IGrainFactory grains, VisitorPass pass, string? name, string id, EdgeBudgets budgets)
    {
        var visitor = grains.Visitor(pass.WorkspaceId, pass.VisitorId);
        var unsent = grains.UnsentFiles(pass.WorkspaceId);
        var file = grains.Attachment(pass.WorkspaceId, id);
        var limits = budgets.Limits;
        var aside = http.Request.ContentLength ?? Limits.Attachment;
        var megabytes = budgets.UploadedMbOfAddress.For(Client.Address(http));
        if (!megabytes.TryTake(Mb(aside)))
            throw Refusals.TooMany("Too many files from this address.", megabytes.Wait(Mb(aside)));
        var isAside = false;
        try
        {
            await visitor.SetAside(aside, limits.VisitorStorageMb * Megabyte).OrThrow();
            isAside = true;
            if (await unsent.Comes(id, Alias(http, pass), aside, limits.AddressUnsentMb * Megabyte, limits.UnsentMb * Megabyte) is { } wait)
                throw Refusals.TooMany("Too many uploaded files are in no message yet.", wait);
            await visitor.Uploads(id).OrThrow();
            return await Take(http, file, new Reader(AuthorType.Visitor, pass.VisitorId), name);
        }
        finally
        {
            var size = (await file.Info())?.File.Size ?? 0;
            megabytes.GiveBack(Mb(aside - size));
            if (isAside)
            {
                await visitor.GiveBack(aside - size);
                await unsent.Came(id, size);
            }
        }
    }

    private static double Mb(long bytes) => (double)bytes / Megabyte;

    /// <summary>The same for the same address, so that it need not be stored.</summary>
    private static string Alias(HttpContext http, VisitorPass pass) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{pass.WorkspaceId}/{Client.Address(http)}")))[..16];

    /// <summary>Hands the body on piece by piece: no more of it is ever in memory.</summary>
    private static async Task<IResult> Take(HttpContext http, IAttachmentGrain file, Reader uploader, string? name)
    {
        await file.Begin(new AttachmentDraft(uploader, FileName.Clean(name), FileName.ContentType(http.Request.ContentType))).OrThrow();
        try
        {
            var buffer = new byte[Limits.AttachmentPiece];
            for (var read = buffer.Length; read == buffer.Length;)
            {
                read = await http.Request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, http.RequestAborted);
                if (read > 0)
                    await file.Append([.. buffer.AsSpan(0, read)]).OrThrow();
            }
            return Results.Created((string?)null, await file.Complete().OrThrow());
        }
        catch (Exception broken)
        {
            await file.Discard();
            if (http.RequestAborted.IsCancellationRequested && broken is not RefusedException)
                return Results.Empty;
            throw;
        }
    }

    private static async Task<bool> MaySee(VisitorPass pass, AttachmentInfo file, IGrainFactory grains) =>
        file.Uploader is { Role: AuthorType.Visitor } uploader && uploader.Id == pass.VisitorId
        || (file.Use is { IsNote: false } use
            && await grains.Conversation(pass.WorkspaceId, use.ConversationId).Row() is { } row && row.Visitor.Id == pass.VisitorId);

    /// <summary>Only a picture that has proved to be one is shown in place; everything else is saved.</summary>
    public static async Task Send(HttpContext http, IAttachmentGrain file, AttachmentInfo info)
    {
        var headers = http.Response.Headers;
        headers.ContentType = info.File.ContentType;
        headers.ContentLength = info.File.Size;
        headers.ContentDisposition = FileName.Disposition(info.File.Name, inline: Pictures.IsShown(info.File.ContentType));
        headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = "private, max-age=86400, immutable";
        for (var number = 0; number < info.Pieces; number++)
            await http.Response.Body.WriteAsync((await file.Piece(number)).AsMemory(), http.RequestAborted);
    }
}
