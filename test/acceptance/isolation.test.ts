import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startCloud, type TestCloud } from "../helpers/cloud.js";
import { callIec, eventsOf, type Finished } from "../helpers/iec.js";
import { temporaryFolder, writeStack, type Json } from "../helpers/stack.js";
import { all, put } from "./bad-configurations.js";
import { edgeStack } from "./edge-stack.js";

/** Isolation where the configuration alone does not tell: objects by their ids, and values known only at apply. */

let cloud: TestCloud;
beforeEach(async () => void (cloud = await startCloud()));
afterEach(() => cloud.close());

const SITE = "coverage_sites.0.site_id";
const SERVER = "resource.iec_server.web";

function newStack(...changes: readonly ((stack: Json) => void)[]) {
  const folder = temporaryFolder();
  const stack = edgeStack();
  for (const change of changes) change(stack);
  const file = writeStack(folder, stack);
  return (command: string, ...more: string[]): Promise<Finished> =>
    callIec([command, file, "--state", join(folder, "edge.tfstate"), ...more], cloud);
}
const creates = () => cloud.calls.filter(({ operationId }) => /^Create/.test(operationId));

/** Sites are asked for only after the network is there, so a plan does not know which they are. */
const laterSite = (city: string) =>
  put("data.iec_sites.later", {
    "//": { metadata: { path: "edge/later" } },
    city,
    depends_on: ["iec_vpc.net"],
  });
const onLaterSite = put(`${SERVER}.${SITE}`, "${data.iec_sites.later.sites[0].id}");

describe("a site known only at apply", () => {
  test("the plan says what it cannot tell", async () => {
    const iec = newStack(laterSite("xi'an"), onLaterSite);
    const { code, stdout, stderr } = await iec("plan");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const text = stdout.replace(/\s+/g, " ");
    expect(text).toContain(
      "Isolation: 1 check waits for values known at apply; it runs again before each call.",
    );
    const awaited = "data.iec_sites.later.sites[0].id";
    expect(text).toContain(`IEC1002 iec_server.web subnet_ids[0] waits for ${awaited}`);
    const events = eventsOf((await iec("plan", "--json")).stdout);
    expect(events.filter(({ type }) => type === "isolation_conditional")).toMatchObject([
      {
        check: {
          code: "IEC1002",
          address: "iec_server.web",
          attribute: "subnet_ids[0]",
          unknowns: [awaited],
        },
      },
    ]);
  });

  test("a wrong one is refused before the call", async () => {
    const iec = newStack(laterSite("xi'an"), onLaterSite);
    const { code, stderr } = await iec("apply", "--auto-approve");
    expect(code).toBe(1);
    expect(stderr.match(/Error IEC\d+/g)).toEqual(["Error IEC1002"]);
    expect(stderr).toContain("construct:  edge/web\n");
    expect(cloud.snapshot().servers).toEqual([]);
    expect(creates().map(({ operationId }) => operationId)).not.toContain("CreateInstance");
    // What was right is there, and known.
    expect((await iec("show")).stdout).toContain("# iec_vpc_subnet.subnet:");
  });

  test("a right one is carried out", async () => {
    const iec = newStack(laterSite("guangzhou"), onLaterSite);
    expect((await iec("apply", "--auto-approve")).code).toBe(0);
    expect(cloud.snapshot().servers).toHaveLength(1);
    expect((await iec("plan", "--detailed-exitcode")).code).toBe(0);
  });
});

describe("an object of another stack, by its id", () => {
  /** Makes a network in Xi'an, and returns the ids of its VPC and subnet. */
  async function elsewhere(): Promise<{ vpc: string; subnet: string }> {
    const iec = newStack(
      put("data.iec_sites.site.city", "xi'an"),
      put("resource.iec_server", undefined),
      put("output", {}),
    );
    expect((await iec("apply", "--auto-approve")).code).toBe(0);
    const { vpcs, subnets } = cloud.snapshot();
    return { vpc: String(vpcs[0]?.["id"]), subnet: String(subnets[0]?.["id"]) };
  }
  const inSubnet = (vpc: string, subnet: string) => [
    put("variable.environment.default", "other"),
    put(`${SERVER}.vpc_id`, vpc),
    put(`${SERVER}.subnet_ids`, [subnet]),
  ];

  test("in another site: refused by the plan", async () => {
    const { vpc, subnet } = await elsewhere();
    const before = [cloud.snapshot(), creates().length];
    const iec = newStack(...inSubnet(vpc, subnet));
    const { code, stdout } = await iec("apply", "--auto-approve", "--json");
    expect(code).toBe(1);
    const told = eventsOf(stdout).filter(({ type }) => type === "diagnostic");
    expect(told).toMatchObject([
      { diagnostic: { code: "IEC1002", construct_path: "edge/web", attribute: "subnet_ids[0]" } },
    ]);
    expect([cloud.snapshot(), creates().length]).toEqual(before);
  });

  test("in the same site: planned", async () => {
    const { vpc, subnet } = await elsewhere();
    const iec = newStack(...inSubnet(vpc, subnet), put("data.iec_sites.site.city", "xi'an"));
    const { code, stderr } = await iec("plan");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });

  test("that does not exist: refused by the plan", async () => {
    const { vpc } = await elsewhere();
    const iec = newStack(...inSubnet(vpc, "11111111-2222-4333-8444-555555555555"));
    const { code, stderr } = await iec("plan");
    expect(code).toBe(1);
    expect(stderr.match(/Error IEC\d+/g)).toEqual(["Error IEC1011"]);
    expect(stderr).toContain("11111111-2222-4333-8444-555555555555");
  });
});

/** An ACL rule that is meant to join two sites, of which the other one is named by a data source. */
const joining = (site: string) =>
  all(
    put("data.iec_sites.far", { "//": { metadata: { path: "edge/far" } }, city: "xi'an" }),
    put("resource.iec_vpc_subnet.far", {
      "//": { metadata: { path: "edge/far-subnet" } },
      name: "far",
      vpc_id: "${iec_vpc.net.id}",
      site_id: `\${data.iec_sites.${site}.sites[0].id}`,
      cidr: "10.30.2.0/24",
      gateway_ip: "10.30.2.1",
    }),
    put("resource.iec_network_acl.front", {
      "//": { metadata: { path: "edge/front" } },
      name: "front",
      networks: [{ vpc_id: "${iec_vpc.net.id}", subnet_id: "${iec_vpc_subnet.subnet.id}" }],
    }),
    put("resource.iec_network_acl_rule.join", {
      "//": { metadata: { path: "edge/join" } },
      network_acl_id: "${iec_network_acl.front.id}",
      direction: "ingress",
      source_ip_address: "${iec_vpc_subnet.far.cidr}",
    }),
  );

describe("a rule without effect", () => {
  test("is a warning of the plan, which goes on", async () => {
    const { code, stdout, stderr } = await newStack(joining("far"))("plan");
    expect(stderr.match(/(?:Error|Warning) IEC\d+/g)).toEqual(["Warning IEC1019"]);
    expect(stderr.replace(/\s+/g, " ")).toContain("construct: edge/join");
    expect(code).toBe(0);
    expect(stdout).toContain("iec_network_acl_rule.join");
  });

  test("of a site known only at apply, is a warning of the apply", async () => {
    const iec = newStack(laterSite("xi'an"), joining("later"));
    expect((await iec("plan")).stderr).toBe("");
    const { code, stderr } = await iec("apply", "--auto-approve");
    expect(stderr.match(/(?:Error|Warning) IEC\d+/g)).toEqual(["Warning IEC1019"]);
    expect(code).toBe(0);
  });
});
