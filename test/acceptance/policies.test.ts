import { writeFileSync } from "node:fs";
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

const ofSite = { site_id: "${data.iec_sites.site.sites[0].id}" };
/** The server has an EIP, and lets https in from everywhere. */
const facing = put("resource.iec_eip.public", { ...ofSite, port_id: "${iec_server.web.nics[0].port}" });
const onlyPorts = (...ports: readonly string[]): Policy => ({
  id: "edge/ports",
  kind: "internet-ports",
  on: ["iec_server.*"],
  traffic: [{ protocol: "tcp", ports }],
});
const noInternet: Policy = {
  id: "edge/hidden",
  kind: "never-reach",
  on: ["iec_server.web"],
  from: ["internet"],
};

describe("a policy of paths", () => {
  test("that holds is silent, and one that is broken names the rule that lets a packet in", async () => {
    expect((await newStack(facing, carry(onlyPorts("443")))("plan")).code).toBe(0);
    const planned = await newStack(facing, carry(onlyPorts("80")))("plan");
    expect(codes(planned)).toEqual(["Error IEC1051"]);
    expect(planned.stderr).toContain("iec_security_group_rule.https");
  });

  test("that hangs on an address known only at apply is held before the call", async () => {
    const iec = newStack(
      facing,
      put("resource.iec_eip.office", ofSite),
      put("resource.iec_security_group_rule.https.remote_ip_prefix", "${iec_eip.office.public_ip}/32"),
      carry(noInternet),
    );
    const planned = await iec("plan");
    expect({ code: planned.code, stderr: planned.stderr }).toEqual({ code: 0, stderr: "" });
    expect(planned.stdout).toContain("IEC1050 iec_server.web");
    const applied = await iec("apply", "--auto-approve");
    // Whatever would complete the path is refused: here the rule, and perhaps the EIP of the server.
    expect(new Set(codes(applied))).toEqual(new Set(["Error IEC1050"]));
    const rules = cloud.snapshot().security_group_rules.map((rule) => rule["port_range_min"]);
    expect(rules).not.toContain("443");
  });
});

describe("iec verify", () => {
  const verify = async (policies: readonly unknown[], file?: unknown) => {
    const folder = temporaryFolder();
    const stack = edgeStack();
    facing(stack);
    carry(...policies)(stack);
    const path = join(folder, "policies.json");
    if (file !== undefined) writeFileSync(path, typeof file === "string" ? file : JSON.stringify(file));
    const more = file === undefined ? [] : ["--policy", path];
    const args = ["verify", writeStack(folder, stack), "--json", ...more];
    const { code, stdout } = await callIec(args, cloud);
    const { verdicts, diagnostics } = JSON.parse(stdout) as Record<
      "verdicts" | "diagnostics",
      { kind: string; code: string; verdict: string; summary: string; detail: string }[]
    >;
    const policy = verdicts.filter(({ kind }) => kind === "policy").map((v) => `${v.verdict} ${v.code}`);
    return { code, policy, said: diagnostics.map((d) => `${d.code} ${d.detail}`).join("\n") };
  };
  test("lists the policies of a design, proved ones too, and those of a file", async () => {
    expect(await verify([inGuangdong, onlyPorts("443")])).toMatchObject({
      code: 0,
      policy: ["PROVED IEC1052", "PROVED IEC1051"],
    });
    expect(await verify([inGuangdong], [onlyPorts("80")])).toMatchObject({
      code: 1,
      policy: ["PROVED IEC1052", "REFUTED IEC1051"],
    });
    expect((await verify([], { policies: [noInternet] })).policy).toEqual(["REFUTED IEC1050"]);
  });
  test.each([
    ["is no JSON", "{", /IEC2045 .*JSON/],
    ["is malformed", [{ kind: "latency" }], /IEC2045 Policy number 1: it must have required property 'id'/],
    ["names nothing", [{ ...noInternet, on: ["iec_server.wbe"] }], /IEC2045 .*no resource iec_server\.wbe/],
  ])("refuses a file that %s", async (_name, file, message) => {
    const { code, said } = await verify([], file);
    expect(code).toBe(1);
    expect(said).toMatch(message);
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
