import { describe, expect, test } from "vitest";
import type { FaultRule } from "../../../provider/simulator/index.js";
import {
  addEdgeService,
  addPlan,
  instancesOf,
  planBody,
  type PlanSpec,
  readService,
  removeInstances,
  systemVpc,
} from "./edge-services.js";
import {
  addServer,
  addSubnet,
  addVpc,
  asText,
  createWorld,
  ids,
  type Json,
  verdict,
  type World,
} from "./harness.js";

const pick = (items: Json[], key: string): unknown[] => items.map((item) => item[key]);
const remove = (world: World, id: string) => world.call("DELETE", `/v1/edgeclouds/${id}`);
const faulty = (kind: FaultRule["kind"], operation: string): FaultRule[] => [{ kind, operation, times: 1 }];

describe("life", () => {
  test("creating, scheduling, inService", async () => {
    const world = createWorld();
    const { id: plan } = await addPlan(world, { vpc: await systemVpc(world) });
    const { body } = await world.call("POST", `/v1/deployments/${plan}/deploy`);
    const id = asText(body["id"]);
    const status = async (): Promise<unknown> => (await readService(world, id))["status"];
    expect(await status()).toBe("creating");
    world.pass(200);
    expect([await status(), (await readService(world, id))["success_num"]]).toEqual(["scheduling", 0]);
    world.pass(1300);
    expect(await readService(world, id)).toMatchObject({
      id,
      name: "edge",
      status: "inService",
      success_num: 1,
      failed_num: 0,
      edge_regions: 1,
      fail_reason: { fail_code: "", fail_message: "" },
      create_at: "2025-01-01T00:00:00Z",
      update_at: "2025-01-01T00:00:01Z",
    });
    expect(pick(await instancesOf(world, id), "status")).toEqual(["ACTIVE"]);
  });

  test("a read masks passwords and forgets lines and operators", async () => {
    const world = createWorld();
    const places = { guangzhou: { operator: "chinaunicom", demand_count: 2 } };
    const resource = { admin_pass: "Secret-Word-1", user_data: "aGk=" };
    const id = await addEdgeService(world, { vpc: await systemVpc(world), places, resource });
    const service = await readService(world, id);
    expect(service["coverage"]).toEqual({
      coverage_level: "city",
      coverage_policy: "centralize",
      coverage_sites: [{ site: "guangzhou", i18n_site: "广州市", demands: [{ demand_count: 2 }] }],
    });
    expect(service["stacks"]).toMatchObject([
      {
        id: expect.any(String) as string,
        name: "stack",
        resources: [{ admin_pass: "******", user_data: "aGk=" }],
      },
    ]);
  });

  test("the list filters by name and id and leaves the stacks out", async () => {
    const world = createWorld();
    const vpc = await systemVpc(world);
    const id = await addEdgeService(world, { vpc, name: "a" });
    await addEdgeService(world, { vpc, name: "b" });
    const list = async (query: string): Promise<Json> =>
      (await world.call("GET", `/v1/edgeclouds?${query}`)).body;
    expect(await list("")).toMatchObject({ count: 2, edgeclouds: [{ name: "a" }, { name: "b" }] });
    expect(await list("name=b")).toMatchObject({ count: 1, edgeclouds: [{ name: "b" }] });
    const one = await list(`id=${id}`);
    expect(one).toMatchObject({ count: 1, edgeclouds: [{ name: "a" }] });
    expect(one["edgeclouds"]![0]).not.toHaveProperty("stacks");
    expect(await list("limit=1&offset=1")).toMatchObject({ count: 2, edgeclouds: [{ name: "b" }] });
  });
});

