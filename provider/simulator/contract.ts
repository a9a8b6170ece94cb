import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import iec from "../../schema/api/openapi.json" with { type: "json" };
import iam from "../../schema/api/openapi-iam.json" with { type: "json" };
import { parseIpv4 } from "./cidr.js";
import type { QueryValue } from "./operation.js";

type Schema = Readonly<Record<string, unknown>>;
interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: Schema;
}
interface Content {
  readonly content?: { readonly "application/json"?: { readonly schema: Schema } };
}
interface Described {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Content;
  /** Ways to prove who calls, where they differ from the service's; an empty one stands for none. */
  readonly security?: readonly object[];
  /** The official operations, where one path and method stands for several. */
  readonly "x-operations"?: readonly { readonly operationId: string }[];
  readonly responses: Readonly<Record<string, Content & { readonly $ref?: string }>>;
  /** A path that older clients call. */
  readonly "x-legacy-path"?: string;
}

export type Service = "iec" | "iam";

/** One operation of the API's documents. */
export interface Operation {
  readonly id: string;
  readonly method: string;
  /** Path with `{name}` parameters. */
  readonly path: string;
  readonly service: Service;
  readonly described: Described;
}

const documents: Readonly<Record<Service, unknown>> = { iec, iam };

function readOperations(service: Service): Operation[] {
  const { paths } = documents[service] as { paths: Record<string, Record<string, Described>> };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => ({
      id: described.operationId,
      method: method.toUpperCase(),
      path,
      service,
      described,
    })),
  );
}

export const operations: readonly Operation[] = [...readOperations("iec"), ...readOperations("iam")];

/**
 * Closes every object schema that lists its properties: the documents leave them open for growth, but a name that
 * they do not know is a mistake of the caller or of the simulator.
 */
function closed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(closed);
  if (typeof node !== "object" || node === null) return node;
  const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, closed(value)]));
  if (copy["type"] === "object" && "properties" in copy) copy["additionalProperties"] ??= false;
  return copy;
}

/** What is wrong, as text; `onlyUnknownNames` when nothing but names that the contract does not know. */
export interface Mismatch {
  readonly text: string;
  readonly onlyUnknownNames: boolean;
}

/** Checks messages against the API's documents. Validators are compiled when first needed. */
export class Contract {
  private readonly ajv = new Ajv2020({
    strict: false,
    allErrors: true,
    validateSchema: false,
    formats: {
      int32: {
        type: "number",
        validate: (value: number) => Number.isInteger(value) && Math.abs(value) < 2 ** 31,
      },
      int64: { type: "number", validate: (value: number) => Number.isInteger(value) },
      double: { type: "number", validate: () => true },
      ipv4: (value: string) => parseIpv4(value) !== undefined,
    },
  });
  private readonly compiled = new Map<string, ValidateFunction | undefined>();

  constructor() {
    for (const [service, document] of Object.entries(documents)) {
      this.ajv.addSchema(closed(document) as Schema, service);
    }
  }

  requestBody(operation: Operation, body: unknown): Mismatch | undefined {
    const schema = operation.described.requestBody?.content?.["application/json"]?.schema;
    return this.check(operation, "body", schema, body);
  }

  parameters(operation: Operation, where: "path" | "query", values: unknown): Mismatch | undefined {
    return this.check(operation, where, () => parameterSchema(operation, where), values);
  }

  /** Checks an answer's status and body. */
  answer(operation: Operation, status: number, body: unknown): Mismatch | undefined {
    const response = operation.described.responses[String(status)];
    if (!response) return { text: `status ${status} is not in the contract`, onlyUnknownNames: false };
    const schema = response.$ref
      ? { $ref: `#/components/schemas/ErrorResponse` }
      : response.content?.["application/json"]?.schema;
    if (!schema && body !== undefined)
      return { text: "has a body where none is due", onlyUnknownNames: false };
    return this.check(operation, String(status), schema, body);
  }

  private check(
    operation: Operation,
    part: string,
    schema: Schema | undefined | (() => Schema | undefined),
    value: unknown,
  ): Mismatch | undefined {
    const key = `${operation.id} ${part}`;
    let validate = this.compiled.get(key);
    if (!validate && !this.compiled.has(key)) {
      const source = typeof schema === "function" ? schema() : schema;
      validate = source && this.ajv.compile(closed(rooted(source, operation.service)) as Schema);
      this.compiled.set(key, validate);
    }
    if (!validate || validate(value)) return undefined;
    const errors = validate.errors ?? [];
    return {
      text: errors
        .slice(0, 5)
        .map((error) => {
          const extra = error.params["additionalProperty"] as string | undefined;
          return `${error.instancePath || "/"} ${error.message ?? ""}${extra ? ` (${extra})` : ""}`;
        })
        .join("; "),
      onlyUnknownNames: errors.every((error) => error.keyword === "additionalProperties"),
    };
  }
}

/** The schema with its local references pointing into the service's document. */
function rooted(node: unknown, service: Service): unknown {
  if (Array.isArray(node)) return node.map((item) => rooted(item, service));
  if (typeof node !== "object" || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [
      key,
      key === "$ref" && typeof value === "string" ? `${service}${value}` : rooted(value, service),
    ]),
  );
}

function parameterSchema(operation: Operation, where: "path" | "query"): Schema {
  const parameters = (operation.described.parameters ?? []).filter((parameter) => parameter.in === where);
  return {
    type: "object",
    properties: Object.fromEntries(
      parameters.map(({ name, schema }) => {
        // "An unknown value yields an empty list" (BEHAVIOUR.md section 3), not a refusal.
        const { enum: values, ...open } = schema;
        return [name, operation.id === "ListInstances" && name === "status" && values ? open : schema];
      }),
    ),
    required: parameters.filter((parameter) => parameter.required).map((parameter) => parameter.name),
  };
}

/** Query text turned into the types that the contract names; text that does not fit is left for the check to refuse. */
export function readQuery(operation: Operation, search: URLSearchParams): Record<string, QueryValue> {
  const query: Record<string, QueryValue> = {};
  for (const name of new Set(search.keys())) {
    const values = search.getAll(name);
    const value = values[0] ?? "";
    const type = operation.described.parameters?.find((parameter) => parameter.name === name)?.schema["type"];
    if (type === "array") query[name] = values;
    else if (type === "integer") query[name] = /^-?\d+$/.test(value) ? Number(value) : value;
    else if (type === "boolean") query[name] = value === "true" || (value === "false" ? false : value);
    else query[name] = value;
  }
  return query;
}
