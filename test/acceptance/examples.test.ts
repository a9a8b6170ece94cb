import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startCloud, type TestCloud } from "../helpers/cloud.js";
import { callIec, eventsOf, ROOT, start } from "../helpers/iec.js";
import { temporaryFolder } from "../helpers/stack.js";

/** Each example is synthesized as its reader does it, planned, applied, and leaves nothing open. */

let cloud: TestCloud;
beforeAll(async () => void (cloud = await startCloud()));
afterAll(() => cloud.close());

/** Resources that each example makes. */
const EXAMPLES = { "plain-l1": 5, "ha-virtual-ip": 9, "live-streaming": 6 };

test.each(Object.entries(EXAMPLES))("%s", async (name, resources) => {
  const folder = temporaryFolder();
  const main = join(ROOT, "examples", name, "main.ts");
  const tsx = join(ROOT, "node_modules/tsx/dist/cli.mjs");
  const { code, output } = await start(process.execPath, [tsx, main, folder]).finished;
  expect({ code, output }).toEqual({ code: 0, output: "" });

  const iec = (command: string, ...more: string[]) =>
    callIec([command, folder, "--state", join(folder, "state.tfstate"), ...more], { env: cloud.env });
  const planned = await iec("plan", "--json");
  expect(planned.code, planned.output).toBe(0);
  expect(eventsOf(planned.stdout).filter(({ type }) => type === "planned_change")).toHaveLength(resources);
  const applied = await iec("apply", "--auto-approve");
  expect(applied.code, applied.output).toBe(0);
  expect((await iec("plan", "--detailed-exitcode")).code).toBe(0);
  expect((await iec("destroy", "--auto-approve")).code).toBe(0);
  expect(cloud.invalid).toEqual([]);
});