describe("instances", () => {
  test("names: prefix by city, numbered through the service", async () => {
    const world = createWorld();
    const places = { guangzhou: { demand_count: 2 }, wuhan: {} };
    const id = await addEdgeService(world, { vpc: await systemVpc(world), places });
    const names = ["IEC-GZ01-web-0001", "IEC-GZ01-web-0002", "IEC-WH01-web-0003"];
    expect(pick(await instancesOf(world, id), "name")).toEqual(names);
  });

  test("names without the prefix, one number course for each resource", async () => {
    const world = createWorld();
    const vpc = await systemVpc(world);
    const body = planBody({ vpc, resource: { with_prefix: false, count: 2 } }) as {
      edgecloud: { stack: { resources: { name: string }[] } };
    };
    const { resources } = body.edgecloud.stack;
    resources.push({ ...resources[0]!, name: "db" });
    const { body: plan } = await world.call("POST", "/v1/deployments", body);
    const { body: run } = await world.call("POST", `/v1/deployments/${asText(plan["id"])}/deploy`);
    world.pass(1500);
    const servers = await instancesOf(world, asText(run["id"]));
    expect(pick(servers, "name")).toEqual(["web-0001", "web-0002", "db-0001", "db-0002"]);
  });

  test("they name their service; others are not in its list", async () => {
    const world = createWorld();
    const own = await addVpc(world, "own");
    await addServer(world, { vpc: own, subnets: [await addSubnet(world, own)] });
    const id = await addEdgeService(world, { vpc: await systemVpc(world) });
    const servers = await instancesOf(world, id);
    expect(servers).toMatchObject([{ edgecloud_id: id, edgecloud_name: "edge" }]);
    expect((await world.call("GET", "/v1/cloudservers")).body["count"]).toBe(2);
    expect((await world.call("GET", `/v1/cloudservers?edgecloud_id=${ids.nobody}`)).body["count"]).toBe(0);
  });

  test("cards in subnets that the system makes, one at each site; EIPs on the wanted line", async () => {
    const world = createWorld();
    const vpc = await systemVpc(world);
    const spec: PlanSpec = {
      vpc,
      places: { guangzhou: { demand_count: 2, pool_id: "5_unicon_site12" }, wuhan: {} },
      resource: { net_config: { vpc_id: vpc, nic_num: 2 }, bandwidth: { sharetype: "WHOLE" } },
    };
    await addEdgeService(world, spec);
    const { subnets, ports, publicips, servers, volumes } = world.app.snapshot();
    expect(subnets.map(({ name, cidr, status }) => [name, cidr, status])).toEqual([
      ["sys-GZ", "10.0.0.0/24", "ACTIVE"],
      ["sys-WH", "10.0.1.0/24", "ACTIVE"],
    ]);
    expect([ports.length, volumes.length]).toEqual([6, 3]);
    expect(publicips.map(({ type, status }) => [type, status])).toEqual([
      ["5_unicon_site12", "ACTIVE"],
      ["5_unicon_site12", "ACTIVE"],
      ["5_sbgp_site10", "ACTIVE"],
    ]);
    expect(JSON.stringify(servers[0]!["addresses"])).toContain('"10.0.0.2"');
    await addEdgeService(world, { ...spec, name: "more" });
    expect(world.app.snapshot().subnets).toHaveLength(2);
  });

  test("a full system subnet gets a second one beside it", async () => {
    const world = createWorld({ capacity: 100, quotas: { instance: 100 } });
    const vpc = await systemVpc(world);
    const resource = { net_config: { vpc_id: vpc, nic_num: 8 }, count: 4 };
    await addEdgeService(world, { vpc, places: { guangzhou: { demand_count: 10 } }, resource });
    expect(world.app.snapshot().subnets.map(({ cidr }) => cidr)).toEqual(["10.0.0.0/24", "10.0.1.0/24"]);
  });
});

