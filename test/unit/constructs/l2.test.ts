import { Testing } from "cdktf";
import { inspectApp } from "iec-cdk";
import {
  ANYBODY,
  ANYBODY_IPV6,
  Coverage,
  EdgeServer,
  EdgeService,
  EdgeSite,
  EdgeSubnet,
  EdgeVpc,
  Image,
  KeyPair,
  NetworkAcl,
  Port,
  PublicIp,
  RouteTable,
  SecurityGroup,
  VirtualIp,
} from "iec-cdk/l2";
import { describe, expect, test } from "vitest";
import type { Json } from "../../helpers/stack.js";
import { MAKE, newNetwork, newStack, written } from "./l2-network.js";

describe("a whole network", () => {
  /** Everything there is, once. */
  function whole() {
    const { app, stack, vpc, site } = newNetwork();
    const front = vpc.addSubnet("front", { site });
    const key = new KeyPair(stack, "key");
    const image = Image.byName(stack, "ubuntu", "Ubuntu 20.04 server 64bit");
    const make = { ...MAKE, key, image, site, vpc, subnets: [front] };
    const one = new EdgeServer(stack, "one", make);
    const two = new EdgeServer(stack, "two", make);
    one.connections.allowFrom(two, Port.tcp(6379)).allowFromAnyone(Port.tcp(443));
    const virtualIp = new VirtualIp(stack, "shared", { subnet: front, servers: [one, two] });
    new PublicIp(stack, "address", { virtualIp });
    new NetworkAcl(stack, "acl", { vpc, subnets: [front] }).allowIn(ANYBODY, Port.tcp(443));
    new RouteTable(stack, "routes", { vpc, subnets: [front] }).addRoute("192.168.0.0/16", virtualIp);
    const relays = new EdgeVpc(stack, "relays", { cidr: "10.9.0.0/16", mode: "SYSTEM" });
    const coverage = [Coverage.city("guangzhou").demand({ count: 2 })];
    new EdgeService(stack, "live", { ...MAKE, vpc: relays, coverage });
    return { app, stack };
  }

  test("is right", () => {
    const { app, stack } = whole();
    expect(inspectApp(app)).toEqual({ diagnostics: [], conditional: [] });
    const { resource } = JSON.parse(Testing.synth(stack)) as Json;
    const counts = Object.entries(resource ?? {}).map(([type, named]) => [type, Object.keys(named).length]);
    expect(Object.fromEntries(counts)).toEqual({
      iec_edge_service: 1,
      iec_eip: 1,
      iec_keypair: 1,
      iec_network_acl: 1,
      iec_network_acl_rule: 1,
      iec_route: 1,
      iec_route_table: 1,
      iec_security_group: 3,
      iec_security_group_rule: 3,
      iec_server: 2,
      iec_vip: 1,
      iec_vpc: 2,
      iec_vpc_subnet: 1,
    });
  });

  test("is written under the same names each time", () => {
    expect(Testing.synth(whole().stack)).toBe(Testing.synth(whole().stack));
  });
});

describe("a server", () => {
  test("gets a disk and a security group when nothing is said of them", () => {
    const { stack, vpc, site } = newNetwork();
    new EdgeServer(stack, "one", { ...MAKE, site, vpc, subnets: [vpc.addSubnet("front", { site })] });
    const [server] = written(stack, "iec_server");
    expect(server).toMatchObject({
      name: "one",
      key_pair: "admin",
      system_disk_type: "SAS",
      system_disk_size: 40,
      security_groups: [expect.stringMatching(/^\$\{iec_security_group\.one_group_\w+\.id\}$/)],
    });
    expect(written(stack, "iec_security_group_rule")).toEqual([]);
  });

  test("gets what is said of it", () => {
    const { stack, vpc, site } = newNetwork();
    new EdgeServer(stack, "one", {
      ...MAKE,
      site,
      vpc,
      subnets: [vpc.addSubnet("front", { site })],
      securityGroups: [SecurityGroup.fromId(stack, "web", "group-1")],
      disk: { type: "SSD", size: 80 },
      dataDisks: [{ type: "SATA", size: 200 }],
      userData: "#!/bin/sh\nreboot\n",
      name: "web-1",
    });
    expect(written(stack, "iec_server")).toMatchObject([
      {
        name: "web-1",
        security_groups: ["group-1"],
        system_disk_type: "SSD",
        system_disk_size: 80,
        data_disks: [{ type: "SATA", size: 200 }],
        user_data: Buffer.from("#!/bin/sh\nreboot\n").toString("base64"),
      },
    ]);
  });
});

