import { Hono } from "hono";
import { account, agency, identityProvider, permanentKeys, temporaryKeys } from "./account.js";
import { type Clock, systemClock } from "./clock.js";
import { Cloud } from "./cloud.js";
import { operations } from "./contract.js";
import { Disk } from "./disk.js";
import { type FaultRule, Faults } from "./faults.js";
import { type CallRecord, Journal, type Violation } from "./journal.js";
import type { Kind } from "./model.js";
import type { Answer } from "./operation.js";
import { probe, type Probe, type ProbeResult } from "./probe.js";
import { Random } from "./random.js";
import { ApiServer, type Outcome } from "./server.js";
import {
  isKind,
  type JsonObject,
  mutateObject,
  removeObject,
  type Snapshot,
  snapshotOf,
} from "./snapshot.js";

export interface AppOptions {
  /** Delay of each answer in ms; 0 by default. */
  readonly latencyMs?: number;
  /** Seed of ids and faults; 1 by default. */
  readonly seed?: number;
  readonly faults?: readonly FaultRule[];
  /** File that the cloud is read from and written to; in memory only by default. */
  readonly dataFile?: string;
  /** Quotas that differ from the catalog's, by quota kind such as `instance`. */
  readonly quotas?: Readonly<Record<string, number>>;
  /** Instances of edge services that each site has room for; 20 by default. */
  readonly capacity?: number;
  readonly clock?: Clock;
  /** Factor on every duration of the cloud (not on latency and faults); 1 by default, 0 = everything at once. */
  readonly timeScale?: number;
  /** Whether requests and answers are checked against the OpenAPI documents; true by default. */
  readonly validate?: boolean;
  /** Whether requests must prove who they are; true by default. */
  readonly checkSignatures?: boolean;
  /** How many calls are kept in `calls`; 10,000 by default. */
  readonly callLimit?: number;
}

/** A simulated cloud without a socket. */
export interface SimulatorApp {
  /** Serves a request. Rejects when a fault cuts the connection, as a real fetch does. */
  readonly fetch: (request: Request, env?: Connection) => Promise<Response>;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly domainId: string;
  /** Temporary keys, valid together with their token. */
  readonly temporary: {
    readonly accessKey: string;
    readonly secretKey: string;
    readonly securityToken: string;
  };
  /** An agency that the keys may assume. */
  readonly agency: { readonly agencyName: string; readonly domainName: string };
  /** Where the identity token is from that may be exchanged for keys. */
  readonly identityProvider: { readonly idpId: string; readonly idToken: string };
  /** The latest calls, oldest first. */
  readonly calls: readonly CallRecord[];
  /** Messages that broke the contract since the start or the last reset. */
  readonly invalid: readonly Violation[];
  readonly snapshot: () => Snapshot;
  /** Out-of-band change by JSON merge patch; false when there is no such object. */
  readonly mutate: (kind: Kind, id: string, patch: JsonObject) => boolean;
  /** Out-of-band removal; false when there is no such object. */
  readonly remove: (kind: Kind, id: string) => boolean;
  /** Whether a packet would arrive. */
  readonly probe: (packet: Probe) => ProbeResult;
  /** Writes the data file, if any. */
  readonly flush: () => void;
}

/** What the HTTP adapter hands over: the way to end a connection. */
interface Connection {
  readonly outgoing?: { destroy(): unknown };
}

export function createSimulatorApp(options: AppOptions = {}): SimulatorApp {
  const seed = options.seed ?? 1;
  const clock = options.clock ?? systemClock;
  const cloud = new Cloud({
    clock,
    seed,
    timeScale: options.timeScale ?? 1,
    quotas: options.quotas ?? {},
    capacity: options.capacity ?? 20,
  });
  const disk = options.dataFile === undefined ? undefined : new Disk(cloud, options.dataFile);
  const journal = new Journal(options.callLimit ?? 10_000);
  const faults = new Faults(options.faults ?? [], new Random(seed + 1));
  const server = new ApiServer(cloud, faults, journal, disk, {
    latencyMs: options.latencyMs ?? 0,
    validate: options.validate ?? true,
    checkSignatures: options.checkSignatures ?? true,
  });

  const mutate = (kind: Kind, id: string, patch: JsonObject): boolean => {
    disk?.touch();
    return mutateObject(cloud, kind, id, patch);
  };
  const remove = (kind: Kind, id: string): boolean => {
    disk?.touch();
    return removeObject(cloud, kind, id);
  };

  const app = new Hono<{ Bindings: Connection }>();
  // Paths without parameters first: `/cloudservers/flavors` is no server id.
  const ordered = [...operations].sort((a, b) => Number(a.path.includes("{")) - Number(b.path.includes("{")));
  for (const operation of ordered) {
    const paths = [operation.path, operation.described["x-legacy-path"] ?? operation.path];
    app.on(operation.method, paths.map(routed), async (context) =>
      respond(await server.serve(operation, context.req.raw, context.req.param())),
    );
  }
  app.notFound(() => respond(server.unknownApi()));
  app.get("/_sim/state", () => json(200, snapshotOf(cloud)));
  app.get("/_sim/stats", () => json(200, journal.stats()));
  app.post("/_sim/stats/reset", () => {
    journal.reset();
    return respond({ status: 204 });
  });
  app.post("/_sim/probe", async (context) => json(200, probe(cloud, await context.req.json<Probe>())));
  app.patch("/_sim/objects/:kind/:id", async (context) => {
    const { kind, id } = context.req.param();
    const found = isKind(kind) && mutate(kind, id, await context.req.json<JsonObject>());
    return respond({ status: found ? 204 : 404 });
  });
  app.delete("/_sim/objects/:kind/:id", (context) => {
    const { kind, id } = context.req.param();
    return respond({ status: isKind(kind) && remove(kind, id) ? 204 : 404 });
  });

  return {
    fetch: async (request, env) => {
      const response = await app.fetch(request, env);
      if (!response.headers.has(cutHeader)) return response;
      if (!env?.outgoing) throw new TypeError("fetch failed", { cause: new Error("ECONNRESET") });
      env.outgoing.destroy();
      return response;
    },
    ...permanentKeys,
    temporary: temporaryKeys,
    agency,
    identityProvider,
    domainId: account.domainId,
    calls: journal.calls,
    invalid: journal.invalid,
    snapshot: () => snapshotOf(cloud),
    mutate,
    remove,
    probe: (packet) => probe(cloud, packet),
    flush: () => disk?.write(),
  };
}

/** `{name}` as the router writes it. */
function routed(path: string): string {
  return path.replace(/\{(\w+)\}/g, ":$1");
}

/** The adapter's sign that the answer needs no writing: here the connection is gone. */
const cutHeader = "x-hono-already-sent";

function respond(outcome: Outcome): Response {
  if (outcome === "cut") return new Response(null, { headers: { [cutHeader]: "true" } });
  return json(outcome.status, outcome.body, outcome.headers);
}

function json(status: number, body: unknown, headers: Answer["headers"] = {}): Response {
  if (body === undefined) return new Response(null, { status, headers });
  return new Response(JSON.stringify(body), {
    status,
    headers: { ...headers, "Content-Type": "application/json" },
  });
}
