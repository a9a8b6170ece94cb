import { describe, expect, it } from "vitest";
import { fromApi as planFromApi } from "../../../provider/resources/deployment-plan.js";
import { tells } from "../../../provider/resources/deployment-request.js";
import { edgeService, fromApi, toApi } from "../../../provider/resources/edge-service.js";
import { growth } from "../../../provider/resources/edge-service-growth.js";
import type { components } from "../../../schema/generated/iec-api.js";
import { UNKNOWN, type ObjectValue } from "../../../schema/unknown.js";

const demand = (demand_count: number, operator: string | null = null) => ({
  demand_count,
  operator,
  pool_id: null,
  bandwidth_type: null,
  pool_id_v6: null,
  ipv6_bandwidth_enable: null,
  ipv6_bandwidth_type: null,
});
const place = (site: string, ...demands: readonly ReturnType<typeof demand>[]) => ({ site, demands });

describe("growth", () => {
  it.each([
    { name: "nothing", before: [place("a", demand(2))], after: [place("a", demand(2))], added: [] },
    {
      name: "more of a demand",
      before: [place("a", demand(2)), place("b", demand(1))],
      after: [place("a", demand(5)), place("b", demand(1))],
      added: [place("a", demand(3))],
    },
    {
      name: "another place and another operator",
      before: [place("a", demand(2))],
      after: [place("b", demand(1)), place("a", demand(2), demand(1, "chinaunicom"))],
      added: [place("b", demand(1)), place("a", demand(1, "chinaunicom"))],
    },
    {
      name: "the same in other blocks and another order",
      before: [place("a", demand(2)), place("b", demand(1))],
      after: [place("b", demand(1)), place("a", demand(1)), place("a", demand(1))],
      added: [],
    },
    {
      name: "more than one demand takes",
      before: [place("a", demand(1))],
      after: [place("a", demand(10), demand(10), demand(3))],
      added: [place("a", demand(10), demand(10), demand(2))],
    },
    { name: "less", before: [place("a", demand(2))], after: [place("a", demand(1))], added: undefined },
    {
      name: "less of one, more of another",
      before: [place("a", demand(2)), place("b", demand(1))],
      after: [place("a", demand(1)), place("b", demand(5))],
      added: undefined,
    },
    {
      name: "another operator",
      before: [place("a", demand(2))],
      after: [place("a", demand(2, "chinaunicom"))],
      added: undefined,
    },
  ])("$name", ({ before, after, added }) => {
    expect(growth(before, after)).toEqual(added);
  });
});

describe("what replaces a service", () => {
  const prior = { status: "inService", coverage_level: "city", coverage_sites: [place("a", demand(2))] };
  it.each<{ name: string; was?: ObjectValue; planned?: ObjectValue; paths: unknown }>([
    { name: "nothing new", paths: [] },
    { name: "growth: not", planned: { coverage_sites: [place("a", demand(3))] }, paths: [] },
    { name: "shrinking", planned: { coverage_sites: [place("a", demand(1))] }, paths: [["coverage_sites"]] },
    {
      name: "growth of level site",
      was: { coverage_level: "site" },
      planned: { coverage_sites: [place("a", demand(3))] },
      paths: [["coverage_sites"]],
    },
    {
      name: "a place that is not known yet",
      planned: { coverage_sites: [{ site: UNKNOWN, demands: [demand(2)] }] },
      paths: [["coverage_sites"]],
    },
    { name: "a failure", was: { status: "failed" }, paths: [["status"]] },
  ])("$name", ({ was, planned, paths }) => {
    expect(edgeService.replaces?.({ ...prior, ...was }, { ...prior, ...planned })).toEqual(paths);
  });
});

const template = {
  name: "cache",
  with_prefix: null,
  image_id: "image",
  flavor_id: "c6.large.2",
  vpc_id: "vpc",
  nic_num: null,
  allowed_addresses: null,
  security_groups: ["group"],
  key_pair: null,
  bind_eip: true,
  system_disk_type: "SAS" as const,
  system_disk_size: 40,
  data_disks: [{ type: "SSD" as const, size: 100 }],
  count: null,
  user_data: null,
};
const plan = {
  id: undefined,
  name: "cdn",
  description: null,
  coverage_level: "city" as const,
  coverage_policy: "discrete" as const,
  coverage_sites: [place("guangzhou", demand(2, "chinaunicom"))],
  stack_name: undefined,
  stack_resources: [template],
  admin_pass: null,
  admin_pass_wo: "secret",
  admin_pass_wo_version: null,
  status: undefined,
  success_num: undefined,
  failed_num: undefined,
  fail_reason: undefined,
  edge_regions: undefined,
  instance_num: undefined,
  instances: undefined,
  created_at: undefined,
};
const sentResource = {
  name: "cache",
  with_prefix: false,
  image_ref: "image",
  flavor_ref: "c6.large.2",
  net_config: { vpc_id: "vpc", nic_num: 1 },
  root_volume: { size: 40, volume_type: "SAS" },
  data_volumes: [{ size: 100, volume_type: "SSD" }],
  count: 1,
  security_groups: [{ id: "group" }],
  bandwidth: { sharetype: "WHOLE" },
  admin_pass: "secret",
};
const coverage = {
  coverage_policy: "discrete" as const,
  coverage_level: "city" as const,
  coverage_sites: [{ site: "guangzhou", demands: [{ demand_count: 2, operator: "chinaunicom" }] }],
};

