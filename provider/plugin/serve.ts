import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { systemClock } from "../../schema/clock.js";
import { selfSigned } from "./certificate.js";
import { handshakeLine, PROTOCOL_VERSION, readHandshake } from "./handshake.js";
import type { Connection, Listener, Transport } from "./transport.js";

export interface ServeOptions {
  /** `registry.terraform.io/iec-cdk/iec` */
  readonly address: string;
  readonly transport: Transport;
  readonly connect: () => Connection;
  /** Stays until it is told to go, and prints how Terraform attaches to it. */
  readonly debug: boolean;
}

const SHUTDOWN = "/plugin.GRPCController/Shutdown";
const HEALTH = "/grpc.health.v1.Health/Check";
/** The message `{ status: SERVING }`. */
const SERVING = Uint8Array.of(0x08, 1);
const EMPTY = new Uint8Array();
/** Paths of sockets are no longer than this; macOS allows less than Linux. */
const LONGEST_PATH = process.platform === "darwin" ? 103 : 107;
/** How often the process looks whether Terraform is still there. */
const ORPHAN_CHECK_MS = 1000;
/** Lets the answer to the shutdown reach Terraform. */
const FLUSH_MS = 5;

/** The life of the plugin's process: from the handshake until Terraform is done with it, or gone. */
export async function serve({ address, transport, connect, debug }: ServeOptions): Promise<void> {
  const handshake = readHandshake(process.env);
  if (!debug && !handshake.ok) {
    process.stderr.write(`${handshake.message}\n`);
    process.exitCode = 1;
    return;
  }
  const clientPem = !debug && handshake.ok ? handshake.clientPem : undefined;
  const own = clientPem === undefined ? undefined : selfSigned(systemClock.now());
  const folder = socketFolder();
  const exit = () => process.exit(0);
  process.on("exit", () => {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });
  const parent = process.ppid;
  const exitIfOrphaned = () => {
    if (process.ppid !== parent) exit();
  };
  const controlled = (): Connection => {
    const provider = connect();
    return (call) => {
      if (call.method === HEALTH) return Promise.resolve(SERVING);
      if (call.method !== SHUTDOWN) return provider(call);
      if (!debug) setTimeout(exit, FLUSH_MS);
      return Promise.resolve(EMPTY);
    };
  };
  const listener: Listener = await transport({
    at: folder === undefined ? { port: 0 } : { path: path.join(folder, "s") },
    tls: own !== undefined && clientPem !== undefined ? { own, clientPem } : undefined,
    connect: controlled,
    onDisconnect: (left) => {
      // A killed Terraform leaves its connection first.
      if (left === 0 && !debug) setTimeout(exitIfOrphaned, FLUSH_MS);
    },
  });
  const network = folder === undefined ? "tcp" : "unix";
  process.on("uncaughtException", tellCrash);
  process.on("unhandledRejection", tellCrash);
  process.on("SIGTERM", exit);
  if (debug) {
    process.on("SIGINT", exit);
    process.stdout.write(`TF_REATTACH_PROVIDERS='${reattachment(address, network, listener.address)}'\n`);
    return;
  }
  // Ctrl-C reaches every process of the terminal: Terraform decides what is to be stopped.
  process.on("SIGINT", () => undefined);
  setInterval(exitIfOrphaned, ORPHAN_CHECK_MS).unref();
  process.stdout.write(
    `${handshakeLine(network, listener.address, own, handshake.ok && handshake.multiplexes)}\n`,
  );
}

/** A folder for the socket that nobody else may enter; undefined where its path would be too long. */
function socketFolder(): string | undefined {
  if (process.platform === "win32") return undefined;
  const base = process.env["PLUGIN_UNIX_SOCKET_DIR"] || tmpdir();
  const prefix = path.join(base, "iec-");
  if (Buffer.byteLength(prefix) + "XXXXXX/s".length > LONGEST_PATH) return undefined;
  return mkdtempSync(prefix);
}

const reattachment = (address: string, network: string, at: string): string =>
  JSON.stringify({
    [address]: {
      Protocol: "grpc",
      ProtocolVersion: PROTOCOL_VERSION,
      Pid: process.pid,
      Test: true,
      Addr: { Network: network, String: at },
    },
  });

/** Terraform repeats what follows "panic:" to the user. The process lives on: other calls may be under way. */
const tellCrash = (error: unknown): void => {
  process.stderr.write(`panic: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
};
