/**
 * The whole job on the quickstart example, against the bundled simulator: plan, apply, empty plan, drift, repair,
 * destroy. Run by `npm run demo`, which has built and synthesized before; `iec simulate` starts this script again
 * with the way to the simulator in its environment.
 */
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const IEC = path.join(ROOT, "dist/bin/iec.js");
const STACK = "examples/quickstart/cdktf.out";
const BROKEN = "examples/quickstart/cdktf.broken.out";
const bold =
  process.stdout.isTTY && !process.env.NO_COLOR ? (text) => `\u001b[1m${text}\u001b[0m` : (text) => text;

/** Runs a command to its end; shows what it prints, unless `quiet`. */
function run(args, { quiet = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      stdio: ["ignore", quiet ? "pipe" : "inherit", "inherit"],
    });
    let output = "";
    child.stdout?.on("data", (chunk) => (output += chunk));
    child.on("error", reject);
    child.on("exit", (code) => resolve({ code, output }));
  });
}

async function iec(args, { expect = 0, ...options } = {}) {
  console.log(`\n$ iec ${args.join(" ")}`);
  const result = await run([IEC, ...args, ...(args.includes("--state") ? [] : ["--state", state])], options);
  if (result.code !== expect) throw new Error(`iec ${args[0]} ended with ${result.code}, not ${expect}`);
  return result.output;
}

const step = (number, title, text) => console.log(`\n${bold(`${number}. ${title}`)}\n   ${text}`);

async function simulator(method, where, body) {
  const response = await fetch(`${process.env.IEC_ENDPOINT}/_sim/${where}`, {
    method,
    headers: { "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`the simulator answered ${response.status} to ${where}`);
  return response.status === 204 ? undefined : await response.json();
}

/** Who reaches whom, as the simulator's network answers packets. */
async function reachability() {
  const { servers } = await simulator("GET", "state");
  const sorted = servers.sort((a, b) => (a.name < b.name ? -1 : 1));
  const ask = async (from, to, port) =>
    (await simulator("POST", "probe", { from, to, protocol: "tcp", port })).reachable ? "yes" : "-";
  const width = Math.max("internet, tcp/443".length, ...sorted.map((server) => server.name.length)) + 2;
  const row = (cells) => console.log(`   ${cells.map((cell) => cell.padEnd(width)).join("")}`.trimEnd());
  row(["from \\ to tcp/443", ...sorted.map((server) => server.name)]);
  for (const from of sorted) {
    const answers = await Promise.all(sorted.map((to) => (to === from ? "." : ask(from.id, to.id, 443))));
    row([from.name, ...answers]);
  }
  row(["internet, tcp/443", ...(await Promise.all(sorted.map((to) => ask("internet", to.id, 443))))]);
  row(["internet, tcp/22", ...(await Promise.all(sorted.map((to) => ask("internet", to.id, 22))))]);
}

if (process.env.IEC_ENDPOINT === undefined || process.argv[2] !== "inside") {
  const { code } = await run([
    IEC,
    "simulate",
    "--",
    process.execPath,
    fileURLToPath(import.meta.url),
    "inside",
  ]);
  process.exit(code ?? 1);
}

const began = Date.now();
const folder = await mkdtemp(path.join(tmpdir(), "iec-demo-"));
const state = path.join(folder, "terraform.tfstate");
try {
  step(
    1,
    "A design that cannot work",
    "A server in Guangzhou, on a subnet in Xi'an: the plan stops before anything is made.",
  );
  await iec(["plan", BROKEN, "--state", path.join(folder, "broken.tfstate")], { expect: 1 });

  step(
    2,
    "The design: two sites x two VPCs",
    "Four subnets, four servers, four public addresses (examples/quickstart/network.ts).",
  );
  const plan = await iec(["plan", STACK], { quiet: true });
  const lines = plan.split("\n");
  const server = lines.findIndex((line) => line.includes("# iec_server.shop-guangzhou"));
  const end = lines.findIndex((line, i) => i > server && line === "    }");
  console.log(lines.filter((line) => /^ {2}# iec_/.test(line)).join("\n"));
  console.log(`\n   One of them in full:\n\n${lines.slice(server, end + 1).join("\n")}`);
  console.log(
    `\n${lines
      .slice(lines.findIndex((line) => line.startsWith("Plan:")))
      .join("\n")
      .trim()}`,
  );

  step(3, "Apply", "In dependency order, ten at a time; every create is in a journal before it is sent.");
  await iec(["apply", STACK, "--auto-approve", "--stats"], { quiet: true }).then((output) =>
    console.log(output.slice(output.indexOf("\nApply complete")).trim()),
  );

  step(4, "Plan again", "Nothing to do, found out with fewer calls than there are resources.");
  await iec(["plan", STACK, "--stats"]);

  step(5, "Who reaches whom?", "Sites and VPCs are isolated; from the Internet only tcp/443 is open.");
  await reachability();

  step(
    6,
    "Somebody changes the cloud by hand",
    "A rule is deleted, a VPC renamed. Drift finds exactly that.",
  );
  const { security_group_rules: rules, vpcs } = await simulator("GET", "state");
  const https = rules.find((rule) => String(rule.port_range_min) === "443");
  const shop = vpcs.find((vpc) => vpc.name === "shop");
  await simulator("DELETE", `objects/security_group_rules/${https.id}`);
  await simulator("PATCH", `objects/vpcs/${shop.id}`, { name: "renamed-by-hand" });
  await iec(["drift", STACK]);

  step(7, "Apply repairs it", "And the plan is empty again.");
  await iec(["apply", STACK, "--auto-approve"], { quiet: true }).then((output) =>
    console.log(output.slice(output.indexOf("\nApply complete")).split("\n").slice(0, 2).join("\n").trim()),
  );
  await iec(["plan", STACK]);

  step(8, "Destroy", "What depends on something goes before it.");
  await iec(["destroy", STACK, "--auto-approve"], { quiet: true }).then((output) =>
    console.log(output.slice(output.indexOf("\nDestroy complete")).trim()),
  );

  const stats = await simulator("GET", "stats");
  const left = await simulator("GET", "state");
  const objects = ["vpcs", "subnets", "servers", "publicips", "security_group_rules", "keypairs"];
  const remaining =
    objects.flatMap((kind) => left[kind]).length -
    left.security_group_rules.filter((r) => isDefault(r, left)).length;
  console.log(
    `\n${bold("Done")} in ${((Date.now() - began) / 1000).toFixed(1)} s: ${stats.total} API calls, ${stats.total - stats.invalid.length} of them valid against the published contract in both directions, ${remaining} objects left behind.`,
  );
  if (stats.invalid.length > 0 || remaining > 0) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** The account's own default group has rules that nobody made. */
function isDefault(rule, cloud) {
  return cloud.security_groups.some(
    (group) => group.name === "default" && group.id === rule.security_group_id,
  );
}
