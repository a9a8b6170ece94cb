/**
 * What the provider costs under the real `terraform`: plans of one resource and of many, as whole processes.
 * The provider is the built one; the cloud is `iec simulate` in a process of its own. Prints, and asserts nothing.
 */
import { spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startCloud, type Cloud } from "./cloud.js";
import { measure, median, table } from "./measure.js";

const PROVIDER = fileURLToPath(new URL("../dist/provider", import.meta.url));
const PEAK = fileURLToPath(new URL("peak.cjs", import.meta.url));
const LATENCY_MS = 50;
const RUNS = 7;
/** What a plan may take at most, and the plugin's memory. */
const AIMS = { one: 450, many: 2_500, peakMiB: 120 } as const;
const MANY = 1_000;
/** A stand-in for the public provider, written in Go, that reads objects one by one: 1,000 at the same latency. */
const STAND_IN_MS = 7_100;

type Environment = Readonly<Record<string, string>>;

interface Project {
  readonly folder: string;
  readonly env: Environment;
}

interface Plans {
  /** In ms. */
  readonly warm: number;
  readonly cold: number;
  /** API calls of one plan. */
  readonly calls: number;
}

/** A folder with so many values of Terraform's own, which it plans without a provider: what it takes itself. */
async function makeBuiltIn(root: string, count: number): Promise<Project> {
  const folder = join(root, "built-in");
  await mkdir(folder);
  const blocks = Array.from({ length: count }, (_, i) => [`v${i}`, { input: `value-${i}` }]);
  const stack = { resource: { terraform_data: Object.fromEntries(blocks) as object } };
  await writeFile(join(folder, "main.tf.json"), JSON.stringify(stack));
  const env = { PATH: process.env["PATH"] ?? "", HOME: folder, CHECKPOINT_DISABLE: "1" };
  await terraform({ folder, env }, "init");
  await terraform({ folder, env }, "apply", "-auto-approve");
  return { folder, env };
}

/** A folder with a stack of so many VPCs; none: a stack without providers. */
async function makeProject(root: string, vpcs: number, cloud: Cloud): Promise<Project> {
  const folder = join(root, `vpcs-${vpcs}`);
  await mkdir(folder);
  const blocks = Array.from({ length: vpcs }, (_, i) => [
    `v${i}`,
    { name: `vpc-${i}`, cidr: `10.${i % 256}.0.0/16`, mode: "CUSTOMER" },
  ]);
  const stack = {
    terraform: { required_providers: { iec: { source: "iec-cdk/iec" } } },
    provider: { iec: [{}] },
    resource: { iec_vpc: Object.fromEntries(blocks) as object },
  };
  const bare = { output: { nothing: { value: 1 } } };
  await writeFile(join(folder, "main.tf.json"), JSON.stringify(vpcs === 0 ? bare : stack));
  const env = {
    ...cloud.env,
    PATH: process.env["PATH"] ?? "",
    HOME: folder,
    TF_CLI_CONFIG_FILE: await overriddenBy(PROVIDER, folder),
    CHECKPOINT_DISABLE: "1",
  };
  return { folder, env };
}

/** Terraform's own configuration: the provider is started as it lies in a folder. */
async function overriddenBy(provider: string, folder: string): Promise<string> {
  const file = join(folder, "cli.tfrc");
  const overrides = `  dev_overrides {\n    "iec-cdk/iec" = "${provider}"\n  }\n`;
  await writeFile(file, `provider_installation {\n${overrides}}\n`);
  return file;
}

/** Runs `terraform plan`; resolves to the time from start to exit, in ms. */
const plan = ({ folder, env }: Project, more: Environment = {}): Promise<number> =>
  terraform({ folder, env: { ...env, ...more } }, "plan");

async function terraform({ folder, env }: Project, ...args: readonly string[]): Promise<number> {
  const started = performance.now();
  const child = spawn("terraform", args, { cwd: folder, env, stdio: ["ignore", "ignore", "pipe"] });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
  const code = await new Promise((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(`terraform ${args.join(" ")} failed:\n${errors}`);
  return performance.now() - started;
}

/** Medians of many plans: of a provider that ran before, and of copies of it that never did. */
async function planOften(project: Project, cloud: Cloud): Promise<Plans> {
  await plan(project);
  await cloud.takeCalls();
  const warm: number[] = [];
  for (let run = 0; run < RUNS; run++) warm.push(await plan(project));
  const calls = (await cloud.takeCalls()) / RUNS;
  const cold: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const copy = await mkdtemp(join(project.folder, "copy-"));
    await cp(PROVIDER, join(copy, "provider"), { recursive: true });
    cold.push(await plan(project, { TF_CLI_CONFIG_FILE: await overriddenBy(join(copy, "provider"), copy) }));
  }
  return { warm: median(warm), cold: median(cold), calls };
}

/** The most memory that any process of the plugin took during a plan, in MiB. */
async function peakOf(project: Project): Promise<number> {
  const file = join(project.folder, "peak");
  await plan(project, { NODE_OPTIONS: `--require ${PEAK}`, IEC_BENCH_PEAK: file });
  const peaks = (await readFile(file, "utf8")).trim().split("\n").map(Number);
  return Math.max(...peaks) / 1_024;
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(2)} s`;

const root = await mkdtemp(join(tmpdir(), "iec-bench-"));
const cloud = await startCloud(["--latency", `${LATENCY_MS}ms`, "--quota", `vpc=${MANY * 2}`]);
try {
  const [none, one, many] = await Promise.all([0, 1, MANY].map((vpcs) => makeProject(root, vpcs, cloud)));
  if (none === undefined || one === undefined || many === undefined) throw new Error("no projects");
  const bare = await planOften(none, cloud);
  const ofOne = await planOften(one, cloud);
  const state = join(many.folder, "terraform.tfstate");
  const stack = join(many.folder, "main.tf.json");
  await measure(["apply", stack, "--state", state, "--auto-approve", "--parallelism", "50"], {
    cwd: many.folder,
    cloud,
  });
  const ofMany = await planOften(many, cloud);
  const peak = await peakOf(many);
  const builtIn = await makeBuiltIn(root, MANY);
  const own: number[] = [];
  for (let run = 0; run < RUNS; run++) own.push(await plan(builtIn));
  const row = (name: string, ms: number, aim: number, calls = "") => [
    name,
    seconds(ms),
    seconds(aim),
    (ms / aim).toFixed(2),
    calls,
  ];
  const rows = (name: string, { warm, cold, calls }: Plans, aim: number) => [
    row(name, warm, aim, String(calls)),
    row("the same, a provider that was never run", cold, aim, String(calls)),
  ];
  console.log(
    `terraform plan, whole process, ${LATENCY_MS} ms API latency; medians of ${RUNS} runs; on ${cpus().length} cores`,
  );
  console.log(
    table(
      ["plan", "time", "aim", "ratio", "API calls"],
      [
        ["nothing, no provider", seconds(bare.warm), "", "", ""],
        ...rows("one VPC, to be created", ofOne, AIMS.one),
        ...rows(`${MANY} VPCs, nothing to do`, ofMany, AIMS.many),
        row("the same against reads one by one", ofMany.warm, STAND_IN_MS),
        [`${MANY} values of Terraform's own, no provider`, seconds(median(own)), "", "", ""],
        [
          "peak memory of the plugin",
          `${Math.round(peak)} MiB`,
          `${AIMS.peakMiB} MiB`,
          (peak / AIMS.peakMiB).toFixed(2),
          "",
        ],
      ],
    ),
  );
} finally {
  await cloud.stop();
  await rm(root, { recursive: true, force: true });
}
