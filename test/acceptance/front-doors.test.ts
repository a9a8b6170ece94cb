import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { App } from "cdktf";
import { IecApp } from "iec-cdk";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { synthesize } from "../../examples/quickstart/network.js";
import { verify, type Finding } from "../../provider/review/index.js";
import { inputOf } from "../helpers/construct-tree.js";
import { startCloud, type TestCloud } from "../helpers/cloud.js";
import { callIec, ROOT } from "../helpers/iec.js";
import { temporaryFolder } from "../helpers/stack.js";
import { Project, withTerraform } from "./terraform-project.js";

/** One design through the construct tree, the plan of iec and a plan of Terraform: they must say the same. */

let cloud: TestCloud;
beforeAll(async () => void (cloud = await startCloud()));
afterAll(() => cloud.close());

/** Synthesizes an example in this process, as its reader does, and keeps the construct tree. */
const EXAMPLES: Readonly<Record<string, (folder: string) => unknown>> = {
  quickstart: (folder) => synthesize(folder),
  "plain-l1": (folder) => runMain("plain-l1", folder),
  "ha-virtual-ip": (folder) => runMain("ha-virtual-ip", folder),
  "live-streaming": (folder) => runMain("live-streaming", folder),
  "data-residency": (folder) => runMain("data-residency", folder),
  "gitops-repo": (folder) => runMain("gitops-repo", folder),
};
/** Several stacks are planned one by one, in this order: the second needs the first applied. */
const STACKS: Readonly<Record<string, readonly string[]>> = { "gitops-repo": ["network", "shop"] };

async function runMain(name: string, folder: string): Promise<void> {
  const argv = process.argv;
  process.argv = [...argv.slice(0, 2), folder];
  try {
    await import(`../../examples/${name}/main.ts`);
  } finally {
    process.argv = argv;
  }
}

async function synthesized(name: string, folder: string): Promise<App> {
  const spies = [App.prototype, IecApp.prototype].map((prototype) => vi.spyOn(prototype, "synth"));
  await EXAMPLES[name]?.(folder);
  const apps = spies.flatMap((spy) => spy.mock.contexts as App[]);
  for (const spy of spies) spy.mockRestore();
  const [app] = apps;
  if (app === undefined) throw new Error(`${name} synthesized nothing`);
  return app;
}

async function ofConstructs(name: string, app: App): Promise<readonly Finding[]> {
  return verify(name, await inputOf(app)).verdicts;
}

async function ofCommand(
  path: string,
  args: readonly string[] = [],
  cwd?: string,
): Promise<readonly Finding[]> {
  const { code, stdout, output } = await callIec(["verify", path, "--json", ...args], {
    env: cloud.env,
    cwd,
  });
  expect(code, output).toBe(0);
  return (JSON.parse(stdout) as { verdicts: readonly Finding[] }).verdicts;
}

/** @param states a folder with the states that the stack reads */
async function terraformPlan(name: string, folder: string, states?: string): Promise<string> {
  const stack = JSON.parse(readFileSync(join(folder, "stacks", name, "cdk.tf.json"), "utf8")) as {
    terraform: { backend?: object };
  };
  delete stack.terraform.backend;
  const project = new Project(temporaryFolder(), cloud.env);
  project.write(stack);
  if (states !== undefined) cpSync(states, project.folder, { recursive: true });
  await project.succeed("plan", "-out", "plan.bin");
  const { stdout } = await project.run(["show", "-json", "plan.bin"]);
  const file = join(project.folder, "plan.json");
  writeFileSync(file, stdout);
  return file;
}

/** `subnets a -> b` to the verdict, and what decides it. */
const table = (findings: readonly Finding[]) =>
  new Map(
    findings.flatMap(({ kind, subject, verdict, unknowns }) =>
      "from" in subject ? [[`${kind} ${subject.from} -> ${subject.to}`, { verdict, unknowns }] as const] : [],
    ),
  );
const verdictsOf = (findings: readonly Finding[]) =>
  Object.fromEntries([...table(findings)].map(([name, { verdict }]) => [name, verdict]));

/** Who knows less may leave a verdict open, and then names what decides; nobody says the opposite. */
function expectSameOrOpen(less: readonly Finding[], more: readonly Finding[], deciding: RegExp): void {
  const known = table(more);
  const shared = [...table(less)].filter(([pair]) => known.has(pair));
  for (const [pair, { verdict, unknowns }] of shared) {
    if (verdict === known.get(pair)?.verdict) continue;
    expect({ pair, verdict }).toEqual({ pair, verdict: "CONDITIONAL" });
    expect(unknowns.join(" "), pair).toMatch(deciding);
  }
  expect(shared.length).toBeGreaterThan(0);
}

/** In the tree of an app, addresses of several stacks tell the stack: `iec_server.shop/web`. */
const ofStack = (stack: string, findings: readonly Finding[]): readonly Finding[] =>
  findings.flatMap((finding) => {
    const { subject } = finding;
    if (!("from" in subject)) return [];
    const bare = (name: string) => name.replace(`.${stack}/`, ".");
    return [{ ...finding, subject: { ...subject, from: bare(subject.from), to: bare(subject.to) } }];
  });

withTerraform("the same design gives the same verdicts", () => {
  const single = Object.keys(EXAMPLES).filter((name) => !(name in STACKS));
  test.each(single)("%s", async (name) => {
    const folder = temporaryFolder();
    const constructs = await ofConstructs(name, await synthesized(name, folder));
    const iec = await ofCommand(folder);
    const terraform = await ofCommand(await terraformPlan(name, folder));

    // Both plans have read the cloud: they know the same, and must agree in every verdict.
    expect(verdictsOf(terraform)).toEqual(verdictsOf(iec));
    // Before the cloud was read less is known.
    expectSameOrOpen(constructs, iec, /data\.iec_/);
    expect([...table(constructs).keys()].sort()).toEqual([...table(iec).keys()].sort());
  });

  test.each(Object.entries(STACKS))("%s, stack by stack", async (name, stacks) => {
    const [folder, states] = [temporaryFolder(), temporaryFolder()];
    const constructs = await ofConstructs(name, await synthesized(name, folder));
    for (const stack of stacks) {
      const iec = await ofCommand(folder, ["--stack", stack], states);
      const terraform = await ofCommand(await terraformPlan(stack, folder, states));
      // The tree has all stacks. A plan has one: iec looks up what else it names, Terraform does not.
      expectSameOrOpen(iec, ofStack(stack, constructs), /its network ACL/);
      expectSameOrOpen(terraform, iec, /its network ACL/);
      const { code, output } = await callIec(["apply", folder, "--stack", stack, "--auto-approve"], {
        env: cloud.env,
        cwd: states,
      });
      expect(code, output).toBe(0);
    }
  });
});

test("every example is in the table", () => {
  const folders = readdirSync(join(ROOT, "examples"));
  const scripts = folders.filter((name) => existsSync(join(ROOT, "examples", name, "main.ts")));
  expect(scripts.sort()).toEqual(Object.keys(EXAMPLES).sort());
});
