import { describe, expect, test } from "vitest";
import { addEdgeService, addPlan, planBody, type PlanSpec, readService, systemVpc } from "./edge-services.js";
import { addVpc, createWorld, ids, siteId, verdict } from "./harness.js";

type Spec = Omit<PlanSpec, "vpc">;

describe("plan refusals", () => {
  const eleven = Object.fromEntries(Array.from({ length: 11 }, (_, n) => [`city${n}`, {}]));
  const rows: [name: string, spec: Spec, verdict: string][] = [
    ["a small one", {}, "200"],
    ["level area", { level: "area", places: { south: {} } }, "200"],
    ["level prov", { level: "prov", places: { guangdong: {} } }, "200"],
    ["level site", { level: "site", places: { [ids.guangzhou]: {} } }, "200"],
    ["level site with a city", { level: "site" }, "400 IEC.000007"],
    ["level site, discrete", { level: "site", policy: "discrete" }, "400 IEC.000007"],
    ["level SITE", { level: "SITE", places: { [ids.guangzhou]: {} } }, "400 IEC.000007"],
    ["level province", { level: "province", places: { guangdong: {} } }, "400 IEC.000007"],
    ["policy spread", { policy: "spread" }, "400 IEC.000007"],
    ["a key in capitals", { places: { Guangzhou: {} } }, "400 IEC.000007"],
    ["an unknown city", { places: { atlantis: {} } }, "400 IEC.000007"],
    ["a city that is sold out", { places: { harbin: {} } }, "400 IEC.000007"],
    ["no place", { places: {} }, "400 IEC.000007"],
    ["eleven places", { places: eleven }, "400 IEC.000007"],
    ["ten stacks", { places: { guangzhou: { demand_count: 10 } } }, "200"],
    ["eleven stacks", { places: { guangzhou: { demand_count: 11 } } }, "400 IEC.000007"],
    ["no stack", { places: { guangzhou: { demand_count: 0 } } }, "400 IEC.000007"],
    ["a line", { places: { guangzhou: { pool_id: "5_unicon_site12" } } }, "200"],
    ["a line elsewhere", { places: { guangzhou: { pool_id: "5_sbgp_site1" } } }, "400 IEC.000007"],
    [
      "an IPv6 line as the line",
      { places: { guangzhou: { pool_id: "5_sbgp_site12_v6" } } },
      "400 IEC.000007",
    ],
    [
      "a line at level area",
      { level: "area", places: { south: { pool_id: "5_sbgp_site12" } } },
      "400 IEC.000007",
    ],
    ["a line at level prov", { level: "prov", places: { guangdong: { pool_id: "x" } } }, "400 IEC.000007"],
    ["an IPv6 line", { places: { guangzhou: { pool_id_v6: "5_sbgp_site12_v6" } } }, "200"],
    ["an operator", { places: { guangzhou: { operator: "chinamobile" } } }, "200"],
    ["an operator the city lacks", { places: { guangzhou: { operator: "bgp" } } }, "400 IEC.000007"],
    ["a bandwidth type", { places: { guangzhou: { bandwidth_type: "CT_cn-south-guangzhou" } } }, "200"],
    ["a foreign bandwidth type", { places: { guangzhou: { bandwidth_type: "CT_x" } } }, "400 IEC.000007"],
    [
      "a flavor the city lacks",
      { places: { wuhan: {} }, resource: { flavor_ref: "kc1.large.2" } },
      "400 IEC.000007",
    ],
    [
      "a disk type the city lacks",
      { places: { jinan: {} }, resource: { root_volume: { size: 40, volume_type: "SSD" } } },
      "400 IEC.000007",
    ],
    ["no resource", { more: { stack: { name: "s", resources: [] } } }, "400 IEC.010303"],
    ["an unknown image", { resource: { image_ref: ids.nobody } }, "400 IEC.010303"],
    ["an unknown key pair", { resource: { key_name: "nobody" } }, "400 IEC.010303"],
    ["an unknown security group", { resource: { security_groups: [{ id: ids.nobody }] } }, "400 IEC.010303"],
    ["a weak password", { resource: { admin_pass: "password" } }, "400 IEC.010303"],
    [
      "a system disk of 39 GB",
      { resource: { root_volume: { size: 39, volume_type: "SAS" } } },
      "400 IEC.010303",
    ],
    ["name and id", { more: { id: ids.nobody } }, "400 IEC.010005"],
    ["neither name nor id", { more: { name: undefined } }, "400 IEC.010005"],
    ["a bad name", { name: "a b" }, "400 IEC.010004"],
    ["a long name", { name: "n".repeat(33) }, "400 IEC.010004"],
    ["a bad description", { more: { description: "<script>" } }, "400 IEC.010010"],
    ["an unknown service", { id: ids.nobody }, "400 IEC.000022"],
  ];
  test.each(rows)("%s", async (_name, spec, expected) => {
    const world = createWorld();
    const vpc = await systemVpc(world);
    const reply = await world.call("POST", "/v1/deployments", planBody({ vpc, ...spec }));
    expect(verdict(reply), JSON.stringify(reply.body)).toBe(expected);
  });

  const nics: [vpc: "SYSTEM" | "CUSTOMER" | "none", nic_num: number, verdict: string][] = [
    ["SYSTEM", 1, "200"],
    ["SYSTEM", 8, "200"],
    ["SYSTEM", 0, "400 IEC.010303"],
    ["SYSTEM", 9, "400 IEC.010303"],
    ["CUSTOMER", 1, "400 IEC.010303"],
    ["none", 1, "400 IEC.010303"],
  ];
  test.each(nics)("%s VPC with %i network cards: %s", async (mode, nic_num, expected) => {
    const world = createWorld();
    const vpc = mode === "none" ? ids.nobody : await addVpc(world, "net", "10.0.0.0/16", mode);
    const body = planBody({ vpc, resource: { net_config: { vpc_id: vpc, nic_num } } });
    expect(verdict(await world.call("POST", "/v1/deployments", body))).toBe(expected);
  });

  test.each([
    ["edgeclouds", 0],
    ["instance", 1],
    ["vcpu", 3],
    ["publicIp", 1],
    ["gigabyte", 79],
  ])("quota %s of %i is too small for two instances", async (kind, quota) => {
    const world = createWorld({ quotas: { [kind]: quota } });
    const places = { guangzhou: { demand_count: 2 } };
    const resource = { bandwidth: { sharetype: "WHOLE" } };
    const body = planBody({ vpc: await systemVpc(world), places, resource });
    expect(verdict(await world.call("POST", "/v1/deployments", body))).toBe("400 IEC.000032");
  });
});

