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

const line = "5_sbgp_site12_v6";
let world: World;
let vpc: string;
let subnet: Json;

const get = async (path: string) => (await world.call("GET", path)).body;
const subnetId = () => asText(subnet["id"]);
const prefix = () => asText(subnet["cidr_v6"]).replace("/64", "");

/** A subnet with IPv6 on. */
beforeEach(async () => {
  world = createWorld();
  vpc = await addVpc(world);
  const id = await addSubnet(world, vpc);
  const site = (await get("/v1/sites?city=guangzhou"))["sites"]![0]!;
  const pool = (site["pools"] as unknown as Json[]).find(
    (candidate) => asText(candidate["pool_id"]) === line,
  )!;
  await world.call("PUT", `/v1/subnets/${id}`, { subnet: { ipv6_enable: true, pool_id: pool["id"] } });
  subnet = (await get(`/v1/subnets/${id}`))["subnet"]!;
});

const addDual = (more: object = {}) =>
  addServer(world, {
    vpc,
    subnets: [],
    more: { net_config: { vpc_id: vpc, subnets: [{ id: subnetId(), ipv6_enable: true, ...more }] } },
  });
const portsOf = async (server: string) =>
  (await get(`/v1/ports?device_id=${server}`))["ports"] as unknown as Json[];
const addVip = async (ip_address?: string) => {
  const fixed = { subnet_id: subnet["neutron_subnet_id_v6"], ...(ip_address ? { ip_address } : {}) };
  const port = { device_owner: "neutron:VIP_PORT", network_id: subnetId(), fixed_ips: [fixed] };
  return world.call("POST", "/v1/ports", { port });
};
/** An IPv6 bandwidth: it comes with the first instance that asks for one. */
async function addBandwidth(): Promise<string> {
  await addDual({ ipv6_bandwidth_enable: true });
  return asText((await get("/v1/bandwidths"))["bandwidths"]![0]!["id"]);
}
const attach = (port: string, bandwidth_id: string) =>
  world.call("POST", `/v1/vports/${port}/bandwidth/attach`, { bandwidth_id });
const detach = (port: string) => world.call("POST", `/v1/vports/${port}/bandwidth/detach`);

describe("IPv6 addresses", () => {
  test("a card of both families shows both, with the native subnet of each", async () => {
    const server = await addDual();
    const read = (await get(`/v1/cloudservers/${server}`))["server"]!;
    expect(read["addresses"]![vpc]).toMatchObject([
      { addr: "10.0.1.2", version: "4", "OS-EXT-IPS:type": "fixed" },
      { addr: `${prefix()}10`, version: "6", "OS-EXT-IPS:type": "fixed" },
    ]);
    expect((await portsOf(server))[0]!["fixed_ips"]).toEqual([
      { subnet_id: subnet["neutron_subnet_id"], ip_address: "10.0.1.2" },
      { subnet_id: subnet["neutron_subnet_id_v6"], ip_address: `${prefix()}10` },
    ]);
  });

  test("a card made without IPv6 has none, on the same subnet", async () => {
    const server = await addServer(world, { vpc, subnets: [subnetId()] });
    expect((await portsOf(server))[0]!["fixed_ips"]).toHaveLength(1);
  });

  test("a card added later can have one, with bandwidth", async () => {
    const bandwidth = await addBandwidth();
    const server = await addServer(world, { vpc, subnets: [subnetId()] });
    const nics = { vpc_id: vpc, subnet_id: subnetId(), nic_num: 1, security_groups: [], ipv6_enable: true };
    const path = `/v1/cloudservers/${server}/nics`;
    expect(verdict(await world.call("POST", path, { ...nics, ipv6_bandwidth: { id: bandwidth } }))).toBe(
      "200",
    );
    world.pass(300);
    expect((await portsOf(server))[1]).toMatchObject({ ipv6_bandwidth_id: bandwidth });
    expect((await portsOf(server))[1]!["fixed_ips"]![1]!["ip_address"]).toBe(`${prefix()}11`);
  });

  test("a virtual IP is of IPv6 when it names the native IPv6 subnet", async () => {
    const made = (await addVip()).body["port"]!;
    expect(made["fixed_ips"]).toEqual([
      { subnet_id: subnet["neutron_subnet_id_v6"], ip_address: `${prefix()}10` },
    ]);
    expect(verdict(await addVip(`${prefix()}ff`))).toBe("200");
    expect(verdict(await addVip(`${prefix()}ff`))).toBe("400 IEC.000007");
    expect(verdict(await addVip(`${prefix()}1`))).toBe("400 IEC.000007");
    expect(verdict(await addVip("fe80::20"))).toBe("400 IEC.000007");
  });

  test("a native subnet id of neither family is refused", async () => {
    const port = {
      device_owner: "neutron:VIP_PORT",
      network_id: subnetId(),
      fixed_ips: [{ subnet_id: ids.nobody }],
    };
    expect(verdict(await world.call("POST", "/v1/ports", { port }))).toBe("400 IEC.000007");
  });
});