describe("sites", () => {
  const FILTERS: Readonly<
    Record<string, [(stack: ReturnType<typeof newStack>["stack"]) => EdgeSite, object]>
  > = {
    "by city": [(stack) => EdgeSite.byCity(stack, "s", "xi'an"), { city: "xi'an" }],
    "by city and operator": [
      (stack) => EdgeSite.byCity(stack, "s", "xi'an", { operator: "chinatelecom" }),
      { city: "xi'an", operator: "chinatelecom" },
    ],
    "by name": [(stack) => EdgeSite.byName(stack, "s", "jinan"), { name: "jinan" }],
    nearest: [
      (stack) => EdgeSite.nearest(stack, "s", { latitude: 23, longitude: 113 }),
      { nearest: { latitude: 23, longitude: 113, count: 1 } },
    ],
  };
  test.each(Object.entries(FILTERS))("%s", (_name, [find, filter]) => {
    const { stack } = newStack();
    const site = find(stack);
    new PublicIp(stack, "ip", { site });
    const { data } = JSON.parse(Testing.synth(stack)) as Json;
    const [[name, lookup] = ["", {}]] = Object.entries(data?.["iec_sites"] ?? {});
    expect(lookup).toMatchObject(filter);
    expect(written(stack, "iec_eip")).toEqual([{ site_id: `\${data.iec_sites.${name}.sites[0].id}` }]);
  });

  test("by id, without asking for it", () => {
    const { stack } = newStack();
    expect(EdgeSite.fromId(stack, "s", "site-1").siteId).toBe("site-1");
    expect(JSON.parse(Testing.synth(stack))).not.toHaveProperty("data");
  });
});

describe("rules of security groups", () => {
  /** The rules that are written for a group called `web`, but for its own id. */
  const RULES: Readonly<
    Record<string, [(group: SecurityGroup, network: ReturnType<typeof newNetwork>) => unknown, object[]]>
  > = {
    "a range": [
      (web) => web.allowFrom("10.1.0.0/16", Port.tcp(80, 90)),
      [
        {
          direction: "ingress",
          protocol: "tcp",
          port_range_min: 80,
          port_range_max: 90,
          remote_ip_prefix: "10.1.0.0/16",
        },
      ],
    ],
    "an IPv6 range, and ICMP of its kind": [
      (web) => web.allowTo(ANYBODY_IPV6, Port.icmp()),
      [{ direction: "egress", protocol: "icmpv6", ethertype: "IPv6", remote_ip_prefix: "::/0" }],
    ],
    "a subnet": [
      (web, { vpc, site }) => web.allowFrom(vpc.addSubnet("front", { site }), Port.all()),
      [{ direction: "ingress", remote_ip_prefix: "10.1.0.0/24" }],
    ],
    "a group": [
      (web, { stack }) => web.allowFrom(SecurityGroup.fromId(stack, "db", "group-1"), Port.allUdp()),
      [{ direction: "ingress", protocol: "udp", remote_group_id: "group-1" }],
    ],
    "a denial, and its priority": [
      (web) =>
        web
          .denyFrom("203.0.113.0/24", Port.all(), { priority: 1, description: "abuse" })
          .denyTo(ANYBODY, Port.tcp(25))
          .allowFrom(ANYBODY, Port.tcp(443), { priority: 10 }),
      [
        {
          direction: "ingress",
          action: "deny",
          priority: 1,
          description: "abuse",
          remote_ip_prefix: "203.0.113.0/24",
        },
        {
          direction: "egress",
          action: "deny",
          protocol: "tcp",
          port_range_min: 25,
          port_range_max: 25,
          remote_ip_prefix: "0.0.0.0/0",
        },
        {
          direction: "ingress",
          priority: 10,
          protocol: "tcp",
          port_range_min: 443,
          port_range_max: 443,
          remote_ip_prefix: "0.0.0.0/0",
        },
      ],
    ],
    "the same twice is one": [
      (web) => web.allowFrom(ANYBODY, Port.icmp()).allowFrom(ANYBODY, Port.icmp()),
      [{ direction: "ingress", protocol: "icmp", remote_ip_prefix: "0.0.0.0/0" }],
    ],
  };
  test.each(Object.entries(RULES))("%s", (_name, [make, expected]) => {
    const network = newNetwork();
    make(new SecurityGroup(network.stack, "web"), network);
    const rules = written(network.stack, "iec_security_group_rule");
    const id = expect.stringMatching(/^\$\{iec_security_group\.web_group_\w+\.id\}$/) as string;
    expect(rules).toEqual(expected.map((rule) => ({ security_group_id: id, ...rule })));
  });

  test("connections of servers open both sides", () => {
    const { stack, vpc, site } = newNetwork();
    const subnets = [vpc.addSubnet("front", { site })];
    const [web, db] = ["web", "db"].map((id) => {
      const securityGroups = [SecurityGroup.fromId(stack, `${id}-group`, `group-${id}`)];
      return new EdgeServer(stack, id, { ...MAKE, site, vpc, subnets, securityGroups });
    });
    db?.connections.allowFrom(web!, Port.tcp(5432)).allowToAnyone(Port.tcp(53));
    web?.connections.allowTo(db!, Port.tcp(5432));
    const rules = written(stack, "iec_security_group_rule").map(
      ({ security_group_id: group, direction, remote_group_id: peer, remote_ip_prefix: range }) => [
        group,
        direction,
        peer ?? range,
      ],
    );
    expect(rules).toEqual([
      ["group-web", "egress", "group-db"],
      ["group-db", "ingress", "group-web"],
      ["group-db", "egress", ANYBODY],
    ]);
  });
});