describe("failure", () => {
  const rows: [name: string, faults: FaultRule[], capacity: number, expected: object, states: string[]][] = [
    [
      "all is well",
      [],
      20,
      { status: "inService", success_num: 4, failed_num: 0 },
      Array<string>(4).fill("ACTIVE"),
    ],
    [
      "too little room",
      [],
      3,
      {
        status: "failed",
        success_num: 3,
        failed_num: 1,
        fail_reason: { fail_code: "IEC.010301", fail_message: "1 of 4 instances could not be placed" },
      },
      Array<string>(3).fill("ACTIVE"),
    ],
    ["no room at all", [], 0, { status: "failed", success_num: 0, failed_num: 4, edge_regions: 0 }, []],
    [
      "half of them fail",
      faulty("partialEdgeService", "ExecuteDeployment"),
      20,
      {
        status: "failed",
        success_num: 2,
        failed_num: 2,
        fail_reason: { fail_code: "IEC.010302", fail_message: "2 of 4 instances ended in ERROR" },
      },
      ["ACTIVE", "ACTIVE", "ERROR", "ERROR"],
    ],
    [
      "the job fails",
      faulty("jobFailed", "ExecuteDeployment"),
      20,
      { status: "failed", success_num: 0, failed_num: 4 },
      Array<string>(4).fill("ERROR"),
    ],
  ];
  test.each(rows)("%s", async (_name, faults, capacity, expected, states) => {
    const world = createWorld({ faults, capacity });
    const places = { guangzhou: { demand_count: 4 } };
    const id = await addEdgeService(world, { vpc: await systemVpc(world), places });
    expect(await readService(world, id)).toMatchObject(expected);
    expect(pick(await instancesOf(world, id), "status")).toEqual(states);
  });

  test("the room that a plan saw may be taken when it runs", async () => {
    const world = createWorld({ capacity: 3 });
    const vpc = await systemVpc(world);
    const places = { guangzhou: { demand_count: 2 } };
    const late = await addPlan(world, { vpc, places, name: "late" });
    await addEdgeService(world, { vpc, places });
    const { body } = await world.call("POST", `/v1/deployments/${late.id}/deploy`);
    world.pass(1500);
    expect(await readService(world, asText(body["id"]))).toMatchObject({ success_num: 1, failed_num: 1 });
  });

  test("an instance that cannot be made counts as failed, with the reason", async () => {
    const world = createWorld({ quotas: { shareBandwidthIP: 1 } });
    const places = { guangzhou: { demand_count: 2 } };
    const resource = { bandwidth: { sharetype: "WHOLE" } };
    const id = await addEdgeService(world, { vpc: await systemVpc(world), places, resource });
    const service = await readService(world, id);
    expect(service).toMatchObject({ status: "failed", success_num: 1, failed_num: 1 });
    expect(service["fail_reason"]!["fail_message"]).toMatch(/limit of 1 EIPs/);
  });

  test("a failed service cannot grow; emptied, it can go", async () => {
    const world = createWorld({ faults: faulty("partialEdgeService", "ExecuteDeployment") });
    const vpc = await systemVpc(world);
    const id = await addEdgeService(world, { vpc, places: { guangzhou: { demand_count: 2 } } });
    const plan = planBody({ vpc, id });
    expect(verdict(await world.call("POST", "/v1/deployments", plan))).toBe("400 IEC.010009");
    expect(verdict(await remove(world, id))).toBe("400 IEC.010008");
    await removeInstances(world, id);
    expect((await remove(world, id)).status).toBe(202);
  });
});