describe("IPv6 bandwidth", () => {
  test("made with the first instance that asks for it, on the line of the subnet", async () => {
    const id = await addBandwidth();
    expect((await get(`/v1/bandwidths/${id}`))["bandwidth"]).toMatchObject({
      pool_id: line,
      bandwidth_type: "CT_cn-south-guangzhou-v6",
      size: 300,
      publicip_info: [],
    });
    await addDual({ ipv6_bandwidth_enable: true, ipv6_bandwidth: { id } });
    expect((await get("/v1/bandwidths"))["count"]).toBe(1);
  });

  test("attached and detached; the port tells", async () => {
    const id = await addBandwidth();
    const port = asText((await addVip()).body["port"]!["id"]);
    expect((await attach(port, id)).body).toEqual({ vport: { port_id: port, ipv6_bandwidth_id: id } });
    expect(verdict(await attach(port, id))).toBe("200");
    expect((await get(`/v1/ports/${port}`))["port"]!["ipv6_bandwidth_id"]).toBe(id);
    expect(verdict(await detach(port))).toBe("204");
    expect((await get(`/v1/ports/${port}`))["port"]).not.toHaveProperty("ipv6_bandwidth_id");
    expect(verdict(await detach(port))).toBe("404 IEC.000022");
  });

  test("refusals: no IPv6 address, unknown, of an IPv4 line, another one bound", async () => {
    const id = await addBandwidth();
    const v4 = await addServer(world, { vpc, subnets: [subnetId()], eip: true });
    const v4Port = asText((await portsOf(v4))[0]!["id"]);
    const all = (await get("/v1/bandwidths"))["bandwidths"] as unknown as Json[];
    const v4Bandwidth = asText(all.find((item) => asText(item["pool_id"]) !== line)!["id"]);
    const vip = asText((await addVip()).body["port"]!["id"]);
    expect(verdict(await attach(v4Port, id))).toBe("400 IEC.000007");
    expect(verdict(await attach(vip, ids.nobody))).toBe("400 IEC.000007");
    expect(verdict(await attach(vip, v4Bandwidth))).toBe("400 IEC.000007");
    expect(verdict(await attach(vip, id))).toBe("200");
    expect(verdict(await attach(vip, v4Bandwidth))).toBe("400 IEC.020205");
    expect(verdict(await attach(ids.nobody, id))).toBe("404 IEC.000022");
  });

  test("neither it nor the port can go while they are bound", async () => {
    const id = await addBandwidth();
    await world.call("POST", "/v1/cloudservers/delete", {
      servers: world.app.snapshot().servers.map((s) => ({ id: s["id"] })),
    });
    world.pass(1000);
    const port = asText((await addVip()).body["port"]!["id"]);
    await attach(port, id);
    const remove = async (path: string) => verdict(await world.call("DELETE", path));
    expect(await remove(`/v1/bandwidths/${id}`)).toBe("400 IEC.020204");
    expect(await remove(`/v1/ports/${port}`)).toBe("409 IEC.020205");
    await detach(port);
    expect([await remove(`/v1/ports/${port}`), await remove(`/v1/bandwidths/${id}`)]).toEqual(["204", "204"]);
  });
});