describe("placement", () => {
  const rows: [name: string, spec: Spec, placed: Record<string, number>][] = [
    [
      "centralize: one city of the area",
      { level: "area", places: { south: { demand_count: 4 } } },
      { GZ: 4 },
    ],
    [
      "discrete: both cities of the area",
      { level: "area", policy: "discrete", places: { south: { demand_count: 5 } } },
      { GZ: 3, ZS: 2 },
    ],
    [
      "centralize: the second city takes what the first has no room for",
      { level: "prov", places: { guangdong: { demand_count: 8 } } },
      { GZ: 6, ZS: 2 },
    ],
    ["what finds no room is left out", { places: { wuhan: { demand_count: 9 } } }, { WH: 6 }],
    [
      "stacks go whole: two instances each",
      { places: { wuhan: { demand_count: 4 } }, resource: { count: 2 } },
      { WH: 3 },
    ],
    ["a stack larger than a site goes nowhere", { resource: { count: 7 } }, {}],
    [
      "only sites that offer the flavor",
      {
        level: "area",
        policy: "discrete",
        places: { north: { demand_count: 4 } },
        resource: { flavor_ref: "g5.4xlarge.4" },
      },
      { BJ: 4 },
    ],
    [
      "only sites with the operator",
      { level: "area", policy: "discrete", places: { south: { demand_count: 2, operator: "bgp" } } },
      { ZS: 2 },
    ],
    ["two places", { places: { wuhan: {}, "xi'an": { demand_count: 2 } } }, { WH: 1, XA: 2 }],
  ];
  test.each(rows)("%s", async (_name, spec, placed) => {
    const world = createWorld({ capacity: 6 });
    const { locations } = await addPlan(world, { vpc: await systemVpc(world), ...spec });
    const list = locations as unknown as { city_short_name: string; stack_count: number }[];
    expect(Object.fromEntries(list.map((entry) => [entry.city_short_name, entry.stack_count]))).toEqual(
      placed,
    );
  });

  test("two demands of one place share its room", async () => {
    const world = createWorld({ capacity: 5 });
    const vpc = await systemVpc(world);
    const body = planBody({ vpc }) as { edgecloud: { coverage: { coverage_sites: object[] } } };
    const demand = (demand_count: number, operator: string): object => ({ demand_count, operator });
    const demands = [demand(3, "chinatelecom"), demand(3, "chinaunicom")];
    body.edgecloud.coverage.coverage_sites = [{ site: "guangzhou", demands }];
    const reply = await world.call("POST", "/v1/deployments", body);
    expect(reply.body["locations"]).toMatchObject([
      { operator: "chinatelecom", pool_id: "5_sbgp_site12", stack_count: 3 },
      { operator: "chinaunicom", pool_id: "5_unicon_site12", stack_count: 2 },
    ]);
  });
});