test("the rules of a network ACL keep the order they are written in", () => {
  const { stack, vpc, site } = newNetwork();
  const front = vpc.addSubnet("front", { site });
  new NetworkAcl(stack, "acl", { vpc, subnets: [front] })
    .denyIn("203.0.113.0/24", Port.all())
    .allowOut(ANYBODY, Port.udp(53))
    .allowIn(ANYBODY, Port.tcp(443))
    .rejectIn(ANYBODY_IPV6, Port.icmp())
    .allowIn(front, Port.tcp(8000, 8010))
    .denyOut(ANYBODY, Port.all());
  const rules = written(stack, "iec_network_acl_rule").map(({ network_acl_id: _, ...rule }) => rule);
  expect(rules).toEqual([
    { direction: "ingress", position: 1, action: "deny", source_ip_address: "203.0.113.0/24" },
    {
      direction: "egress",
      position: 1,
      action: "allow",
      destination_ip_address: ANYBODY,
      protocol: "udp",
      destination_port: "53",
    },
    {
      direction: "ingress",
      position: 2,
      action: "allow",
      source_ip_address: ANYBODY,
      protocol: "tcp",
      destination_port: "443",
    },
    {
      direction: "ingress",
      position: 3,
      action: "reject",
      source_ip_address: ANYBODY_IPV6,
      protocol: "icmpv6",
      ip_version: 6,
    },
    {
      direction: "ingress",
      position: 4,
      action: "allow",
      source_ip_address: "10.1.0.0/24",
      protocol: "tcp",
      destination_port: "8000-8010",
    },
    { direction: "egress", position: 2, action: "deny", destination_ip_address: ANYBODY },
  ]);
  expect(written(stack, "iec_network_acl")).toMatchObject([
    { networks: [{ subnet_id: expect.any(String) as string }] },
  ]);
});

