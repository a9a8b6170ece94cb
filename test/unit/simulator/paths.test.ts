import { beforeEach, describe, expect, test } from "vitest";
import {
  addGroup,
  addRule,
  addServer,
  addSubnet,
  addVpc,
  asText,
  createWorld,
  type Json,
  type World,
} from "./harness.js";

let world: World;
let vpc: string;
let nets: { one: string; two: string };
let group: string;
const at = { one: "10.0.1.2", two: "10.0.2.2", one2: "10.0.1.3" };

const get = async (path: string) => (await world.call("GET", path)).body;
const outcome = (from: string, to: string, port = 443, protocol = "tcp"): string =>
  world.app.probe({ from, to, port, protocol }).stoppedBy ?? "reached";
const addNeighbour = (subnet: string, more: object = {}) =>
  addServer(world, { vpc, subnets: [subnet], groups: [group], ...more });

/** Two subnets of one VPC with an instance each, whose group lets everything through. */
beforeEach(async () => {
  world = createWorld();
  vpc = await addVpc(world);
  nets = { one: await addSubnet(world, vpc, "10.0.1.0/24"), two: await addSubnet(world, vpc, "10.0.2.0/24") };
  group = await addGroup(world, "open");
  for (const direction of ["ingress", "egress"])
    await addRule(world, { security_group_id: group, direction, remote_ip_prefix: "0.0.0.0/0" });
  await addNeighbour(nets.one, { eip: true });
  await addNeighbour(nets.two);
});

describe("network ACLs on the way", () => {
  type Rule = readonly [direction: "ingress" | "egress", change: object];
  const allow = (direction: "ingress" | "egress", change: object = {}): Rule => [direction, change];
  const both = [allow("ingress"), allow("egress")];

  /** An ACL around the second subnet. */
  async function guard(rules: readonly Rule[], settings: object = {}): Promise<void> {
    const acl = (await world.call("POST", "/v1/firewalls", { firewall: { name: "acl" } })).body["firewall"]!;
    const path = `/v1/firewalls/${asText(acl["id"])}`;
    for (const [direction, change] of rules) {
      const rule = {
        operate_type: "add",
        name: "",
        action: "allow",
        protocol: "any",
        ip_version: 4,
        source_ip_address: "0.0.0.0/0",
        destination_ip_address: "",
        source_port: "",
        destination_port: "",
        enabled: true,
        ...change,
      };
      const key = `${direction}_firewall_policy`;
      const { status } = await world.call("PUT", `${path}/firewall-rules`, {
        firewall: { [key]: { id: acl[key]!["id"], firewall_rules: [rule] } },
      });
      expect(status).toBe(200);
    }
    await world.call("PUT", path, { firewall: { name: "acl", subnets: [{ id: nets.two }], ...settings } });
  }

  const tcp = { protocol: "tcp" };
  const rows: [name: string, rules: readonly Rule[], into: string, out: string][] = [
    ["no rules", [], "aclIngress", "aclEgress"],
    ["in only", [allow("ingress")], "reached", "aclEgress"],
    ["out only", [allow("egress")], "aclIngress", "reached"],
    ["both", both, "reached", "reached"],
    ["a denial before", [allow("ingress", { action: "deny" }), ...both], "aclIngress", "reached"],
    ["a rejection before", [allow("ingress", { action: "reject" }), ...both], "aclIngress", "reached"],
    ["a denial behind", [...both, allow("ingress", { action: "deny" })], "reached", "reached"],
    [
      "a denial that is off",
      [allow("ingress", { action: "deny", enabled: false }), ...both],
      "reached",
      "reached",
    ],
    ["another protocol", [allow("ingress", { protocol: "udp" })], "aclIngress", "aclEgress"],
    ["the port", [allow("ingress", { ...tcp, destination_port: "443" })], "reached", "aclEgress"],
    [
      "a range with the port",
      [allow("ingress", { ...tcp, destination_port: "400-500" })],
      "reached",
      "aclEgress",
    ],
    ["another port", [allow("ingress", { ...tcp, destination_port: "80" })], "aclIngress", "aclEgress"],
    [
      "source ports of systems",
      [allow("ingress", { ...tcp, source_port: "1024-65535" })],
      "reached",
      "aclEgress",
    ],
    ["low source ports", [allow("ingress", { ...tcp, source_port: "1-1023" })], "aclIngress", "aclEgress"],
    ["the source", [allow("ingress", { source_ip_address: "10.0.1.0/24" })], "reached", "aclEgress"],
    ["another source", [allow("ingress", { source_ip_address: "10.0.9.0/24" })], "aclIngress", "aclEgress"],
    ["the destination", [allow("egress", { destination_ip_address: at.one })], "aclIngress", "reached"],
    [
      "IPv6 only",
      [allow("ingress", { ip_version: 6, source_ip_address: "::/0" })],
      "aclIngress",
      "aclEgress",
    ],
  ];
  test.each(rows)("%s", async (_name, rules, into, out) => {
    await guard(rules);
    expect([outcome(at.one, at.two), outcome(at.two, at.one)]).toEqual([into, out]);
  });

  const answers: [name: string, rules: readonly Rule[], answered: boolean][] = [
    ["nothing back out", [allow("ingress")], false],
    ["everything back out", both, true],
    [
      "the ports that systems choose, back out",
      [allow("ingress"), allow("egress", { ...tcp, destination_port: "1024-65535" })],
      true,
    ],
    [
      "the service's port, back out as a source",
      [allow("ingress"), allow("egress", { ...tcp, source_port: "443" })],
      true,
    ],
    [
      "the service's port, back out as a destination",
      [allow("ingress"), allow("egress", { ...tcp, destination_port: "443" })],
      false,
    ],
    ["the sender, back out", [allow("ingress"), allow("egress", { destination_ip_address: at.one })], true],
    [
      "somebody else, back out",
      [allow("ingress"), allow("egress", { destination_ip_address: at.one2 })],
      false,
    ],
  ];
  test.each(answers)("an answer passes the ACLs the other way round: %s", async (_name, rules, answered) => {
    await guard(rules);
    expect(world.app.probe({ from: at.one, to: at.two, port: 443 })).toEqual({ reachable: true, answered });
  });

  test("an ACL that is switched off lets everything through", async () => {
    await guard([], { admin_state_up: false });
    expect([outcome(at.one, at.two), outcome(at.two, at.one)]).toEqual(["reached", "reached"]);
  });

  test("what stays inside the subnet does not meet it; what comes from the internet does", async () => {
    await addNeighbour(nets.two, { eip: true });
    await guard([]);
    expect(outcome(at.two, "10.0.2.3")).toBe("reached");
    expect(outcome("internet", "10.0.2.3")).toBe("aclIngress");
    expect(outcome("10.0.2.3", "internet")).toBe("aclEgress");
  });

  test("security groups count as well", async () => {
    await guard(both);
    await addNeighbour(nets.two, { groups: [await addGroup(world, "closed")] });
    expect(outcome(at.one, "10.0.2.3")).toBe("ingress");
  });
});

