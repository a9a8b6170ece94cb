import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import catalog from "../../schema/api/catalog.json" with { type: "json" };
import type { Policy } from "../../schema/isolation/policies/policy.js";
import { startCloud, type TestCloud } from "../helpers/cloud.js";
import { callIec, type Finished } from "../helpers/iec.js";
import { temporaryFolder, writeStack, type Json } from "../helpers/stack.js";
import { put } from "./bad-configurations.js";
import { edgeStack } from "./edge-stack.js";

/** Policies as a synthesized stack carries them, held by plan and apply. */

let cloud: TestCloud;
beforeEach(async () => void (cloud = await startCloud()));
afterEach(() => cloud.close());

const inGuangdong: Policy = {
  id: "edge/records",
  kind: "residency",
  on: ["iec_server.web"],
  provinces: ["guangdong"],
};
const carry = (...policies: readonly unknown[]) => put("//.metadata.iec", { policies });

function newStack(...changes: readonly ((stack: Json) => void)[]) {
  const folder = temporaryFolder();
  const stack = edgeStack();
  for (const change of changes) change(stack);
  const file = writeStack(folder, stack);
  return (command: string, ...more: string[]): Promise<Finished> =>
    callIec([command, file, "--state", join(folder, "edge.tfstate"), ...more], cloud);
}
const creates = () => cloud.calls.filter(({ operationId }) => /^Create/.test(operationId));
const codes = ({ stderr }: Finished) => stderr.match(/Error IEC\d+/g);
const siteOf = (city: string) => catalog.sites.find((site) => site.city === city)?.id;
const everywhere = (site: unknown) => (stack: Json) => {
  put("resource.iec_vpc_subnet.subnet.site_id", site)(stack);
  put("resource.iec_server.web.coverage_sites.0.site_id", site)(stack);
};

describe("a policy of place", () => {
  test("that holds is silent", async () => {
    const iec = newStack(carry(inGuangdong));
    const { code, stderr } = await iec("plan");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });

  test("that is broken is told at plan, with the policy's name", async () => {
    const iec = newStack(carry(inGuangdong), put("data.iec_sites.site.city", "beijing"));
    const planned = await iec("plan");
    expect(planned.code).toBe(1);
    expect(codes(planned)).toEqual(["Error IEC1052"]);
    expect(planned.stderr).toContain("edge/records");
    expect(creates()).toEqual([]);
  });

  test("is held against sites that are written as ids, for one more call", async () => {
    const plan = async (city: string, ...policies: readonly Policy[]) => {
      const iec = newStack(carry(...policies), everywhere(siteOf(city)), put("data.iec_sites", undefined));
      const before = cloud.calls.length;
      return { told: codes(await iec("plan")), calls: cloud.calls.length - before };
    };
    const { calls } = await plan("guangzhou");
    expect(await plan("guangzhou", inGuangdong)).toEqual({ told: null, calls: calls + 1 });
    expect((await plan("beijing", inGuangdong)).told).toEqual(["Error IEC1052"]);
  });

  test("that hangs on a site known only at apply is held before the call", async () => {
    const later = put("data.iec_sites.later", { province: "beijing,guangdong", depends_on: ["iec_vpc.net"] });
    const iec = newStack(carry(inGuangdong), later, everywhere("${data.iec_sites.later.sites[0].id}"));
    const planned = await iec("plan");
    expect(planned.code).toBe(0);
    expect(planned.stdout).toContain("IEC1052 iec_server.web coverage_sites[0].site_id waits for");
    // The first by name is the one in Beijing.
    const applied = await iec("apply", "--auto-approve");
    expect(codes(applied)).toEqual(["Error IEC1052"]);
    expect(cloud.snapshot().servers).toEqual([]);
  });
});

describe("a policy that cannot be read stops everything", () => {
  test.each([
    ["of an unknown kind", { ...inGuangdong, kind: "residence" }, 'its kind is "residence"'],
    ["with a typo", { ...inGuangdong, province: ["x"] }, "must NOT have additional properties"],
    ["of the wrong type", "guangdong", "its kind is null"],
    ["about nothing", { ...inGuangdong, on: [] }, "must NOT have fewer than 1 items"],
  ])("%s", async (_name, policy, message) => {
    const planned = await newStack(carry(policy))("plan");
    expect(planned.code).toBe(1);
    expect(codes(planned)).toEqual(["Error IEC2045"]);
    expect(planned.stderr.replaceAll(/\s+│?\s*/g, " ")).toContain(message);
    expect(cloud.calls).toEqual([]);
  });
});
