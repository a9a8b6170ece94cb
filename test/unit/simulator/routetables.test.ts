import { beforeEach, describe, expect, test } from "vitest";
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

let world: World;
let vpc: string;
const get = async (path: string) => (await world.call("GET", path)).body;
const tables = async (query = "") =>
  (await get(`/v1/routetables${query}`))["routetables"] as unknown as Json[];
const defaultTable = async () => asText((await tables(`?vpc_id=${vpc}`))[0]!["id"]);
const make = (more: object = {}) =>
  world.call("POST", "/v1/routetables", { routetable: { name: "custom", vpc_id: vpc, ...more } });
const addTable = async () => asText((await make()).body["routetable"]!["id"]);
const links = async (table: string) =>
  ((await get(`/v1/routetables/${table}`))["routetable"]!["subnets"] as unknown as Json[]).map(
    (s) => s["id"],
  );
const associate = (table: string, ...subnet_ids: string[]) =>
  world.call("POST", `/v1/routetables/${table}/associate-subnets`, { subnet_ids });
const disassociate = (table: string, ...subnet_ids: string[]) =>
  world.call("POST", `/v1/routetables/${table}/disassociate-subnets`, { subnet_ids });

beforeEach(async () => {
  world = createWorld();
  vpc = await addVpc(world);
});

describe("route tables", () => {
  test("a VPC comes with its default table, and takes all its tables along", async () => {
    const subnet = await addSubnet(world, vpc);
    const [table] = await tables();
    expect(table).toMatchObject({ vpc_id: vpc, default: true });
    expect(table).not.toHaveProperty("subnets");
    expect(await links(asText(table!["id"]))).toEqual([subnet]);
    await addTable();
    expect(await tables()).toHaveLength(2);
    await world.call("DELETE", `/v1/subnets/${subnet}`);
    world.pass(400);
    expect(verdict(await world.call("DELETE", `/v1/vpcs/${vpc}`))).toBe("204");
    expect(await tables()).toEqual([]);
  });

  test("name and description change, of the default table too; an empty name does not", async () => {
    for (const id of [await defaultTable(), await addTable()]) {
      const put = (routetable: object) => world.call("PUT", `/v1/routetables/${id}`, { routetable });
      expect((await put({ name: "new", description: "d" })).body["routetable"]).toMatchObject({
        name: "new",
      });
      expect((await put({ name: "", description: "" })).body["routetable"]).toMatchObject({
        name: "new",
        description: "",
      });
      expect(verdict(await put({ description: "<script>" }))).toBe("400 IEC.000007");
    }
  });

  test("lists filter by id, name and VPC", async () => {
    const id = await addTable();
    await addVpc(world, "other", "10.1.0.0/16");
    const counts = await Promise.all(
      ["", `?vpc_id=${vpc}`, "?name=custom", `?id=${id}`, `?id=${ids.nobody}`].map(
        async (query) => (await tables(query)).length,
      ),
    );
    expect(counts).toEqual([3, 2, 1, 1, 0]);
  });

  test("a subnet has one table: associating moves it, disassociating gives it back to the default one", async () => {
    const [subnet, main] = [await addSubnet(world, vpc), await defaultTable()];
    const [one, two] = [await addTable(), await addTable()];
    const where = async () => (await get(`/v1/subnets/${subnet}/routetables`))["routetable"]!["id"];
    expect(await where()).toBe(main);
    expect((await associate(one, subnet)).body["routetable"]!["subnets"]).toEqual([{ id: subnet }]);
    expect([await where(), await links(main), await links(one)]).toEqual([one, [], [subnet]]);
    await associate(two, subnet);
    expect([await where(), await links(one)]).toEqual([two, []]);
    expect(verdict(await disassociate(one, subnet))).toBe("400 IEC.000007");
    expect((await disassociate(two, subnet)).body["routetable"]!["subnets"]).toEqual([]);
    expect(await where()).toBe(main);
    expect(verdict(await disassociate(main, subnet))).toBe("400 IEC.020405");
    await associate(one, subnet);
    await associate(main, subnet);
    expect(await where()).toBe(main);
  });

  test("only subnets of the same VPC", async () => {
    const other = await addSubnet(world, await addVpc(world, "other", "10.1.0.0/16"), "10.1.1.0/24");
    const [table, own] = [await addTable(), await addSubnet(world, vpc)];
    expect(verdict(await associate(table, own, other))).toBe("400 IEC.000007");
    expect(verdict(await associate(table, ids.nobody))).toBe("400 IEC.000007");
    expect(await links(table)).toEqual([]);
  });

  test("neither the default table nor one with subnets can be deleted", async () => {
    const [subnet, table] = [await addSubnet(world, vpc), await addTable()];
    const remove = async (id: string) => verdict(await world.call("DELETE", `/v1/routetables/${id}`));
    expect(await remove(await defaultTable())).toBe("400 IEC.020405");
    await associate(table, subnet);
    expect(await remove(table)).toBe("400 IEC.020404");
    await disassociate(table, subnet);
    expect([await remove(table), await remove(table)]).toEqual(["204", "404 IEC.000022"]);
  });

  test("a subnet of a custom table can be deleted, and leaves it", async () => {
    const [subnet, table] = [await addSubnet(world, vpc), await addTable()];
    await associate(table, subnet);
    expect(verdict(await world.call("DELETE", `/v1/subnets/${subnet}`))).toBe("204");
    world.pass(400);
    expect(await links(table)).toEqual([]);
  });

  test("the quota of a VPC counts its default table", async () => {
    world = createWorld({ quotas: { vpcContainRoutetable: 2 } });
    vpc = await addVpc(world);
    expect([verdict(await make()), verdict(await make())]).toEqual(["200", "400 IEC.000032"]);
    expect(verdict(await make({ vpc_id: ids.nobody }))).toBe("400 IEC.000007");
  });
});