describe("addresses", () => {
  test("a virtual IP takes the NICs that its servers have in its subnet", () => {
    const { stack, vpc, site } = newNetwork();
    const [front, back] = [vpc.addSubnet("front", { site }), vpc.addSubnet("back", { site })];
    const server = new EdgeServer(stack, "one", { ...MAKE, site, vpc, subnets: [front, back] });
    const address = "10.1.1.9";
    new VirtualIp(stack, "shared", { subnet: back, servers: [server], address });
    const [{ port_ids: ports, ...rest } = {}] = written(stack, "iec_vip");
    expect(ports).toEqual([expect.stringMatching(/^\$\{iec_server\.one_server_\w+\.nics\[1\]\.port\}$/)]);
    expect(rest).toMatchObject({ ip_address: address });
  });

  test("a public IP is of a server or virtual IP in its site, or kept in a site", () => {
    const { stack, vpc, site } = newNetwork();
    const subnets = [vpc.addSubnet("front", { site })];
    const server = new EdgeServer(stack, "one", { ...MAKE, site, vpc, subnets });
    const first = new PublicIp(stack, "first", { server, line: "5_sbgp_site1" });
    new PublicIp(stack, "kept", { site, bandwidthId: first.bandwidthId });
    const [bound, kept] = written(stack, "iec_eip");
    expect(bound).toMatchObject({
      line_id: "5_sbgp_site1",
      port_id: expect.stringContaining("nics[0].port") as string,
    });
    expect(bound?.["site_id"]).toBe(kept?.["site_id"]);
    expect(kept?.["bandwidth_id"]).toMatch(/^\$\{iec_eip\.first_eip_\w+\.bandwidth_id\}$/);
  });

  test("routes go by servers and virtual IPs", () => {
    const { stack, vpc, site } = newNetwork();
    const subnet = vpc.addSubnet("front", { site });
    const gateway = new EdgeServer(stack, "gateway", { ...MAKE, site, vpc, subnets: [subnet] });
    const virtualIp = new VirtualIp(stack, "shared", { subnet, servers: [gateway] });
    new RouteTable(stack, "routes", { vpc, subnets: [subnet] })
      .addRoute("192.168.0.0/16", gateway)
      .addRoute("172.20.0.0/16", virtualIp);
    expect(written(stack, "iec_route")).toMatchObject([
      {
        destination: "192.168.0.0/16",
        type: "ecs",
        nexthop: expect.stringMatching(/iec_server.*\.id/) as string,
      },
      {
        destination: "172.20.0.0/16",
        type: "vip",
        nexthop: expect.stringMatching(/iec_vip.*\.ip_address/) as string,
      },
    ]);
  });
});

test("an edge service covers what it is told to, with what each place demands", () => {
  const { stack } = newStack();
  const vpc = new EdgeVpc(stack, "relays", { cidr: "10.9.0.0/16", mode: "SYSTEM" });
  new EdgeService(stack, "live", {
    ...MAKE,
    vpc,
    coverage: [
      Coverage.city("guangzhou").demand({ count: 2, operator: "chinatelecom" }).demand({ count: 1 }),
      Coverage.city("xi'an").demand({ count: 1, line: "5_sbgp_site1" }),
    ],
    spread: true,
    publicIp: true,
    serverName: "relay",
  });
  expect(written(stack, "iec_edge_service")).toMatchObject([
    {
      name: "live",
      coverage_level: "city",
      coverage_policy: "discrete",
      coverage_sites: [
        {
          site: "guangzhou",
          demands: [{ demand_count: 2, operator: "chinatelecom" }, { demand_count: 1 }],
        },
        { site: "xi'an", demands: [{ demand_count: 1, pool_id: "5_sbgp_site1" }] },
      ],
      stack_resources: [{ name: "relay", bind_eip: true, system_disk_type: "SAS" }],
    },
  ]);
});

test("what is there already is taken by its id", () => {
  const { app, stack } = newStack();
  const site = EdgeSite.fromId(stack, "site", "c5f8bfb3-2b78-5ffe-babd-9b03afc6c351");
  const vpc = EdgeVpc.fromId(stack, "vpc", "vpc-1");
  const subnet = EdgeSubnet.fromId(stack, "subnet", "subnet-1");
  const securityGroups = [SecurityGroup.fromId(stack, "group", "group-1")];
  const old = EdgeServer.fromId(stack, "old", "server-1", { securityGroups });
  const server = new EdgeServer(stack, "new", {
    ...MAKE,
    site,
    vpc,
    subnets: [subnet, vpc.addSubnet("more", { site, cidr: "10.4.0.0/24" })],
    securityGroups,
  });
  server.connections.allowFrom(subnet, Port.tcp(80)).allowFrom(old, Port.tcp(22));
  new VirtualIp(stack, "shared", { subnet, servers: [server, old] });
  new RouteTable(stack, "routes", { vpc, subnets: [subnet] }).addRoute("192.168.0.0/16", old);
  expect(inspectApp(app).diagnostics).toEqual([]);
  expect(written(stack, "iec_server")).toMatchObject([
    { vpc_id: "vpc-1", subnet_ids: ["subnet-1", expect.stringContaining("iec_vpc_subnet") as string] },
  ]);
  expect(written(stack, "iec_vip")).toMatchObject([{ subnet_id: "subnet-1" }]);
  expect(written(stack, "iec_route")).toMatchObject([{ nexthop: "server-1" }]);
});