const portAt = async (address: string) =>
  asText((await get(`/v1/ports?fixed_ips=ip_address%3D${address}`))["ports"]![0]!["id"]);
const setPairs = (port: string, ...addresses: string[]) =>
  world.call("PUT", `/v1/ports/${port}`, {
    port: { allowed_address_pairs: addresses.map((ip_address) => ({ ip_address })) },
  });
const vip = "10.0.2.100";
async function addVip(): Promise<string> {
  const port = { device_owner: "neutron:VIP_PORT", network_id: nets.two, fixed_ips: [{ ip_address: vip }] };
  return asText((await world.call("POST", "/v1/ports", { port })).body["port"]!["id"]);
}

describe("virtual IPs", () => {
  test("one answers when it names a card of its subnet that may use its address", async () => {
    const [port, nic] = [await addVip(), await portAt(at.two)];
    expect(outcome(at.one, vip)).toBe("vip");
    await setPairs(port, at.two);
    expect(outcome(at.one, vip)).toBe("vip");
    await setPairs(nic, "1.1.1.1/0");
    expect(outcome(at.one, vip)).toBe("reached");
    await setPairs(nic, vip);
    expect(outcome(at.one, vip)).toBe("reached");
    await setPairs(port, at.one);
    expect(outcome(at.one, vip)).toBe("vip");
    await setPairs(port);
    expect(outcome(at.one, vip)).toBe("vip");
  });

  test("its EIP reaches the card behind it, and nothing without one", async () => {
    const [port, nic] = [await addVip(), await portAt(at.two)];
    const body = world.app.snapshot().servers[0] as unknown as Json;
    const site_id = body["geolocation"]!["id"];
    const eip = (await world.call("POST", "/v1/publicips", { publicip: { site_id } })).body["publicip"]!;
    world.pass(300);
    await world.call("PUT", `/v1/publicips/${asText(eip["id"])}`, { publicip: { port_id: port } });
    world.pass(200);
    const address = asText(eip["public_ip_address"]);
    expect(outcome("internet", address)).toBe("vip");
    await setPairs(port, at.two);
    await setPairs(nic, "1.1.1.1/0");
    expect([outcome("internet", address), outcome("internet", vip)]).toEqual(["reached", "reached"]);
    expect(outcome("internet", at.two)).toBe("eip");
  });

  test("it stays DOWN and the same for whatever stands behind it", async () => {
    const port = await addVip();
    world.pass(200);
    await setPairs(port, at.two);
    expect((await get(`/v1/ports/${port}`))["port"]).toMatchObject({
      status: "DOWN",
      device_id: "",
      allowed_address_pairs: [{ ip_address: at.two }],
    });
  });
});

