/**
 * A stand-in for the edge cloud and its IAM: an independent reading of the API's contract and behaviour.
 * What it does, and which source says so, is listed in SPEC.md.
 */
import type { AddressInfo } from "node:net";
import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { type AppOptions, createSimulatorApp, type SimulatorApp } from "./app.js";
import { operations } from "./contract.js";
import { edgeOperations } from "./routes.js";

export { createSimulatorApp, type SimulatorApp } from "./app.js";
export type { Clock } from "./clock.js";
export type { FaultKind, FaultRule } from "./faults.js";
export type { CallRecord, Violation } from "./journal.js";
export type { Kind } from "./model.js";
export type { Probe, ProbeResult, Stop } from "./probe.js";
export type { Snapshot } from "./snapshot.js";

export interface SimulatorOptions extends AppOptions {
  /** TCP port; 0, the default, takes a free one. */
  readonly port?: number;
  /** Only the loopback address is served: the test endpoints ask for no credentials. */
  readonly host?: "127.0.0.1";
}

export interface Simulator extends Omit<SimulatorApp, "fetch" | "flush"> {
  /** Base address of both IEC and IAM, without a slash at the end. */
  readonly url: string;
  /** Ends all connections at once, writes the data file and frees the port. */
  readonly close: () => Promise<void>;
}

/**
 * The edge cloud's operations that are served, by their official ids in the order of the alphabet; the others answer
 * 501. Starting, stopping and rebooting share one entry of the contract and count as three.
 */
export function simulatedOperations(): string[] {
  return operations
    .filter(({ id }) => id in edgeOperations)
    .flatMap(
      ({ id, described }) => described["x-operations"]?.map((official) => official.operationId) ?? [id],
    )
    .sort();
}

export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { fetch, flush, ...app } = createSimulatorApp(options);
  const listener = getRequestListener(fetch, { overrideGlobalObjects: false });
  const server = createServer(
    { keepAliveTimeout: 60_000 },
    (incoming, outgoing) => void listener(incoming, outgoing),
  );
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, options.host ?? "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    ...app,
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
        flush();
      }),
  };
}