describe("plans", () => {
  test("a list shows the distribution and the masked password", async () => {
    const world = createWorld();
    const vpc = await systemVpc(world);
    const places = { guangzhou: { pool_id: "5_unicon_site12" } };
    const { id } = await addPlan(world, { vpc, places, resource: { admin_pass: "Secret-Word-1" } });
    const { body } = await world.call("GET", `/v1/deployments?id=${id}`);
    expect(body).toMatchObject({
      count: 1,
      deployments: [
        {
          id,
          distribution: [
            { site_id: ids.guangzhou, pool_id: "5_unicon_site12", city: "guangzhou", stack_count: 1 },
          ],
          edgecloud: {
            name: "edge",
            coverage: { coverage_sites: [{ site: "guangzhou", demands: [{ pool_id: "5_unicon_site12" }] }] },
            stacks: { name: "stack", resources: [{ name: "web", admin_pass: "******" }] },
          },
        },
      ],
    });
    expect(JSON.stringify(world.app.snapshot())).not.toContain("Secret-Word-1");
  });

  test("filters: id, status, service", async () => {
    const world = createWorld();
    const vpc = await systemVpc(world);
    const service = await addEdgeService(world, { vpc });
    const { id } = await addPlan(world, { vpc, name: "later" });
    const names = async (query: string): Promise<unknown> => {
      const { body } = await world.call("GET", `/v1/deployments?${query}`);
      const plans = body["deployments"] as unknown as { edgecloud: { name: string } }[];
      return plans.map((plan) => plan.edgecloud.name);
    };
    expect(await names("")).toEqual(["edge", "later"]);
    expect(await names("status=open")).toEqual(["later"]);
    expect(await names("status=closed")).toEqual(["edge"]);
    expect(await names(`edgecloud_id=${service}`)).toEqual(["edge"]);
    expect(await names(`id=${id}`)).toEqual(["later"]);
    expect(await names("limit=1&offset=1")).toEqual(["later"]);
  });

  test("a plan runs once: open, then closed", async () => {
    const world = createWorld();
    const { id } = await addPlan(world, { vpc: await systemVpc(world) });
    const deploy = () => world.call("POST", `/v1/deployments/${id}/deploy`);
    const reply = await deploy();
    expect(reply.body).toMatchObject({ name: "edge", deployment_id: id, status: "creating" });
    expect(verdict(await deploy())).toBe("400 IEC.010101");
  });

  test("deploy is for plans with a name, expand for those with an id", async () => {
    const world = createWorld();
    const vpc = await systemVpc(world);
    const service = await addEdgeService(world, { vpc });
    const [fresh, more] = [
      await addPlan(world, { vpc, name: "b" }),
      await addPlan(world, { vpc, id: service }),
    ];
    expect(verdict(await world.call("POST", `/v1/deployments/${fresh.id}/expand`))).toBe("400 IEC.010102");
    expect(verdict(await world.call("POST", `/v1/deployments/${more.id}/deploy`))).toBe("400 IEC.010102");
  });

  test("a plan goes at once, carried out or not; its service stays", async () => {
    const world = createWorld();
    const vpc = await systemVpc(world);
    const service = await addEdgeService(world, { vpc });
    await addPlan(world, { vpc, name: "b" });
    for (const plan of world.app.snapshot().deployments) {
      expect((await world.call("DELETE", `/v1/deployments/${String(plan["id"])}`)).status).toBe(204);
    }
    expect((await world.call("GET", "/v1/deployments")).body["count"]).toBe(0);
    expect(await readService(world, service)).toMatchObject({ status: "inService" });
    expect(verdict(await world.call("DELETE", `/v1/deployments/${ids.nobody}`))).toBe("404 IEC.000022");
    expect(verdict(await world.call("POST", `/v1/deployments/${ids.nobody}/deploy`))).toBe("404 IEC.000022");
  });

  test("what a plan needs may be gone when it is carried out", async () => {
    const world = createWorld();
    const vpc = await systemVpc(world);
    const { id } = await addPlan(world, { vpc });
    expect((await world.call("DELETE", `/v1/vpcs/${vpc}`)).status).toBe(204);
    expect(verdict(await world.call("POST", `/v1/deployments/${id}/deploy`))).toBe("400 IEC.010303");
    expect(world.app.snapshot().edgeclouds).toEqual([]);
  });

  test("the tenth service fits, the eleventh is refused", async () => {
    const world = createWorld();
    const vpc = await systemVpc(world);
    const late = await addPlan(world, { vpc, name: "late" });
    for (let n = 0; n < 10; n += 1) await addEdgeService(world, { vpc, name: `edge-${n}` });
    expect(verdict(await world.call("POST", `/v1/deployments/${late.id}/deploy`))).toBe("400 IEC.000032");
    const body = planBody({ vpc, name: "more" });
    expect(verdict(await world.call("POST", "/v1/deployments", body))).toBe("400 IEC.000032");
    const quotas = (await world.call("GET", "/v1/edgeclouds/quotas")).body["quotas"]!["resources"];
    expect(quotas).toContainEqual(expect.objectContaining({ type: "edgeclouds", quota: 10, used: 10 }));
  });

  test("site ids are of any site, also where the display name differs", async () => {
    const world = createWorld();
    const site = await siteId(world, "xi'an");
    const id = await addEdgeService(world, {
      vpc: await systemVpc(world),
      level: "site",
      places: { [site]: {} },
    });
    expect(await readService(world, id)).toMatchObject({
      coverage: { coverage_level: "site", coverage_sites: [{ site, i18n_site: "西安市" }] },
    });
  });
});