describe("routes to the internet", () => {
  const server = async (address: string) =>
    asText((await get(`/v1/ports/${await portAt(address)}`))["port"]!["device_id"]);
  async function route(destination: string, type: string, nexthop: string): Promise<void> {
    const table = asText((await get(`/v1/subnets/${nets.two}/routetables`))["routetable"]!["id"]);
    const routes = [{ type, destination, nexthop }];
    expect((await world.call("POST", `/v1/routetables/${table}/add-routes`, { routes })).status).toBe(200);
  }

  test("a sender without EIP goes by way of a hop that has one and passes packets on", async () => {
    expect(outcome(at.two, "internet")).toBe("eip");
    await route("0.0.0.0/0", "ecs", await server(at.one));
    expect(outcome(at.two, "internet")).toBe("route");
    await setPairs(await portAt(at.one), "1.1.1.1/0");
    expect([outcome(at.two, "internet"), outcome(at.two, "9.9.9.9")]).toEqual(["reached", "reached"]);
    expect(outcome("internet", at.two)).toBe("eip");
  });

  test("the longest prefix decides, and a hop without EIP ends the way", async () => {
    const other = await addNeighbour(nets.one);
    for (const address of [at.one, at.one2]) await setPairs(await portAt(address), "1.1.1.1/0");
    await route("0.0.0.0/0", "ecs", await server(at.one));
    await route("9.9.9.0/24", "ecs", other);
    expect([outcome(at.two, "8.8.8.8"), outcome(at.two, "9.9.9.9")]).toEqual(["reached", "eip"]);
  });

  test("a hop that is stopped passes nothing on", async () => {
    const hop = await server(at.one);
    await setPairs(await portAt(at.one), "1.1.1.1/0");
    await route("0.0.0.0/0", "ecs", hop);
    await world.call("POST", "/v1/cloudservers/action", { "os-stop": { servers: [{ id: hop }] } });
    world.pass(300);
    expect(outcome(at.two, "internet")).toBe("route");
  });

  test("a virtual IP as next hop means the card behind it", async () => {
    const gateway = await addNeighbour(nets.two, { eip: true });
    const card = (await get(`/v1/ports?device_id=${gateway}`))["ports"]![0]!;
    const address = asText(card["fixed_ips"]![0]!["ip_address"]);
    await setPairs(await addVip(), address);
    await setPairs(asText(card["id"]), "1.1.1.1/0");
    await route("0.0.0.0/0", "vip", vip);
    expect(outcome(at.two, "internet")).toBe("reached");
  });

  test("a table of other subnets does not matter", async () => {
    const routetable = { name: "own", vpc_id: vpc };
    const made = (await world.call("POST", "/v1/routetables", { routetable })).body["routetable"]!;
    const path = `/v1/routetables/${asText(made["id"])}`;
    await setPairs(await portAt(at.one), "1.1.1.1/0");
    const routes = [{ type: "ecs", destination: "0.0.0.0/0", nexthop: await server(at.one) }];
    await world.call("POST", `${path}/add-routes`, { routes });
    expect(outcome(at.two, "internet")).toBe("eip");
    await world.call("POST", `${path}/associate-subnets`, { subnet_ids: [nets.two] });
    expect(outcome(at.two, "internet")).toBe("reached");
  });
});
