import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
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
};

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

async function ofCommand(path: string): Promise<readonly Finding[]> {
  const { code, stdout, output } = await callIec(["verify", path, "--json"], { env: cloud.env });
  expect(code, output).toBe(0);
  return (JSON.parse(stdout) as { verdicts: readonly Finding[] }).verdicts;
}

async function terraformPlan(name: string, folder: string): Promise<string> {
  const stack = JSON.parse(readFileSync(join(folder, "stacks", name, "cdk.tf.json"), "utf8")) as {
    terraform: { backend?: object };
  };
  delete stack.terraform.backend;
  const project = new Project(temporaryFolder(), cloud.env);
  project.write(stack);
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

withTerraform("the same design gives the same verdicts", () => {
  test.each(Object.keys(EXAMPLES))("%s", async (name) => {
    const folder = temporaryFolder();
    const constructs = await ofConstructs(name, await synthesized(name, folder));
    const iec = await ofCommand(folder);
    const terraform = await ofCommand(await terraformPlan(name, folder));

    // Both plans have read the cloud: they know the same, and must agree in every verdict.
    expect(verdictsOf(terraform)).toEqual(verdictsOf(iec));
    // Before the cloud was read less is known: that may leave a verdict open, and then what the cloud tells is named.
    const later = table(iec);
    expect([...table(constructs).keys()].sort()).toEqual([...later.keys()].sort());
    for (const [pair, { verdict, unknowns }] of table(constructs)) {
      if (verdict === later.get(pair)?.verdict) continue;
      expect({ pair, verdict }).toEqual({ pair, verdict: "CONDITIONAL" });
      expect(unknowns.join(" "), pair).toContain("data.iec_");
    }
    expect(later.size).toBeGreaterThan(0);
  });
});

/** Several stacks are planned one by one, and the second needs the first applied: there is no one plan of the design. */
const SEVERAL_STACKS = ["gitops-repo"];

test("every example is in the table", () => {
  const folders = readdirSync(join(ROOT, "examples"));
  const scripts = folders.filter((name) => existsSync(join(ROOT, "examples", name, "main.ts")));
  expect(scripts.sort()).toEqual([...Object.keys(EXAMPLES), ...SEVERAL_STACKS].sort());
});
