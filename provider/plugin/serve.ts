import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Readable } from "node:stream";
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
  /** What ends with the program that asked for `debug`: then the process goes too, once no Terraform is attached. */
  readonly leash?: Readable;
}

const SHUTDOWN = "/plugin.GRPCController/Shutdown";
const HEALTH = "/grpc.health.v1.Health/Check";
/** The message `{ status: SERVING }`. */
const SERVING = Uint8Array.of(0x08, 1);
const EMPTY = new Uint8Array();
/** Paths of sockets are no longer than this; macOS allows less than Linux. */
const LONGEST_PATH = process.platform === "darwin" ? 103 : 107;
/** How often the process looks whether anybody still wants it. */
const ORPHAN_CHECK_MS = 1000;
/** Lets the answer to the shutdown reach Terraform. */
const FLUSH_MS = 5;

/** The life of the plugin's process: from the handshake until Terraform is done with it, or gone. */
export async function serve({ address, transport, connect, debug, leash }: ServeOptions): Promise<void> {
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
    if (!lives(parent)) exit();
  };
  let attached = 0;
  const controlled = (): Connection => {
    attached++;
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
      attached = left;
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
    leash?.once("close", () => whenQuiet(() => attached === 0, exit)).resume();
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

/** Whether the process that started this one is still there. On Windows its number stays when it has gone. */
function lives(parent: number): boolean {
  if (process.platform !== "win32") return process.ppid === parent;
  try {
    return process.kill(parent, 0);
  } catch {
    return false;
  }
}

/** Acts when nobody has been there for a while: Terraform comes several times, one step after the other. */
function whenQuiet(quiet: () => boolean, act: () => void): void {
  let times = 0;
  setInterval(() => {
    times = quiet() ? times + 1 : 0;
    if (times === 2) act();
  }, ORPHAN_CHECK_MS / 2);
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
