/**
 * What a call costs the plugin's process: over the transport of `provider/plugin`, and over Node's own HTTP/2. Both
 * give back what they get, each in a process of its own. Prints, and asserts nothing.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type ClientHttp2Session } from "node:http2";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { listen } from "../provider/plugin/grpc.js";
import { median, table } from "./measure.js";

const RUNS = 5;
/** A plan of 1,000 resources makes some 4,000 calls, ten at a time. */
const CALLS = 4_000;
const AT_ONCE = 10;
const SIZES = [200, 20_000];
const SERVERS = { "provider/plugin": serveOwn, "node:http2": serveWithNode } as const;

async function serveOwn(path: string): Promise<void> {
  await listen({
    at: { path },
    connect:
      () =>
      ({ request }) =>
        Promise.resolve(request),
  });
}

async function serveWithNode(path: string): Promise<void> {
  const server = createServer();
  server.on("stream", (stream) => {
    const chunks: Buffer[] = [];
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.on("end", () => {
      stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
      stream.end(Buffer.concat(chunks));
    });
  });
  await once(server.listen(path), "listening");
}

function call(session: ClientHttp2Session, body: Buffer): Promise<unknown> {
  const stream = session.request({ ":method": "POST", ":path": "/tfplugin6.Provider/PlanResourceChange" });
  stream.resume().end(body);
  return once(stream, "close");
}

/** CPU time of the server's whole process for all calls, in ms: a process of Terraform's is as short. */
async function cpuOf(name: keyof typeof SERVERS, size: number): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "iec-bench-"));
  const path = join(folder, "s");
  const args = ["--import", "tsx", fileURLToPath(import.meta.url), name, path];
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  await once(child.stdout, "data");
  const session = connect("http://localhost", { createConnection: () => createConnection(path) });
  const body = Buffer.concat([Buffer.from([0, 0, 0, 0, 0]), Buffer.alloc(size)]);
  body.writeUInt32BE(size, 1);
  const worker = async () => {
    for (let i = 0; i < CALLS / AT_ONCE; i++) await call(session, body);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  session.destroy();
  child.stdin.end();
  const [used] = (await once(child.stdout, "data")) as [Buffer];
  await once(child, "exit");
  await rm(folder, { recursive: true });
  return Number(used);
}

const [, , asked, path] = process.argv;
if (asked !== undefined && path !== undefined) {
  await SERVERS[asked as keyof typeof SERVERS](path);
  const before = process.cpuUsage();
  console.log("ready");
  await once(process.stdin.resume(), "end");
  const { user, system } = process.cpuUsage(before);
  process.stdout.write(String((user + system) / 1_000), () => process.exit());
} else {
  const names = Object.keys(SERVERS) as (keyof typeof SERVERS)[];
  const rows: string[][] = [];
  for (const size of SIZES) {
    const used = new Map(names.map((name) => [name, [] as number[]]));
    // In turns: whatever slows the machine down for a while slows down both.
    for (let run = 0; run < RUNS; run++)
      for (const name of names) used.get(name)?.push(await cpuOf(name, size));
    const medians = names.map((name) => median(used.get(name) ?? []));
    const [own = 0, node = 0] = medians;
    rows.push([String(size), ...medians.map((ms) => `${ms.toFixed(0)} ms`), (own / node).toFixed(2)]);
  }
  console.log(`CPU time of ${CALLS} calls, ${AT_ONCE} at a time; medians of ${RUNS} runs`);
  console.log(table(["bytes", ...names, "ratio"], rows));
}
