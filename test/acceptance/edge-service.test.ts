import { describe, expect, test } from "vitest";
import type { FaultRule } from "../../provider/simulator/index.js";
import { IMAGE, openBench, SITE, type Bench, type Blocks } from "./resource-bench.js";

const PASSWORD = "Correct-Horse-7";
const template = {
  name: "cache",
  flavor_id: "c6.large.2",
  image_id: IMAGE,
  vpc_id: "${iec_vpc.net.id}",
  security_groups: ["${iec_security_group.web.id}"],
  system_disk_type: "SAS",
  system_disk_size: 40,
};
const service = {
  name: "cdn",
  admin_pass_wo: PASSWORD,
  coverage_level: "city",
  coverage_policy: "discrete",
  coverage_sites: [{ site: "guangzhou", demands: [{ demand_count: 2 }] }],
  stack_resources: [template],
};
const needs: Blocks = {
  iec_vpc: { net: { name: "net", cidr: "10.0.0.0/16", mode: "SYSTEM" } },
  iec_security_group: { web: { name: "web" } },
};
const stack = (changes: object = {}, name = "iec_edge_service"): Blocks => ({
  ...needs,
  [name]: { cdn: { ...service, ...changes } },
});
const demand = (...counts: readonly number[]) => ({
  coverage_sites: [{ site: "guangzhou", demands: counts.map((demand_count) => ({ demand_count })) }],
});

const counts = (bench: Bench) => {
  const { edgeclouds, deployments, servers } = bench.cloud.snapshot();
  return { edgeclouds: edgeclouds.length, deployments: deployments.length, servers: servers.length };
};
const ADDRESS = "iec_edge_service.cdn";
const fault = (rule: Partial<FaultRule>): { faults: readonly FaultRule[] } => ({
  faults: [{ operation: "ExecuteDeployment", kind: "partialEdgeService", times: 1, ...rule }],
});

test("a service comes to be in one create, tells its servers, and leaves nothing behind", async () => {
  const bench = openBench();
  const { values } = await bench.settle(stack());
  expect(counts(bench)).toEqual({ edgeclouds: 1, deployments: 0, servers: 2 });
  expect(values[ADDRESS]).toMatchObject({
    status: "inService",
    success_num: 2,
    failed_num: 0,
    instance_num: 2,
    stack_name: "cache",
  });
  const instances = values[ADDRESS]?.["instances"] as readonly Record<string, unknown>[];
  expect(instances.map(({ name }) => name)).toEqual(["cache-0001", "cache-0002"]);
  for (const { id, site_id, addresses, port_ids } of instances) {
    expect(bench.cloud.snapshot().servers.find((s) => s.id === id)).toMatchObject({
      geolocation: { id: site_id },
    });
    expect([addresses, port_ids]).toEqual([[expect.any(String)], [expect.any(String)]]);
  }
  expect(JSON.stringify(values)).not.toContain(PASSWORD);
  await bench.run(stack(), "destroy");
  expect(counts(bench)).toEqual({ edgeclouds: 0, deployments: 0, servers: 0 });
});

describe("a change", () => {
  test.each([
    { name: "more of a demand", change: demand(5), action: "update", servers: 5 },
    { name: "more than one demand takes", change: demand(10, 3), action: "update", servers: 13 },
    {
      name: "another place",
      change: {
        coverage_sites: [...service.coverage_sites, { site: "beijing", demands: [{ demand_count: 1 }] }],
      },
      action: "update",
      servers: 3,
    },
    { name: "the same in two blocks", change: demand(1, 1), action: "update", servers: 2 },
    { name: "less of a demand", change: demand(1), action: "replace", servers: 1 },
    {
      name: "another level",
      change: { coverage_level: "area", coverage_sites: [{ site: "south", demands: [{ demand_count: 2 }] }] },
      action: "replace",
      servers: 2,
    },
    {
      name: "another template",
      change: { stack_resources: [{ ...template, count: 2 }] },
      action: "replace",
      servers: 4,
    },
    { name: "another description", change: { description: "new" }, action: "replace", servers: 2 },
  ])("to $name: $action", async ({ change, action, servers }) => {
    const bench = openBench();
    const before = await bench.settle(stack());
    const after = await bench.settle(stack(change));
    expect(after.actions).toEqual({ [ADDRESS]: action });
    expect(counts(bench)).toEqual({ edgeclouds: 1, deployments: 0, servers });
    const [was, is] = [before, after].map(({ values }) => values[ADDRESS]?.["id"]);
    expect(was === is).toBe(action === "update");
    expect(after.values[ADDRESS]).toMatchObject({ success_num: servers, instance_num: servers });
  });

  test("of a service of level site: replace", async () => {
    const bench = openBench();
    const at = (demand_count: number) => ({
      coverage_level: "site",
      coverage_policy: "centralize",
      coverage_sites: [{ site: SITE, demands: [{ demand_count }] }],
    });
    await bench.settle(stack(at(1)));
    expect((await bench.settle(stack(at(2)))).actions).toEqual({ [ADDRESS]: "replace" });
    expect(counts(bench).servers).toBe(2);
  });
});