describe("expansion", () => {
  test("updating, inService: more instances, more places, numbers go on", async () => {
    const world = createWorld();
    const vpc = await systemVpc(world);
    const id = await addEdgeService(world, { vpc });
    const plan = await addPlan(world, { vpc, id, places: { guangzhou: { demand_count: 2 }, wuhan: {} } });
    const { body } = await world.call("POST", `/v1/deployments/${plan.id}/expand`);
    expect(body).toMatchObject({ id, name: "edge", deployment_id: plan.id, status: "updating" });
    expect((await readService(world, id))["status"]).toBe("updating");
    world.pass(1500);
    const service = await readService(world, id);
    expect(service).toMatchObject({ status: "inService", success_num: 4, failed_num: 0, edge_regions: 2 });
    expect(pick(service["coverage"]!["coverage_sites"] as unknown as Json[], "site")).toEqual([
      "guangzhou",
      "guangzhou",
      "wuhan",
    ]);
    expect(service["stacks"]).toHaveLength(2);
    expect(pick(await instancesOf(world, id), "name")).toEqual([
      "IEC-GZ01-web-0001",
      "IEC-GZ01-web-0002",
      "IEC-GZ01-web-0003",
      "IEC-WH01-web-0004",
    ]);
  });

  const refused: [name: string, made: Partial<PlanSpec>, more: Partial<PlanSpec>, verdict: string][] = [
    ["the same level", {}, {}, "200"],
    ["another level", {}, { level: "prov", places: { guangdong: {} } }, "400 IEC.000007"],
    [
      "level site",
      { level: "site", places: { [ids.guangzhou]: {} } },
      { level: "site", places: { [ids.guangzhou]: {} } },
      "400 IEC.000007",
    ],
  ];
  test.each(refused)("%s", async (_name, made, more, expected) => {
    const world = createWorld();
    const vpc = await systemVpc(world);
    const id = await addEdgeService(world, { vpc, ...made });
    expect(verdict(await world.call("POST", "/v1/deployments", planBody({ vpc, id, ...more })))).toBe(
      expected,
    );
  });

  test("one at a time: a service that is updating takes no other plan and cannot go", async () => {
    const world = createWorld();
    const vpc = await systemVpc(world);
    const id = await addEdgeService(world, { vpc });
    const [first, second] = [await addPlan(world, { vpc, id }), await addPlan(world, { vpc, id })];
    await world.call("POST", `/v1/deployments/${first.id}/expand`);
    const busy = "400 IEC.010002";
    expect(verdict(await world.call("POST", `/v1/deployments/${second.id}/expand`))).toBe(busy);
    expect(verdict(await world.call("POST", "/v1/deployments", planBody({ vpc, id })))).toBe(busy);
    expect(verdict(await remove(world, id))).toBe(busy);
    world.pass(1500);
    expect((await world.call("POST", `/v1/deployments/${second.id}/expand`)).status).toBe(200);
  });

  test("a failed expansion leaves a failed service with its good instances", async () => {
    const world = createWorld({ faults: faulty("jobFailed", "ExpandEdgecloud") });
    const vpc = await systemVpc(world);
    const id = await addEdgeService(world, { vpc });
    await addEdgeService(world, { vpc, id });
    expect(await readService(world, id)).toMatchObject({ status: "failed", success_num: 1, failed_num: 1 });
    expect(pick(await instancesOf(world, id), "status")).toEqual(["ACTIVE", "ERROR"]);
  });
});

describe("deletion", () => {
  test("not while it is made, not with instances; then deleting until it is gone", async () => {
    const world = createWorld();
    const vpc = await systemVpc(world);
    const { id: plan } = await addPlan(world, { vpc });
    const { body } = await world.call("POST", `/v1/deployments/${plan}/deploy`);
    const id = asText(body["id"]);
    expect(verdict(await remove(world, id))).toBe("400 IEC.010002");
    world.pass(1500);
    expect(verdict(await remove(world, id))).toBe("400 IEC.010008");
    await removeInstances(world, id);
    const reply = await remove(world, id);
    expect([reply.status, reply.body]).toEqual([
      202,
      { job_id: expect.any(String) as string, order_ids: [] },
    ]);
    expect((await readService(world, id))["status"]).toBe("deleting");
    expect(verdict(await remove(world, id))).toBe("400 IEC.010002");
    world.pass(400);
    expect(verdict(await world.call("GET", `/v1/edgeclouds/${id}`))).toBe("404 IEC.000022");
    expect((await world.call("GET", "/v1/edgeclouds")).body["count"]).toBe(0);
  });

  test("it ends in delFailed when the job fails, and can be tried again", async () => {
    const world = createWorld({ faults: faulty("jobFailed", "DeleteEdgeCloud") });
    const id = await addEdgeService(world, { vpc: await systemVpc(world) });
    await removeInstances(world, id);
    await remove(world, id);
    world.pass(400);
    expect((await readService(world, id))["status"]).toBe("delFailed");
    expect((await remove(world, id)).status).toBe(202);
    world.pass(400);
    expect((await world.call("GET", `/v1/edgeclouds/${id}`)).status).toBe(404);
  });

  test("the subnets that the system made stay, cannot be deleted, and go with an unused VPC", async () => {
    const world = createWorld();
    const vpc = await systemVpc(world);
    const id = await addEdgeService(world, { vpc });
    const subnet = String(world.app.snapshot().subnets[0]!["id"]);
    expect(verdict(await world.call("DELETE", `/v1/vpcs/${vpc}`))).toBe("400 IEC.020113");
    await removeInstances(world, id);
    expect(verdict(await world.call("DELETE", `/v1/subnets/${subnet}`))).toBe("400 IEC.020107");
    expect((await world.call("DELETE", `/v1/vpcs/${vpc}`)).status).toBe(204);
    expect(world.app.snapshot().subnets).toEqual([]);
  });
});
