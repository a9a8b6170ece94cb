import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startCloud, type TestCloud } from "../helpers/cloud.js";
import { callIec, eventsOf, ROOT, start } from "../helpers/iec.js";
import { temporaryFolder } from "../helpers/stack.js";

/** Each example is synthesized as its reader does it, planned, applied, and leaves nothing open. */

let cloud: TestCloud;
beforeAll(async () => void (cloud = await startCloud()));
afterAll(() => cloud.close());

/** Resources that each example makes: in its stack, or in its stacks by name, each before those that take values from it. */
const EXAMPLES: Readonly<Record<string, number | Readonly<Record<string, number>>>> = {
  "data-residency": 12,
  "plain-l1": 5,
  "ha-virtual-ip": 11,
  "live-streaming": 6,
  "gitops-repo": { network: 7, shop: 9 },
};

test.each(Object.entries(EXAMPLES))("%s", async (name, resources) => {
  const cwd = temporaryFolder();
  const folder = join(cwd, "cdktf.out");
  const main = join(ROOT, "examples", name, "main.ts");
  const tsx = join(ROOT, "node_modules/tsx/dist/cli.mjs");
  // The states lie where the program is run, as cdktf has it.
  const { code, output } = await start(process.execPath, [tsx, main, folder], { cwd }).finished;
  expect({ code, output }).toEqual({ code: 0, output: "" });

  const stacks = Object.entries(typeof resources === "number" ? { [name]: resources } : resources);
  const iec = (command: string, stack: string, ...more: string[]) =>
    callIec([command, folder, "--stack", stack, ...more], { cwd, env: cloud.env });
  for (const [stack, count] of stacks) {
    const planned = await iec("plan", stack, "--json");
    expect(planned.code, planned.output).toBe(0);
    expect(eventsOf(planned.stdout).filter(({ type }) => type === "planned_change")).toHaveLength(count);
    const applied = await iec("apply", stack, "--auto-approve");
    expect(applied.code, applied.output).toBe(0);
  }
  for (const [stack] of stacks.toReversed()) {
    expect((await iec("plan", stack, "--detailed-exitcode")).code).toBe(0);
    expect((await iec("destroy", stack, "--auto-approve")).code).toBe(0);
  }
  expect(cloud.invalid).toEqual([]);
});
