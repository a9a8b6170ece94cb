import { describe, expect, test } from "vitest";
import { addEdgeService } from "./edge-services.js";
import {
  addGroup,
  addServer,
  addSubnet,
  addVpc,
  createWorld,
  ids,
  type Json,
  verdict,
  type World,
} from "./harness.js";

const namesOf = (items: Json | undefined, key = "name"): unknown[] =>
  (items as unknown as Record<string, unknown>[]).map((item) => item[key]);

describe("paging by item offset", () => {
  const rows: [query: string, names: string[]][] = [
    ["", ["v0", "v1", "v2", "v3", "v4"]],
    ["?limit=2", ["v0", "v1"]],
    ["?limit=2&offset=2", ["v2", "v3"]],
    ["?limit=2&offset=4", ["v4"]],
    ["?offset=5", []],
    ["?limit=1000", ["v0", "v1", "v2", "v3", "v4"]],
  ];
  test.each(rows)("VPCs %s", async (query, names) => {
    const world = createWorld();
    for (const n of [0, 1, 2, 3, 4]) await addVpc(world, `v${n}`);
    const { body } = await world.call("GET", `/v1/vpcs${query}`);
    expect([namesOf(body["vpcs"]), body["count"]]).toEqual([names, 5]);
  });

  const refused: [path: string, verdict: string][] = [
    ["/v1/vpcs?limit=1001", "400 IEC.000006"],
    ["/v1/vpcs?limit=two", "400 IEC.000006"],
    ["/v1/vpcs?offset=-1", "400 IEC.000006"],
    ["/v1/images?limit=501", "400 IEC.000006"],
    ["/v1/images?limit=0", "400 IEC.000006"],
    ["/v1/subnets?vpc_id=x", "400 IEC.000006"],
    ["/v1/ports?admin_state_up=false", "400 IEC.000006"],
    ["/v1/ports?admin_state_up=true", "200"],
    ["/v1/vpcs/x", "400 IEC.000030"],
  ];
  test.each(refused)("%s: %s", async (path, expected) => {
    expect(verdict(await createWorld().call("GET", path))).toBe(expected);
  });
});

describe("paging by page number", () => {
  async function crowd(count: number): Promise<World> {
    const world = createWorld();
    const vpc = await addVpc(world);
    await addServer(world, { vpc, subnets: [await addSubnet(world, vpc)], more: { count } });
    return world;
  }
  const instances: [query: string, first: string | undefined, length: number][] = [
    ["", "web-0001", 25],
    ["?offset=0&limit=10", "web-0001", 10],
    ["?offset=1&limit=10", "web-0001", 10],
    ["?offset=2&limit=10", "web-0011", 10],
    ["?offset=3&limit=10", "web-0021", 10],
    ["?offset=4&limit=10", undefined, 0],
    ["?limit=1000", "web-0001", 30],
  ];
  test("instances: 25 to a page by default; page 0 and page 1 are the first", async () => {
    const world = await crowd(30);
    for (const [query, first, length] of instances) {
      const { body } = await world.call("GET", `/v1/cloudservers${query}`);
      const names = namesOf(body["servers"]);
      expect([query, names[0], names.length, body["count"]]).toEqual([query, first, length, 30]);
    }
  });

  test("flavors: pages count from 1, and 0 is page 1", async () => {
    const { call } = createWorld();
    const page = async (query: string) =>
      namesOf((await call("GET", `/v1/cloudservers/flavors${query}`)).body["flavors"]);
    const all = await page("");
    expect(all).toHaveLength(17);
    expect(await page("?limit=5&offset=0")).toEqual(all.slice(0, 5));
    expect(await page("?limit=5&offset=1")).toEqual(all.slice(0, 5));
    expect(await page("?limit=5&offset=4")).toEqual(all.slice(15));
  });
});

describe("list shapes", () => {
  test("images count in total and take an item offset", async () => {
    const { body } = await createWorld().call(
      "GET",
      "/v1/images?limit=2&offset=1&sort_key=name&sort_dir=asc",
    );
    expect([namesOf(body["images"]), body["total"], "count" in body]).toEqual([
      ["CentOS 7.6 64bit with ARM", "CentOS 8.2 64bit"],
      11,
      false,
    ]);
  });

  test("key pairs are a bare array", async () => {
    const { call } = createWorld();
    await call("POST", "/v1/os-keypairs", { name: "a" });
    const { body } = await call("GET", "/v1/os-keypairs");
    expect(Array.isArray(body)).toBe(true);
    expect(namesOf(body)).toEqual(["a"]);
  });

  test("security groups have no name filter: the name in the query changes nothing and is noted", async () => {
    const world = createWorld();
    await addGroup(world, "a");
    expect((await world.call("GET", "/v1/security-groups?name=a")).body["count"]).toBe(2);
    expect(world.app.invalid).toMatchObject([{ operation: "ListSecurityGroups", side: "request" }]);
  });
});

