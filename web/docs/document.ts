/** As much of OpenAPI 3.1 as our own description uses. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  enum?: (string | null)[];
  oneOf?: Schema[];
}

interface Media {
  schema?: Schema;
  example?: unknown;
}

interface Described {
  summary?: string;
  description?: string;
  operationId?: string;
  tags?: string[];
  security?: Record<string, string[]>[];
  parameters?: { name: string; in: string; description?: string; required?: boolean; schema?: Schema }[];
  requestBody?: { content: Record<string, Media> };
  responses?: Record<string, { description: string; content?: Record<string, Media> }>;
}

export interface Document {
  info: { title: string; description?: string };
  servers?: { url: string }[];
  paths: Record<string, Record<string, Described>>;
  webhooks?: Record<string, Record<string, Described>>;
  components?: { schemas?: Record<string, Schema> };
}

export interface Call {
  id: string;
  method: string;
  path: string;
  tag: string;
  summary: string;
  description: string;
  scope: string | null;
  parameters: { name: string; in: string; type: string; required: boolean; description: string }[];
  request: Media | null;
  /** What it answers when all is well. */
  answer: { status: string; media: Media | null; isFile: boolean } | null;
  errors: { status: string; code: string; example: unknown }[];
}

export interface Row {
  name: string;
  type: string;
  required: boolean;
  description: string;
  /** Members of what is inside. */
  rows: Row[];
}

const root = "/api/v1/";
const deepest = 4;

/** The calls for programs, in the order of the document; the dashboard's own are left out. */
export function callsOf(document: Document): Call[] {
  return Object.entries(document.paths)
    .filter(([path]) => path.startsWith(root))
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, call]) => callOf(document, method.toUpperCase(), path, call)),
    );
}

export function eventOf(document: Document): Call | null {
  const event = document.webhooks?.["event"]?.["post"];
  return event ? callOf(document, "POST", "your address", { ...event, operationId: "event", tags: ["Events"] }) : null;
}

function callOf(document: Document, method: string, path: string, call: Described): Call {
  const responses = Object.entries(call.responses ?? {});
  const good = responses.find(([status]) => status.startsWith("2"));
  return {
    id: call.operationId ?? `${method} ${path}`,
    method,
    path,
    tag: call.tags?.[0] ?? "Other",
    summary: call.summary ?? path,
    description: call.description ?? "",
    scope: call.security?.[0]?.["apiKey"]?.[0] ?? null,
    parameters: (call.parameters ?? []).map((one) => ({
      name: one.name,
      in: one.in,
      type: typeOf(document, one.schema ?? {}),
      required: one.required ?? false,
      description: one.description ?? "",
    })),
    request: json(call.requestBody?.content),
    answer: good ? { status: good[0], media: json(good[1].content), isFile: good[1].content !== undefined && !json(good[1].content) } : null,
    errors: responses
      .filter(([status]) => status >= "4")
      .map(([status, one]) => ({ status, code: one.description, example: one.content?.["application/problem+json"]?.example })),
  };
}

const json = (content?: Record<string, Media>): Media | null => content?.["application/json"] ?? null;

/** The line that makes the call from a shell. */
export function curl(call: Call, server: string): string {
  const example = call.request?.example as Record<string, unknown> | undefined;
  const path = call.path.replace("{id}", "$ID");
  const lines = [`curl ${call.method === "GET" ? "" : `-X ${call.method} `}"${server}${path}"`, `-H "Authorization: Bearer $LS_KEY"`];
  if (call.parameters.some((one) => one.name === "Idempotency-Key")) lines.push(`-H "Idempotency-Key: $(uuidgen)"`);
  if (call.request) {
    lines.push(`-H "Content-Type: application/json"`);
    if (example) lines.push(`-d '${JSON.stringify(example).replaceAll("'", "'\\''")}'`);
  }
  return lines.join(" \\\n  ");
}

/** The members of a shape, with what is inside of them. */
export function rowsOf(document: Document, schema: Schema | undefined, depth = 0): Row[] {
  const shape = inner(document, schema);
  if (!shape?.properties || depth > deepest) return [];
  return Object.entries(shape.properties).map(([name, member]) => ({
    name,
    type: typeOf(document, member),
    required: shape.required?.includes(name) ?? false,
    description: member.description ?? resolve(document, member).description ?? "",
    rows: rowsOf(document, member, depth + 1),
  }));
}

function resolve(document: Document, schema: Schema): Schema {
  const name = schema.$ref?.split("/").at(-1);
  return name ? (document.components?.schemas?.[name] ?? {}) : schema;
}

/** What is inside of a list, or of "this or nothing". */
function inner(document: Document, schema: Schema | undefined): Schema | undefined {
  if (!schema) return undefined;
  const some = schema.oneOf?.find((one) => one.type !== "null");
  const shape = resolve(document, some ?? schema);
  return shape.items ? inner(document, shape.items) : shape;
}

function typeOf(document: Document, schema: Schema): string {
  if (schema.oneOf) return [...schema.oneOf.filter((one) => one.type !== "null").map((one) => typeOf(document, one)), "null"].join(" | ");
  const shape = resolve(document, schema);
  if (shape.enum) return shape.enum.filter((one) => one !== null).map((one) => `"${one}"`).join(" | ");
  if (shape.items) return `${typeOf(document, shape.items)}[]`;
  const types = (Array.isArray(shape.type) ? shape.type : [shape.type ?? "object"]).filter((one) => one !== "null");
  // A number is described as "integer, or a text that is one"; ours are numbers.
  const type = types.includes("integer") ? "integer" : types.join(" | ");
  return shape.format === "date-time" ? "time" : type;
}

/** Calls in which every word occurs somewhere. */
export function find(calls: Call[], text: string): Call[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return calls.filter((call) => {
    const all = [call.method, call.path, call.summary, call.description, call.scope, call.tag, ...call.parameters.map((one) => one.name)].join(" ").toLowerCase();
    return words.every((word) => all.includes(word));
  });
}