describe("a request", () => {
  const stack = { name: "cache", resources: [sentResource] };
  it("for a new service names it", () => {
    expect(toApi(plan, plan.coverage_sites)).toEqual({ name: "cdn", coverage, stack });
  });
  it("for more of one has its id, and only what is to be added", () => {
    const request = toApi({ ...plan, description: "x" }, [place("beijing", demand(1))], "id");
    expect(request).toEqual({
      id: "id",
      coverage: { ...coverage, coverage_sites: [{ site: "beijing", demands: [{ demand_count: 1 }] }] },
      stack,
    });
  });
  it("has no password where a key pair is given", () => {
    const request = toApi({ ...plan, stack_resources: [{ ...template, key_pair: "key" }] }, []);
    expect(request.stack.resources).toEqual([{ ...sentResource, admin_pass: undefined, key_name: "key" }]);
  });
});

describe("an answer", () => {
  type Instance = components["schemas"]["Instance"];
  const server = (id: string, name: string, status: Instance["status"] = "ACTIVE"): Instance => ({
    id,
    name,
    status,
    geolocation: { id: "site" },
    addresses: {
      vpc: [
        { addr: "10.0.0.5", "OS-EXT-IPS:type": "fixed", "OS-EXT-IPS:port_id": "port", version: "4" },
        { addr: "198.18.0.9", "OS-EXT-IPS:type": "floating", version: "4" },
      ],
    },
  });
  it("of a service tells its servers, without deleted ones", () => {
    const told = fromApi(
      {
        id: "id",
        name: "cdn",
        description: "",
        coverage,
        status: "failed",
        success_num: 2,
        failed_num: 1,
        fail_reason: { fail_code: "IEC.1", fail_message: "no room" },
        stacks: [],
      },
      [server("2", "b"), server("1", "a"), server("3", "c", "DELETED")],
    );
    expect(told).toMatchObject({
      description: null,
      success_num: 2,
      fail_reason: "no room (IEC.1)",
      instance_num: 2,
      instances: [
        {
          id: "1",
          name: "a",
          site_id: "site",
          addresses: ["10.0.0.5"],
          public_ip: "198.18.0.9",
          port_ids: ["port"],
        },
        { id: "2", name: "b" },
      ],
    });
    const { success_num, failed_num, fail_reason } = told;
    expect(edgeService.statuses?.why?.({ id: "id", success_num, failed_num, fail_reason })).toBe(
      "Of its servers 2 were made and 1 failed: no room (IEC.1).",
    );
  });
  it.each([
    { name: "makes a service", edgecloud: { name: "cdn" }, told: { name: "cdn", edgecloud_id: undefined } },
    { name: "expands one", edgecloud: { name: "cdn", id: "s" }, told: { name: null, edgecloud_id: "s" } },
  ])("of a plan tells whether it $name", ({ edgecloud, told }) => {
    expect(planFromApi({ id: "p", edgecloud })).toMatchObject(told);
  });
  it("is believed of what cannot change only as long as it is not known", () => {
    const told = { id: "id", stack_name: "theirs", coverage_sites: [place("b", demand(1))], success_num: 1 };
    const known = { id: "id", stack_name: "ours", coverage_sites: [] };
    expect(edgeService.interpret?.(told, known)).toEqual({ id: "id", success_num: 1 });
    expect(edgeService.interpret?.(told, { id: "id" })).toEqual(told);
  });
});

describe("an open plan is for a request", () => {
  it.each([
    {
      name: "alike",
      sent: { a: [1, { b: "x" }] },
      answer: { a: [1, { b: "x", more: 1 }], more: 2 },
      same: true,
    },
    {
      name: "another password, which is masked",
      sent: { admin_pass: "p" },
      answer: { admin_pass: "*" },
      same: true,
    },
    { name: "an empty list that is not told", sent: { disks: [] }, answer: {}, same: true },
    { name: "another value", sent: { a: 1 }, answer: { a: 2 }, same: false },
    { name: "one item more", sent: { a: [1] }, answer: { a: [1, 1] }, same: false },
    { name: "a member that is not told", sent: { a: { b: 1 } }, answer: {}, same: false },
  ])("$name: $same", ({ sent, answer, same }) => {
    expect(tells(sent, answer)).toBe(same);
  });
});

describe("a configuration", () => {
  const config = {
    coverage_level: "city",
    coverage_policy: null,
    coverage_sites: [{ site: "a", demands: [{ demand_count: 1, pool_id: null }] }],
    stack_resources: [{ key_pair: "key" }],
    admin_pass: null,
    admin_pass_wo: null,
  };
  const line = [{ site: "a", demands: [{ demand_count: 1, pool_id: "5_sbgp_site1" }] }];
  it.each<{ name: string; change: ObjectValue; found: unknown }>([
    { name: "as it should be", change: {}, found: [] },
    {
      name: "level site spread over sites",
      change: { coverage_level: "site", coverage_policy: "discrete" },
      found: [{ code: "IEC2013", path: ["coverage_policy"] }],
    },
    {
      name: "a line of a province",
      change: { coverage_level: "prov", coverage_sites: line },
      found: [{ code: "IEC2013", path: ["coverage_sites", 0, "demands", 0, "pool_id"] }],
    },
    { name: "a line of a city", change: { coverage_sites: line }, found: [] },
    { name: "unknown places", change: { coverage_level: "prov", coverage_sites: UNKNOWN }, found: [] },
    {
      name: "two passwords",
      change: { admin_pass: "a", admin_pass_wo: "b" },
      found: [{ code: "IEC2013", path: ["admin_pass"] }],
    },
    {
      name: "no way to log in",
      change: { stack_resources: [{ key_pair: "key" }, { key_pair: null }] },
      found: [{ severity: "warning", path: ["stack_resources", 1, "key_pair"] }],
    },
  ])("$name", ({ change, found }) => {
    expect(edgeService.validate?.({ ...config, ...change })).toMatchObject(found as object[]);
  });
});
