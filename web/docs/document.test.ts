import { describe, expect, it } from "vitest";
import { callsOf, curl, find, rowsOf, type Document } from "./document.ts";

const document: Document = {
  info: { title: "x" },
  paths: {
    "/api/me": { get: { summary: "Not for programs" } },
    "/api/v1/things": {
      post: {
        operationId: "post_things",
        summary: "Makes a thing",
        tags: ["Things"],
        security: [{ apiKey: ["things:write"] }],
        parameters: [{ name: "Idempotency-Key", in: "header", schema: { type: "string" } }],
        requestBody: { content: { "application/json": { schema: { $ref: "#/components/schemas/Thing" }, example: { name: "it's" } } } },
        responses: {
          "201": { description: "Created", content: { "application/json": { schema: { $ref: "#/components/schemas/Thing" } } } },
          "409": { description: "conflict", content: { "application/problem+json": { example: { code: "conflict" } } } },
        },
      },
    },
    "/api/v1/things/{id}": { get: { summary: "Gets a thing", responses: { "200": { description: "OK" } } } },
  },
  components: {
    schemas: {
      Thing: {
        type: "object",
        required: ["name"],
        properties: {
          name: { type: "string", description: "What it is called" },
          owner: { oneOf: [{ type: "null" }, { $ref: "#/components/schemas/Owner" }] },
          parts: { type: "array", items: { $ref: "#/components/schemas/Thing" } },
          kind: { $ref: "#/components/schemas/Kind" },
          at: { type: ["null", "string"], format: "date-time" },
        },
      },
      Owner: { type: "object", properties: { id: { type: "string" } } },
      Kind: { enum: ["a", "b"] },
    },
  },
};

describe("the description", () => {
  const calls = callsOf(document);

  it("lists the programs' calls only", () => {
    expect(calls.map((call) => call.summary)).toEqual(["Makes a thing", "Gets a thing"]);
    expect(calls[0]).toMatchObject({ scope: "things:write", answer: { status: "201" }, errors: [{ status: "409", code: "conflict" }] });
  });

  it("writes a line for the shell, quotes and all", () => {
    expect(curl(calls[0]!, "https://x.example")).toBe(
      [
        'curl -X POST "https://x.example/api/v1/things"',
        '  -H "Authorization: Bearer $LS_KEY"',
        '  -H "Idempotency-Key: $(uuidgen)"',
        '  -H "Content-Type: application/json"',
        `  -d '{"name":"it'\\''s"}'`,
      ].join(" \\\n"),
    );
    expect(curl(calls[1]!, "")).toContain('curl "/api/v1/things/$ID"');
  });

  it("shows what is inside of shapes, also of those that hold themselves", () => {
    const rows = rowsOf(document, calls[0]!.request!.schema);
    expect(rows.map((row) => [row.name, row.type, row.required])).toEqual([
      ["name", "string", true],
      ["owner", "object | null", false],
      ["parts", "object[]", false],
      ["kind", '"a" | "b"', false],
      ["at", "time", false],
    ]);
    expect(rows[1]!.rows.map((row) => row.name)).toEqual(["id"]);
    expect(rows[2]!.rows[2]!.rows).not.toEqual([]);
  });

  it("is searched by all words", () => {
    expect(find(calls, "  thing GET ").map((call) => call.summary)).toEqual(["Gets a thing"]);
    expect(find(calls, "")).toHaveLength(2);
    expect(find(calls, "nothing")).toEqual([]);
  });
});
