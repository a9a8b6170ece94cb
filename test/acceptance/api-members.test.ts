import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import type { Api } from "../../provider/client/index.js";
import { resources } from "../../provider/resources/index.js";
import { openBench, type Blocks } from "./resource-bench.js";
import { cases, type ResourceCase } from "./resource-cases.js";

/** Operations that the members of each resource called, by type. */
const called = new Map<string, Set<string>>();

/** What the cloud offers, which plans of any resource look up: no operations of the resource itself. */
const OFFERS = ["GET /v1/sites", "GET /v1/cloudservers/flavors", "GET /v1/images"];

const METHODS = ["get", "post", "put", "delete", "list"] as const;

/** The same client, which notes what is called. */
function noting(api: Api, seen: Set<string>): Api {
  const client = api as unknown as Readonly<Record<string, (...given: readonly unknown[]) => unknown>>;
  const noted = METHODS.map((method) => {
    const operation = method === "list" ? "GET" : method.toUpperCase();
    return [
      method,
      (path: string, ...rest: readonly unknown[]) => {
        seen.add(`${operation} ${path}`);
        return client[method]?.(path, ...rest);
      },
    ];
  });
  return {
    ...api,
    ...Object.fromEntries(noted),
    withSignal: (signal) => noting(api.withSignal(signal), seen),
  } as Api;
}

const isApi = (value: unknown): value is Api =>
  typeof value === "object" && value !== null && "withSignal" in value;

/** The same definition, whose members are given a client that notes what is called. */
function watched<T extends object>(definition: T, seen: Set<string>): T {
  const member = (value: unknown): unknown => {
    if (typeof value !== "function") return value;
    return (...given: readonly unknown[]): unknown =>
      Reflect.apply(
        value,
        definition,
        given.map((one) => (isApi(one) ? noting(one, seen) : one)),
      );
  };
  return Object.fromEntries(
    Object.entries(definition).map(([name, value]: [string, unknown]) => [
      name,
      name === "statuses" ? watched(value as object, seen) : member(value),
    ]),
  ) as T;
}

const unwatched = [...resources];
afterAll(() => unwatched.forEach(([type, definition]) => resources.set(type, definition)));
for (const [type, definition] of unwatched) {
  const seen = new Set<string>();
  called.set(type, seen);
  resources.set(type, watched(definition, seen));
}

const stackOf = (
  type: string,
  { needs, body }: ResourceCase,
  patch: Readonly<Record<string, unknown>> = {},
): Blocks => ({ ...needs, [type]: { ...needs[type], it: { ...body, ...patch } } });

describe("every resource declares the operations it calls", () => {
  test.each(Object.entries(cases))("%s", async (type, example) => {
    const bench = openBench();
    onTestFinished(() => bench.cloud.flush());
    await bench.run(stackOf(type, example));
    for (const [name, value] of Object.entries(example.changes)) {
      await bench.run(stackOf(type, example, { [name]: value, ...example.with?.[name] }));
    }
    await bench.run(stackOf(type, example), "destroy");
    const seen = called.get(type) ?? new Set();
    expect(seen.size).toBeGreaterThan(0);
    const declared = [...OFFERS, ...(resources.get(type)?.api ?? [])];
    expect([...seen].filter((operation) => !declared.includes(operation))).toEqual([]);
  });
});