describe("a service of which servers fail", () => {
  test.each([
    { name: "some", rule: {}, made: 1, failed: 1 },
    { name: "all", rule: { kind: "jobFailed" as const }, made: 0, failed: 2 },
  ])("$name: it is told, tainted, and replaced", async ({ rule, made, failed }) => {
    const bench = openBench(fault(rule));
    const broken = await bench.run(stack());
    expect(broken.diagnostics).toMatchObject([
      {
        code: "IEC5001",
        summary: expect.stringContaining("reached the status failed") as string,
        detail: expect.stringMatching(
          `^Of its servers ${made} were made and ${failed} failed: .*ERROR`,
        ) as string,
      },
    ]);
    expect(broken.values[ADDRESS]).toMatchObject({ status: "failed", success_num: made, failed_num: failed });
    expect(broken.tainted).toEqual([ADDRESS]);
    const mended = await bench.settle(stack());
    expect(mended.actions).toEqual({ [ADDRESS]: "replace" });
    expect(counts(bench)).toEqual({ edgeclouds: 1, deployments: 0, servers: 2 });
  });

  test("while it grows: it is replaced as a whole", async () => {
    const bench = openBench(fault({ operation: "ExpandEdgecloud" }));
    await bench.settle(stack());
    const broken = await bench.run(stack(demand(4)));
    expect(broken.diagnostics).toMatchObject([{ code: "IEC5001" }]);
    expect(broken.tainted).toEqual([ADDRESS]);
    expect((await bench.settle(stack(demand(4)))).actions).toEqual({ [ADDRESS]: "replace" });
    expect(counts(bench)).toEqual({ edgeclouds: 1, deployments: 0, servers: 4 });
  });

  test("a delete that fails is tried again", async () => {
    const bench = openBench(fault({ operation: "DeleteEdgeCloud", kind: "jobFailed" }));
    await bench.settle(stack());
    const broken = await bench.run(stack(), "destroy");
    expect(broken.diagnostics).toMatchObject([
      { code: "IEC5001", summary: expect.stringContaining("delFailed") as string },
    ]);
    expect((await bench.run(stack(), "destroy")).diagnostics).toEqual([]);
    expect(counts(bench)).toEqual({ edgeclouds: 0, deployments: 0, servers: 0 });
  });
});

describe("an answer is lost", () => {
  test.each([
    "CreateDeployment",
    "ExecuteDeployment",
    "DeleteDeployment",
    "DeleteInstances",
    "DeleteEdgeCloud",
  ])("%s: one service, no plan left", async (operation) => {
    const bench = openBench(fault({ operation, kind: "lostAnswer" }));
    await bench.settle(stack());
    expect(counts(bench)).toEqual({ edgeclouds: 1, deployments: 0, servers: 2 });
    expect((await bench.run(stack(), "destroy")).diagnostics).toEqual([]);
    expect(counts(bench)).toEqual({ edgeclouds: 0, deployments: 0, servers: 0 });
  });

  test.each(["CreateDeployment", "ExpandEdgecloud"])(
    "%s of an expansion: it happens once",
    async (operation) => {
      const bench = openBench(
        fault({ operation, kind: "lostAnswer", afterCalls: operation === "CreateDeployment" ? 1 : 0 }),
      );
      await bench.settle(stack());
      expect((await bench.run(stack(demand(5)))).diagnostics).toMatchObject([{ code: "IEC4004" }]);
      await bench.settle(stack(demand(5)));
      expect(counts(bench)).toEqual({ edgeclouds: 1, deployments: 0, servers: 5 });
    },
  );
});

test("no room for all of it: nothing is made, and the plan is taken back", async () => {
  const bench = openBench();
  const wide = {
    coverage_level: "site",
    coverage_policy: "centralize",
    coverage_sites: [{ site: SITE, demands: Array.from({ length: 5 }, () => ({ demand_count: 10 })) }],
  };
  const { diagnostics } = await bench.run(stack(wide));
  expect(diagnostics).toMatchObject([{ code: "IEC4003", path: ["coverage_sites"] }]);
  expect(counts(bench)).toEqual({ edgeclouds: 0, deployments: 0, servers: 0 });
});

test("servers deleted behind our back are no reason to change anything; a service is made again", async () => {
  const bench = openBench();
  const { values } = await bench.settle(stack());
  const { id } = values[ADDRESS] as { readonly id: string };
  const servers = bench.cloud.snapshot().servers.map((s) => ({ id: String(s["id"]) }));
  const api = bench.connect();
  await api.post("/v1/cloudservers/delete", { body: { servers: servers.slice(0, 1) } });
  await bench.clock.sleep(600_000);
  const seen = await bench.run(stack(), "plan");
  expect(seen.actions).toEqual({});
  await api.post("/v1/cloudservers/delete", { body: { servers: servers.slice(1) } });
  await bench.clock.sleep(600_000);
  await api.delete("/v1/edgeclouds/{edgecloud_id}", { params: { path: { edgecloud_id: id } } });
  await bench.clock.sleep(600_000);
  expect((await bench.settle(stack())).actions).toEqual({ [ADDRESS]: "create" });
});

test("a plan shows where servers would go, and makes none", async () => {
  const bench = openBench();
  const { values } = await bench.settle(stack({}, "iec_deployment_plan"));
  expect(values["iec_deployment_plan.cdn"]).toMatchObject({
    locations: [{ city: "guangzhou", stack_count: expect.any(Number) as number }],
  });
  expect(counts(bench)).toEqual({ edgeclouds: 0, deployments: 1, servers: 0 });
  const changed = await bench.settle(stack(demand(3), "iec_deployment_plan"));
  expect(changed.actions).toEqual({ "iec_deployment_plan.cdn": "replace" });
  await bench.run(stack(), "destroy");
  expect(counts(bench).deployments).toBe(0);
});
