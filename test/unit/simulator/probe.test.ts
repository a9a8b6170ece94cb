import { beforeAll, describe, expect, test } from "vitest";
import {
  addGroup,
  addRule,
  addServer,
  addSubnet,
  addVpc,
  createWorld,
  siteId,
  type World,
} from "./harness.js";

/** Two VPCs at two sites; servers named by VPC, site and what their group allows. */
async function build(): Promise<{ world: World; names: Record<string, string> }> {
  const world = createWorld();
  const wuhan = await siteId(world, "wuhan");
  const [a, b] = [await addVpc(world, "a"), await addVpc(world, "b")];
  const nets = {
    aHere: await addSubnet(world, a, "10.0.1.0/24"),
    aHere2: await addSubnet(world, a, "10.0.2.0/24"),
    aThere: await addSubnet(world, a, "10.0.3.0/24", wuhan),
    bHere: await addSubnet(world, b, "10.0.1.0/24"),
  };
  const groups = {
    web: await addGroup(world, "web"),
    app: await addGroup(world, "app"),
    none: await addGroup(world, "none"),
  };
  const tcp = (group: string, direction: string, port: number, more: object): Promise<string> =>
    addRule(world, {
      security_group_id: group,
      direction,
      protocol: "tcp",
      port_range_min: port,
      port_range_max: port,
      ...more,
    });
  const anywhere = { remote_ip_prefix: "0.0.0.0/0" };
  await tcp(groups.web, "ingress", 443, anywhere);
  await addRule(world, { security_group_id: groups.web, direction: "egress", ...anywhere });
  await tcp(groups.app, "ingress", 8080, { remote_group_id: groups.web });
  await addRule(world, {
    security_group_id: groups.app,
    direction: "ingress",
    protocol: "icmp",
    ...anywhere,
  });
  // Priorities: 22 is open with 5, closed for one subnet with 1, and both with 7 for 23.
  await tcp(groups.app, "ingress", 22, { ...anywhere, priority: 5 });
  await tcp(groups.app, "ingress", 22, { remote_ip_prefix: "10.0.1.0/24", priority: 1, action: "deny" });
  await tcp(groups.app, "ingress", 23, { ...anywhere, priority: 7 });
  await tcp(groups.app, "ingress", 23, { ...anywhere, priority: 7, action: "deny" });
  const names = {
    web: await addServer(world, { vpc: a, subnets: [nets.aHere], groups: [groups.web], eip: true }),
    web2: await addServer(world, { vpc: a, subnets: [nets.aHere2], groups: [groups.web] }),
    app: await addServer(world, { vpc: a, subnets: [nets.aHere], groups: [groups.app] }),
    far: await addServer(world, {
      vpc: a,
      subnets: [nets.aThere],
      groups: [groups.web],
      site: wuhan,
      eip: true,
    }),
    other: await addServer(world, { vpc: b, subnets: [nets.bHere], groups: [groups.web] }),
    mute: await addServer(world, { vpc: a, subnets: [nets.aHere], groups: [groups.none] }),
    plain: await addServer(world, { vpc: a, subnets: [nets.aHere] }),
    plain2: await addServer(world, { vpc: a, subnets: [nets.aHere2] }),
  };
  const eip = (port: string): string => {
    const { ports, publicips } = world.app.snapshot();
    const card = ports.find((candidate) => candidate["device_id"] === port);
    return publicips.find((ip) => ip["port_id"] === card?.["id"])?.["public_ip_address"] as string;
  };
  return { world, names: { ...names, webEip: eip(names.web), farEip: eip(names.far) } };
}

describe("packets", () => {
  let cloud: Awaited<ReturnType<typeof build>>;
  beforeAll(async () => {
    cloud = await build();
  });

  const rows: [from: string, to: string, protocol: string, port: number, verdict: string][] = [
    ["web", "web2", "tcp", 443, "reached"],
    ["web", "web2", "tcp", 80, "reached"],
    ["plain", "plain2", "udp", 53, "reached"],
    ["web", "app", "tcp", 8080, "reached"],
    ["web", "app", "tcp", 8081, "ingress"],
    ["app", "web", "tcp", 443, "egress"],
    ["plain", "app", "tcp", 8080, "ingress"],
    ["web2", "app", "icmp", 0, "reached"],
    ["web", "app", "tcp", 22, "ingress"],
    ["web2", "app", "tcp", 22, "reached"],
    ["web2", "app", "tcp", 23, "ingress"],
    ["web2", "app", "udp", 22, "ingress"],
    ["web", "mute", "tcp", 443, "ingress"],
    ["mute", "web", "tcp", 443, "egress"],
    ["web", "far", "tcp", 443, "site"],
    ["web", "other", "tcp", 443, "vpc"],
    ["internet", "web", "tcp", 443, "reached"],
    ["internet", "web", "tcp", 80, "ingress"],
    ["internet", "web2", "tcp", 443, "eip"],
    ["internet", "webEip", "tcp", 443, "reached"],
    ["9.9.9.9", "webEip", "tcp", 443, "reached"],
    ["web", "internet", "tcp", 443, "reached"],
    ["web", "9.9.9.9", "udp", 53, "reached"],
    ["web2", "internet", "tcp", 443, "eip"],
    ["web", "farEip", "tcp", 443, "reached"],
    ["web", "farEip", "tcp", 80, "ingress"],
    ["web2", "farEip", "tcp", 443, "eip"],
    ["web", "10.9.9.9", "tcp", 443, "unknown"],
    ["nobody", "web", "tcp", 443, "unknown"],
    ["web", "web", "tcp", 1, "reached"],
  ];
  test.each(rows)("%s -> %s %s/%i: %s", (from, to, protocol, port, expected) => {
    const named = (name: string): string => cloud.names[name] ?? name;
    const result = cloud.world.app.probe({ from: named(from), to: named(to), protocol, port });
    expect(result.stoppedBy ?? (result.reachable ? "reached" : "?")).toBe(expected);
  });

  test("over HTTP, by port id and address; a stopped instance is out", async () => {
    const { world, names } = await build();
    const [port] = world.app.snapshot().ports.filter((card) => card["device_id"] === names["web"]);
    const ask = async (body: object) => (await world.call("POST", "/_sim/probe", body)).body;
    expect(await ask({ from: port!["id"], to: "10.0.2.2", protocol: "tcp", port: 443 })).toEqual({
      reachable: true,
      answered: true,
    });
    await world.call("POST", "/v1/cloudservers/action", { "os-stop": { servers: [{ id: names["web2"] }] } });
    world.pass(300);
    expect(await ask({ from: names["web"], to: names["web2"], port: 443 })).toMatchObject({
      reachable: false,
      stoppedBy: "status",
      detail: `instance ${names["web2"]!} is SHUTOFF`,
    });
  });
});
