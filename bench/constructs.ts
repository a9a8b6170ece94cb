/**
 * What validation and line tracking add to synth: the same 10,000 constructs under cdktf's App and under IecApp.
 * Each run is a process of its own. Prints, and asserts nothing.
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { App, TerraformStack } from "cdktf";
import { IecApp, IecProvider, inspectApp, Server, Vpc, VpcSubnet } from "iec-cdk";
import { median } from "./measure.js";

const NETWORKS = 400;
/** In each network: its VPC, 8 subnets and 16 servers. */
const SUBNETS = 8;
const RUNS = 5;
const APPS = { App, IecApp } as const;

const PHASES = ["construct", "validate", "synth"] as const;
/** In ms: as a user waits for it, and of the processor, to which other programs on the machine do not add. */
const CLOCKS = ["time", "CPU time"] as const;
type Times = Readonly<Record<(typeof CLOCKS)[number], Readonly<Record<(typeof PHASES)[number], number>>>>;

type Now = Readonly<Record<(typeof CLOCKS)[number], number>>;

function now(): Now {
  const { user, system } = process.cpuUsage();
  return { time: performance.now(), "CPU time": (user + system) / 1000 };
}

/** Builds and writes the tree, and tells how long it took. */
function run(name: keyof typeof APPS, outdir: string): Times {
  const times = [now()];
  const app = new APPS[name]({ outdir });
  const stack = new TerraformStack(app, "bench");
  new IecProvider(stack, "iec");
  for (let n = 0; n < NETWORKS; n++) network(stack, n);
  times.push(now());
  if (name === "IecApp") inspectApp(app);
  times.push(now());
  if (name === "IecApp") (app as { skipValidation: boolean }).skipValidation = true;
  app.synth();
  times.push(now());
  const [begun, built, validated, written] = times as [Now, Now, Now, Now];
  const of = (clock: keyof Now) => ({
    construct: built[clock] - begun[clock],
    validate: validated[clock] - built[clock],
    synth: written[clock] - validated[clock],
  });
  return { time: of("time"), "CPU time": of("CPU time") };
}

function network(stack: TerraformStack, n: number): void {
  const vpc = new Vpc(stack, `vpc-${n}`, { name: `vpc-${n}`, cidr: "10.0.0.0/16", mode: "CUSTOMER" });
  for (let s = 0; s < SUBNETS; s++) {
    const siteId = `site-${s}`;
    const subnet = new VpcSubnet(stack, `subnet-${n}-${s}`, {
      name: `subnet-${s}`,
      vpcId: vpc.id,
      siteId,
      cidr: `10.0.${s}.0/24`,
      gatewayIp: `10.0.${s}.1`,
    });
    for (const side of ["a", "b"]) {
      new Server(stack, `server-${n}-${s}-${side}`, {
        name: `server-${side}`,
        flavorId: "c6.large.2",
        imageId: "ubuntu",
        vpcId: vpc.id,
        subnetIds: [subnet.id],
        securityGroups: ["web"],
        systemDiskType: "SAS",
        systemDiskSize: 40,
        coverageSites: { siteId },
      });
    }
  }
}

const [, , asked] = process.argv;
if (asked === "App" || asked === "IecApp") {
  const outdir = await mkdtemp(join(tmpdir(), "iec-bench-"));
  console.log(JSON.stringify(run(asked, outdir)));
  await rm(outdir, { recursive: true });
} else {
  const runs: Record<keyof typeof APPS, Times[]> = { App: [], IecApp: [] };
  // In turns: whatever slows the machine down for a while slows down both.
  for (let i = 0; i < RUNS; i++) {
    for (const name of ["App", "IecApp"] as const) {
      const args = ["--import", "tsx", fileURLToPath(import.meta.url), name];
      runs[name].push(JSON.parse((await promisify(execFile)(process.execPath, args)).stdout) as Times);
    }
  }
  for (const clock of CLOCKS) {
    const parts = (name: keyof typeof APPS) =>
      PHASES.map((phase) => median(runs[name].map((times) => times[clock][phase])));
    const total = (name: keyof typeof APPS) => parts(name).reduce((sum, part) => sum + part, 0);
    const share = (part: number) => `${Math.round((part / total("App")) * 100)}%`;
    const count = NETWORKS * (1 + SUBNETS * 3);
    for (const name of ["App", "IecApp"] as const) {
      const [construct = 0, validate = 0, synth = 0] = parts(name);
      const validation = name === "App" ? "" : `, of which validation is ${share(validate)}`;
      console.log(
        `${name}, ${count} constructs: construct ${Math.round(construct)} + validate ${Math.round(validate)} + ` +
          `synth ${Math.round(synth)} = ${Math.round(total(name))} ms of ${clock}, ${share(total(name))}${validation}`,
      );
    }
  }
}
