/**
 * What iec costs beyond what the cloud makes it wait: no-op plan, apply and destroy of many VPCs, and start-up.
 * The programs are the built ones; the cloud is `iec simulate` in a process of its own. Prints, and asserts nothing.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startCloud, type Cloud } from "./cloud.js";
import { measure, median, table, type Measured } from "./measure.js";

const LATENCY_MS = 50;
const AT_A_TIME = 10;
/** Items on a page of a list, at most: API Explorer. */
const PAGE = 1_000;
const SIZES = [200, 1_000];
const RUNS = 3;

/** The fastest that any client can be: API calls one after the other, in ms. */
const LIMITS = {
  apply: (vpcs: number) => Math.ceil(vpcs / AT_A_TIME) * LATENCY_MS,
  plan: (vpcs: number) => Math.ceil(vpcs / PAGE) * LATENCY_MS,
  destroy: (vpcs: number) => Math.ceil(vpcs / AT_A_TIME) * LATENCY_MS,
} as const;
type Command = keyof typeof LIMITS;
const COMMANDS: Readonly<Record<Command, readonly string[]>> = {
  apply: ["apply", "--auto-approve"],
  plan: ["plan"],
  destroy: ["destroy", "--auto-approve"],
};

/** A folder with a stack of so many VPCs. */
async function makeStack(root: string, vpcs: number): Promise<string> {
  const folder = await mkdtemp(join(root, `${vpcs}-`));
  const names = Array.from({ length: vpcs }, (_, i) => `vpc-${i}`);
  const blocks = names.map((name, i) => [name, { name, cidr: `10.${i % 256}.0.0/16`, mode: "CUSTOMER" }]);
  const stack = { provider: { iec: [{}] }, resource: { iec_vpc: Object.fromEntries(blocks) as object } };
  await writeFile(join(folder, "cdk.tf.json"), JSON.stringify(stack));
  return folder;
}

/** Runs every command once for each size; a size begins and ends with an empty cloud. */
async function runAll(root: string, cloud: Cloud): Promise<Map<string, Measured>> {
  const results = new Map<string, Measured>();
  for (const vpcs of SIZES) {
    const cwd = await makeStack(root, vpcs);
    for (const command of Object.keys(COMMANDS) as Command[])
      results.set(`${vpcs} ${command}`, await measure(COMMANDS[command], { cwd, cloud }));
  }
  return results;
}

async function throughput(root: string, cloud: Cloud): Promise<void> {
  const runs: Map<string, Measured>[] = [];
  for (let run = 0; run < RUNS; run++) runs.push(await runAll(root, cloud));
  const rows = SIZES.flatMap((vpcs) =>
    (Object.keys(COMMANDS) as Command[]).map((command) => {
      const measured = runs.flatMap((run) => run.get(`${vpcs} ${command}`) ?? []);
      const ms = median(measured.map((m) => m.ms));
      const limit = LIMITS[command](vpcs);
      return [
        String(vpcs),
        command === "plan" ? "plan, nothing to do" : command,
        seconds(ms),
        seconds(limit),
        (ms / limit).toFixed(2),
        String(median(measured.map((m) => m.calls))),
        seconds(median(measured.map((m) => m.cpuMs))),
        `${Math.round(median(measured.map((m) => m.peakKiB)) / 1_024)} MiB`,
      ];
    }),
  );
  console.log(`VPCs at ${LATENCY_MS} ms API latency, ${AT_A_TIME} calls at a time; medians of ${RUNS} runs`);
  console.log(table(["VPCs", "command", "time", "limit", "ratio", "API calls", "CPU", "peak memory"], rows));
}

async function startUp(root: string, cloud: Cloud): Promise<void> {
  const cwd = await makeStack(root, 10);
  await measure(COMMANDS.apply, { cwd, cloud });
  const row = (name: string, measured: readonly Measured[]) => {
    const ms = median(measured.map((m) => m.ms));
    const calls = median(measured.map((m) => m.calls));
    return [name, seconds(ms), seconds(ms - calls * LATENCY_MS), String(calls)];
  };
  const cold: Measured[] = [];
  const warm: Measured[] = [];
  for (let run = 0; run < RUNS; run++) {
    cold.push(await measure(COMMANDS.plan, { cwd, cloud, freshProgram: root }));
    warm.push(await measure(COMMANDS.plan, { cwd, cloud }));
  }
  await measure(COMMANDS.destroy, { cwd, cloud });
  console.log(`\niec plan of ten resources; medians of ${RUNS} runs`);
  const rows = [row("cold: a copy of the program that was never run", cold), row("warm", warm)];
  console.log(table(["start", "time", "beyond the API", "API calls"], rows));
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(2)} s`;

const root = await mkdtemp(join(tmpdir(), "iec-bench-"));
const cloud = await startCloud(["--latency", `${LATENCY_MS}ms`, "--quota", "vpc=2000"]);
try {
  // The first run of anything is slower in the cloud too.
  await runAll(root, cloud);
  await throughput(root, cloud);
  await startUp(root, cloud);
} finally {
  await cloud.stop();
  await rm(root, { recursive: true, force: true });
}