describe("filters", () => {
  const rows: [path: string, key: string, names: string[]][] = [
    ["/v1/sites?city=guangzhou", "sites", ["guangzhou"]],
    ["/v1/sites?city=GuangZhou,wuhan", "sites", ["wuhan", "guangzhou"]],
    ["/v1/sites?area=northwest", "sites", ["xi'an"]],
    ["/v1/sites?flavor=kc1.large.2", "sites", ["hangzhou", "guangzhou", "zhongshan"]],
    ["/v1/sites?volume_type=ssd,gpssd&area=south", "sites", ["guangzhou"]],
    [`/v1/sites?id=${ids.guangzhou}`, "sites", ["guangzhou"]],
    ["/v1/cloudservers/flavors?name=c6.large.2", "flavors", ["c6.large.2"]],
    ["/v1/cloudservers/flavors?id=none", "flavors", []],
    ["/v1/cloudservers/flavors?city=harbin", "flavors", []],
    [`/v1/cloudservers/flavors?site_ids=${ids.guangzhou}&name=kc1.large.2`, "flavors", ["kc1.large.2"]],
    ["/v1/cloudservers/flavors?city=wuhan&name=kc1.large.2", "flavors", []],
    ["/v1/images?visibility=private", "images", ["golden-web-2024"]],
    ["/v1/images?__os_type=Windows", "images", ["Windows Server 2019 Datacenter 64bit"]],
    ["/v1/images?name=Ubuntu%2020.04%20server%2064bit", "images", ["Ubuntu 20.04 server 64bit"]],
    [
      "/v1/share-bandwidth-types?bandwidth_type=BGP_cn-northwest-xian",
      "share_bandwidth_types",
      ["西安市bgp"],
    ],
    ["/v1/cloudvolumes/volume-types", "volume_types", ["SATA", "SAS", "GPSSD", "SSD"]],
  ];
  test.each(rows)("%s", async (path, key, names) => {
    expect(namesOf((await createWorld().call("GET", path)).body[key])).toEqual(names);
  });

  test("subnets by VPC and site, VPCs by name and id", async () => {
    const world = createWorld();
    const [one, two] = [await addVpc(world, "one"), await addVpc(world, "two")];
    await addSubnet(world, one);
    await addSubnet(world, two);
    const count = async (path: string) => (await world.call("GET", path)).body["count"];
    expect(await count(`/v1/subnets?vpc_id=${one}`)).toBe(1);
    expect(await count(`/v1/subnets?site_id=${ids.guangzhou}`)).toBe(2);
    expect(await count("/v1/vpcs?name=two")).toBe(1);
    expect(await count(`/v1/vpcs?id=${two}&name=one`)).toBe(0);
  });

  test("an image by id", async () => {
    const { call } = createWorld();
    expect((await call("GET", `/v1/images/${ids.ubuntu}`)).body["name"]).toBe("Ubuntu 20.04 server 64bit");
    expect(verdict(await call("GET", `/v1/images/${ids.nobody}`))).toBe("404 IEC.000022");
  });
});

test("quotas: use of every kind", async () => {
  const world = createWorld();
  const vpc = await addVpc(world, "sys", "10.0.0.0/16", "SYSTEM");
  const resource = { bandwidth: { sharetype: "WHOLE" }, data_volumes: [{ size: 10, volume_type: "SAS" }] };
  await addEdgeService(world, { vpc, places: { guangzhou: { demand_count: 2 } }, resource });
  const { body } = await world.call("GET", "/v1/edgeclouds/quotas");
  const resources = body["quotas"]!["resources"] as unknown as { type: string; used: number }[];
  expect(Object.fromEntries(resources.map(({ type, used }) => [type, used]))).toEqual({
    edgeclouds: 1,
    instance: 2,
    vcpu: 4,
    ram: 8192,
    volume: 4,
    gigabyte: 100,
    root_volume_size: 0,
    data_volume_count: 0,
    data_volume_size: 0,
    image: 1,
    vpc: 1,
    subnet: 1,
    securityGroup: 1,
    securityGroupRule: 2,
    securityGroupContainRuleQuota: 2,
    firewall: 0,
    publicIp: 2,
    shareBandwidth: 1,
    shareBandwidthIP: 2,
    vpcContainRoutetable: 1,
    routetableContainRoutes: 0,
    alarms: 0,
  });
});