describe("routes", () => {
  let table: string;
  let server: string;
  const vip = "10.0.1.200";
  const post = (action: string, ...routes: object[]) =>
    world.call("POST", `/v1/routetables/${table}/${action}`, { routes });
  const listed = async () => (await get(`/v1/routetables/${table}/routes`))["routes"] as unknown as Json[];
  const custom = async () => (await listed()).filter((route) => asText(route["type"]) !== "local");
  const toServer = (destination: string) => ({ type: "ecs", destination, nexthop: server });

  beforeEach(async () => {
    const subnet = await addSubnet(world, vpc);
    server = await addServer(world, { vpc, subnets: [subnet] });
    const port = { device_owner: "neutron:VIP_PORT", network_id: subnet, fixed_ips: [{ ip_address: vip }] };
    await world.call("POST", "/v1/ports", { port });
    table = await addTable();
  });

  test("the list is not paged and begins with the system's", async () => {
    await addSubnet(world, vpc, "10.0.2.0/24");
    await post("add-routes", toServer("0.0.0.0/0"));
    expect((await listed()).map((route) => [route["type"], route["destination"]])).toEqual([
      ["local", "198.19.128.0/20"],
      ["local", "127.0.0.0/8"],
      ["local", "100.64.0.0/10"],
      ["local", "10.0.1.0/24"],
      ["local", "10.0.2.0/24"],
      ["ecs", "0.0.0.0/0"],
    ]);
    expect((await listed())[0]).toMatchObject({ nexthop: "-", description: "" });
  });

  const rows: [name: string, change: object, verdict: string][] = [
    ["an instance", {}, "200"],
    ["a virtual IP", { type: "vip", nexthop: vip }, "200"],
    ["everything", { destination: "0.0.0.0/0" }, "200"],
    ["around a system route", { destination: "100.0.0.0/8" }, "200"],
    ["inside a system route", { destination: "100.64.7.0/24" }, "400 IEC.020403"],
    ["a system route", { destination: "198.19.128.0/20" }, "400 IEC.020403"],
    ["inside a subnet", { destination: "10.0.1.128/25" }, "400 IEC.020403"],
    ["inside the VPC, outside its subnets", { destination: "10.0.7.0/24" }, "200"],
    ["destination of another route", { destination: "172.16.0.0/16" }, "400 IEC.020402"],
    ["host bits", { destination: "172.17.0.1/16" }, "400 IEC.020108"],
    ["no CIDR", { destination: "anywhere" }, "400 IEC.020108"],
    ["no such instance", { nexthop: ids.nobody }, "400 IEC.000007"],
    ["no such virtual IP", { type: "vip", nexthop: "10.0.1.201" }, "400 IEC.000007"],
    ["the address of a card as virtual IP", { type: "vip", nexthop: "10.0.1.2" }, "400 IEC.000007"],
    ["empty next hop", { nexthop: "" }, "400 IEC.000007"],
    ["the kind igw", { type: "igw" }, "400 IEC.000007"],
    ["the kind cc", { type: "cc" }, "400 IEC.000007"],
    ["the kind local", { type: "local" }, "400 IEC.000007"],
    ["markup", { description: "<b>" }, "400 IEC.000007"],
  ];
  test.each(rows)("add: %s: %j: %s", async (_name, change, expected) => {
    await post("add-routes", toServer("172.16.0.0/16"));
    expect(verdict(await post("add-routes", { ...toServer("172.17.0.0/16"), ...change }))).toBe(expected);
  });

  test("next hops are of the VPC", async () => {
    const other = await addVpc(world, "other", "10.1.0.0/16");
    server = await addServer(world, { vpc: other, subnets: [await addSubnet(world, other, "10.1.1.0/24")] });
    expect(verdict(await post("add-routes", toServer("172.16.0.0/16")))).toBe("400 IEC.000007");
  });

  test("several at once: all or none", async () => {
    const two = [toServer("172.16.0.0/16"), toServer("172.16.0.0/16")];
    expect(verdict(await post("add-routes", ...two))).toBe("400 IEC.020402");
    expect(verdict(await post("add-routes", toServer("172.16.0.0/16"), toServer("127.0.0.0/8")))).toBe(
      "400 IEC.020403",
    );
    expect(await custom()).toEqual([]);
    const [one, other] = [toServer("172.16.0.0/16"), toServer("172.17.0.0/16")];
    expect((await post("add-routes", one, other)).body["routes"]).toHaveLength(2);
    const removal = [{ destination: one.destination }, { destination: "9.9.9.0/24" }];
    expect(verdict(await post("delete-routes", ...removal))).toBe("404 IEC.000022");
    expect(await custom()).toHaveLength(2);
  });

  test("update and delete address routes by destination; a description left out stays", async () => {
    const destination = "172.16.0.0/16";
    await post("add-routes", { ...toServer(destination), description: "first" });
    const changed = { type: "vip", destination, nexthop: vip, description: "first" };
    expect((await post("update-routes", { type: "vip", destination, nexthop: vip })).body["routes"]).toEqual([
      changed,
    ]);
    expect(await custom()).toEqual([changed]);
    expect((await post("delete-routes", { destination })).body["routes"]).toEqual([changed]);
    expect(await custom()).toEqual([]);
    expect(verdict(await post("update-routes", toServer(destination)))).toBe("404 IEC.000022");
    expect(verdict(await post("delete-routes", { destination }))).toBe("404 IEC.000022");
  });

  test("system routes cannot be changed or removed", async () => {
    expect(verdict(await post("update-routes", toServer("10.0.1.0/24")))).toBe("400 IEC.020403");
    expect(verdict(await post("delete-routes", { destination: "127.0.0.0/8" }))).toBe("400 IEC.020403");
  });

  test("the quota of a table counts its own routes", async () => {
    world = createWorld({ quotas: { routetableContainRoutes: 2 } });
    vpc = await addVpc(world);
    server = await addServer(world, { vpc, subnets: [await addSubnet(world, vpc)] });
    table = await addTable();
    await post("add-routes", toServer("172.16.0.0/16"));
    const [two, three] = [toServer("172.17.0.0/16"), toServer("172.18.0.0/16")];
    expect(verdict(await post("add-routes", two, three))).toBe("400 IEC.000032");
    expect(verdict(await post("add-routes", two))).toBe("200");
  });
});
