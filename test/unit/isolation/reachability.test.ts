import { describe, expect, test } from "vitest";
import {
  analyse,
  checkCertificate,
  formatSet,
  judge,
  surest,
  type Reachability,
} from "../../../schema/isolation/reachability/index.js";
import { Unknown, type ObjectValue } from "../../../schema/unknown.js";
import { from, graphOf, idOf, SITES, tables, type Design } from "./design.js";

const reachabilityOf = (design: Design): Reachability => analyse({ ...tables, graph: graphOf(design) });

const open = (group: string): Design => ({
  [`iec_security_group_rule.in_${group}`]: {
    security_group_id: idOf(`iec_security_group.${group}`),
    direction: "ingress",
    protocol: "tcp",
    port_range_min: 443,
    port_range_max: 443,
    remote_ip_prefix: "0.0.0.0/0",
  },
  [`iec_security_group_rule.out_${group}`]: {
    security_group_id: idOf(`iec_security_group.${group}`),
    direction: "egress",
    remote_ip_prefix: "0.0.0.0/0",
  },
});
const subnet = (vpc: string, site: string, third: number): ObjectValue => ({
  vpc_id: idOf(`iec_vpc.${vpc}`),
  site_id: site,
  cidr: `10.0.${third}.0/24`,
});
const server = (net: string, group: string, more: ObjectValue = {}): ObjectValue => ({
  vpc_id: idOf("iec_vpc.a"),
  subnet_ids: [idOf(`iec_vpc_subnet.${net}`)],
  coverage_sites: [{ site_id: "gz" }],
  security_groups: [idOf(`iec_security_group.${group}`)],
  nics: new Unknown(),
  ...more,
});

/** Two servers of different groups in two subnets of one VPC and site, to be made yet. */
const pair: Design = {
  "iec_vpc.a": { cidr: "10.0.0.0/16" },
  "iec_vpc.b": { cidr: "10.0.0.0/16" },
  "iec_vpc_subnet.one": subnet("a", "gz", 1),
  "iec_vpc_subnet.two": subnet("a", "gz", 2),
  "iec_vpc_subnet.far": subnet("a", "xa", 3),
  "iec_vpc_subnet.other": subnet("b", "gz", 4),
  "iec_security_group.web": {},
  "iec_security_group.db": {},
  ...open("web"),
  ...open("db"),
  "iec_server.web": server("one", "web"),
  "iec_server.db": server("two", "db"),
};
const ask = (design: Design, question: Partial<Parameters<typeof judge>[1]> = {}) =>
  judge(reachabilityOf(design), { from: "iec_server.web", to: "iec_server.db", ...question });
const https = { traffic: { protocol: "tcp", ports: ["443"] } };

describe("a verdict", () => {
  test("REFUTED comes with a packet, its way, and the rules that let it through, though no address is known yet", () => {
    const { verdict, counterexample, unknowns } = ask(pair);
    expect({ verdict, unknowns }).toEqual({ verdict: "REFUTED", unknowns: [] });
    expect(counterexample?.packet).toMatchObject({ family: 4, protocol: "tcp", port: 443 });
    expect(counterexample?.packet.source).toMatch(/^10\.0\.1\./);
    const { trace } = counterexample!;
    expect([trace.arrives, trace.answered]).toEqual(["yes", "yes"]);
    expect(trace.hops.map(({ at, verdict: says, rule }) => [at, says, rule?.address])).toEqual([
      ["egress", "passes", "iec_security_group_rule.out_web"],
      ["aclEgress", "passes", undefined],
      ["aclIngress", "passes", undefined],
      ["ingress", "passes", "iec_security_group_rule.in_db"],
    ]);
    expect(trace.hops[3]?.rule?.origin).toEqual({ constructPath: "stack/iec_security_group_rule.in_db" });
  });

  test.each([
    ["another port", { traffic: { protocol: "tcp", ports: ["22"] } }],
    ["another protocol", { traffic: { protocol: "udp" } }],
    ["the way over the internet", { via: "internet" }],
    ["another site", { to: "iec_vpc_subnet.far" }],
    ["another VPC", { to: "iec_vpc_subnet.other" }],
    ["the internet", { from: "internet" }],
  ] as const)("PROVED: %s", (_name, question) => {
    expect(ask(pair, question)).toEqual({ verdict: "PROVED", unknowns: [] });
  });

  const rule = "iec_security_group_rule.in_db";
  const closed = "iec_network_acl.closed";
  const conditional: [name: string, changes: Design, unknown: string][] = [
    ["an action", { [rule]: { ...pair[rule], action: from("iec_x.y", "action") } }, "iec_x.y.action"],
    ["ports", { [rule]: { ...pair[rule], port_range_max: from("iec_x.y", "port") } }, "iec_x.y.port"],
    ["a range", { [rule]: { ...pair[rule], remote_ip_prefix: from("iec_x.y", "cidr") } }, "iec_x.y.cidr"],
    [
      "a group",
      { "iec_server.db": server("two", "db", { security_groups: from("iec_x.y", "groups") }) },
      "iec_x.y.groups",
    ],
    [
      "the rules of a group of somebody else",
      {
        "iec_server.db": server("two", "db", { security_groups: ["theirs"] }),
        "existing.iec_security_group.theirs": { id: "theirs" },
      },
      'the existing iec_security_group "theirs": its rules',
    ],
    [
      "a site",
      {
        "iec_vpc_subnet.two": {
          ...subnet("a", "gz", 2),
          site_id: from("data.iec_sites.all", "sites", 0, "id"),
        },
        "iec_server.db": server("two", "db", {
          coverage_sites: [{ site_id: from("data.iec_sites.all", "sites", 0, "id") }],
        }),
        "data.iec_sites.all": { sites: new Unknown() },
      },
      "data.iec_sites.all.sites[0].id",
    ],
    [
      "whether an ACL is on",
      {
        [closed]: {
          networks: [{ subnet_id: idOf("iec_vpc_subnet.two") }],
          admin_state_up: from("iec_x.y", "up"),
        },
      },
      "iec_x.y.up",
    ],
    [
      "which subnets an ACL has",
      { [closed]: { networks: from("iec_x.y", "networks") } },
      "iec_network_acl.closed.networks",
    ],
  ];
  test.each(conditional)("CONDITIONAL: %s", (_name, changes, unknown) => {
    const { verdict, unknowns, counterexample } = ask({ ...pair, ...changes }, https);
    expect({ verdict, unknowns }).toMatchObject({
      verdict: "CONDITIONAL",
      unknowns: expect.arrayContaining([unknown]) as string[],
    });
    expect(counterexample?.trace.arrives).toBe("unknown");
  });

  test("an answer that a network ACL stops is told beside a packet that arrives", () => {
    const acl = (direction: string, more: ObjectValue = {}): ObjectValue => ({
      network_acl_id: idOf(closed),
      direction,
      protocol: "tcp",
      ...more,
    });
    const { counterexample } = ask({
      ...pair,
      [closed]: { networks: [{ subnet_id: idOf("iec_vpc_subnet.two") }] },
      "iec_network_acl_rule.in": acl("ingress", { destination_port: "443" }),
      "iec_network_acl_rule.out": acl("egress", { destination_port: "443" }),
    });
    const { trace } = counterexample!;
    expect([trace.arrives, trace.answered]).toEqual(["yes", "no"]);
    expect(trace.back.map(({ at, verdict }) => [at, verdict])).toEqual([
      ["aclEgress", "stops"],
      ["aclIngress", "passes"],
    ]);
  });
});

describe("what cannot be is never taken for a proof", () => {
  const deny = (more: ObjectValue): Design => ({
    ...pair,
    "iec_security_group_rule.odd": {
      security_group_id: idOf("iec_security_group.db"),
      direction: "ingress",
      protocol: "tcp",
      remote_ip_prefix: "0.0.0.0/0",
      action: "deny",
      ...more,
    },
  });
  test.each([
    ["a range of ports that runs backwards", { port_range_min: 500, port_range_max: 400 }],
    ["a protocol that is none", { protocol: "quic" }],
    ["a prefix that is none", { remote_ip_prefix: "10.0.0.0/40" }],
    ["a prefix of the other family", { remote_ip_prefix: "::/0" }],
    ["a direction that is none", { direction: "sideways" }],
    ["half a range of ports", { port_range_min: 443 }],
    ["nobody on the other side", { remote_ip_prefix: null }],
  ])("%s", (_name, change) => {
    const design = deny(change);
    expect(ask(design, https).verdict).toBe("CONDITIONAL");
    expect(reachabilityOf(design).diagnostics).toMatchObject([
      { severity: "warning", code: "IEC1040", address: "iec_security_group_rule.odd" },
    ]);
  });

  test("a server whose VPC and whose subnet's VPC differ is not apart from either", () => {
    const design = { ...pair, "iec_server.db": server("two", "db", { vpc_id: idOf("iec_vpc.b") }) };
    expect(ask(design, https).verdict).toBe("CONDITIONAL");
  });

  test("ACL rules that stand in a circle have no order", () => {
    const acl = (name: string, more: ObjectValue): Design => ({
      [`iec_network_acl_rule.${name}`]: {
        network_acl_id: idOf("iec_network_acl.acl"),
        direction: "ingress",
        ...more,
      },
    });
    const design: Design = {
      ...pair,
      "iec_network_acl.acl": { networks: [{ subnet_id: idOf("iec_vpc_subnet.two") }] },
      ...acl("x", { action: "deny", after: idOf("iec_network_acl_rule.y") }),
      ...acl("y", { action: "allow", after: idOf("iec_network_acl_rule.x") }),
    };
    const { verdict, unknowns } = ask(design, https);
    expect({ verdict, unknowns }).toMatchObject({
      verdict: "CONDITIONAL",
      unknowns: ["the order of iec_network_acl_rule.x", "the order of iec_network_acl_rule.y"],
    });
    expect(reachabilityOf(design).diagnostics).toHaveLength(1);
  });

  test("a graph in which nothing is known", () => {
    const nothing = (...names: string[]): ObjectValue =>
      Object.fromEntries(names.map((name) => [name, new Unknown()]));
    const design: Design = {
      "iec_server.web": nothing(
        "vpc_id",
        "subnet_ids",
        "security_groups",
        "coverage_sites",
        "nics",
        "bind_eip",
      ),
      "iec_server.db": nothing(
        "vpc_id",
        "subnet_ids",
        "security_groups",
        "coverage_sites",
        "nics",
        "bind_eip",
      ),
      "iec_eip.x": nothing("port_id", "public_ip"),
      "iec_vip.x": nothing("subnet_id", "port_ids", "ip_address"),
      "iec_network_acl.x": nothing("networks", "admin_state_up"),
      "iec_network_acl_rule.x": nothing("network_acl_id", "direction", "position", "before"),
      "iec_route_table.x": nothing("subnet_ids", "vpc_id", "default"),
      "iec_route.x": nothing("route_table_id", "destination", "type", "nexthop"),
      "iec_edge_service.x": nothing("stack_resources", "coverage_sites", "coverage_level"),
      "iec_security_group_rule.x": nothing("security_group_id", "direction"),
    };
    for (const to of ["iec_server.db", "iec_vip.x", "internet", "iec_edge_service.x"]) {
      const { verdict, unknowns } = ask(design, { to });
      expect({ to, verdict, named: unknowns.length > 0 }).toEqual({
        to,
        verdict: "CONDITIONAL",
        named: true,
      });
    }
  });
});

test("names: addresses, sites, construct paths, the internet and ranges", () => {
  const r = reachabilityOf({ ...pair, "data.iec_sites.all": SITES });
  const names = (name: string) => r.endOf(name).map(({ label }) => label);
  expect(names("iec_server.web")).toEqual(["iec_server.web"]);
  expect(names("iec_vpc_subnet.far")).toEqual(["a new NIC in iec_vpc_subnet.far"]);
  expect(names("iec_vpc.a")).toEqual(["iec_server.web", "iec_server.db", "a new NIC in iec_vpc_subnet.far"]);
  expect(names("iec_security_group.db")).toEqual(["iec_server.db"]);
  expect(names("guangzhou")).toEqual([
    "iec_server.web",
    "iec_server.db",
    "a new NIC in iec_vpc_subnet.other",
  ]);
  expect(names("stack/iec_server.web")).toEqual(["iec_server.web"]);
  expect(names("10.0.2.0/25")).toEqual(["iec_server.db"]);
  expect(names("203.0.113.0/24")).toEqual(["203.0.113.0/24"]);
  expect(names("iec_server.none")).toEqual([]);
});

describe("what only may belong to a name refutes nothing, and keeps nothing from being open", () => {
  const EIP: ObjectValue = { port_id: from("iec_server.web", "nics", 0, "port"), public_ip: new Unknown() };
  const SITE = from("data.iec_sites.all", "sites", 0, "id");
  const siteless = (name: string, address: string): Design => ({
    [`iec_vpc_subnet.${name}`]: { ...pair[`iec_vpc_subnet.${name}`], site_id: SITE },
    [address]: { ...pair[address], coverage_sites: [{ site_id: SITE }] },
  });
  const cases: [name: string, asked: string, changes: Design, unknown: string][] = [
    ["a range that holds some addresses of its subnet", "10.0.1.0/28", {}, "iec_server.web.nics[0].address"],
    [
      "a public range, its address not given yet",
      "203.0.113.0/24",
      { "iec_eip.e": EIP },
      "iec_eip.e.public_ip",
    ],
    [
      "an address of an EIP that may be somebody else's",
      "203.0.113.7",
      { "iec_eip.e": { port_id: from("iec_x.y", "port"), public_ip: "203.0.113.7" } },
      "iec_x.y.port",
    ],
    ["an EIP", "iec_eip.e", { "iec_eip.e": { port_id: from("iec_x.y", "port") } }, "iec_x.y.port"],
    [
      "a group",
      "iec_security_group.web",
      {
        "iec_server.web": server("one", "web", {
          security_groups: [idOf("iec_security_group.db"), from("iec_x.y", "group")],
        }),
        ...open("db"),
      },
      "iec_x.y.group",
    ],
    [
      "a subnet",
      "iec_vpc_subnet.one",
      { "iec_server.web": server("one", "web", { subnet_ids: [from("iec_x.y", "subnet")] }) },
      "iec_x.y.subnet",
    ],
    [
      "a VPC",
      "iec_vpc.b",
      Object.fromEntries(
        ["iec_vpc_subnet.one", "iec_vpc_subnet.two", "iec_server.web", "iec_server.db"].map((address) => [
          address,
          { ...pair[address], vpc_id: from("iec_x.y", "vpc") },
        ]),
      ),
      "iec_x.y.vpc",
    ],
    [
      "a site",
      "gz",
      { ...siteless("one", "iec_server.web"), ...siteless("two", "iec_server.db"), "data.iec_sites.all": {} },
      "data.iec_sites.all.sites[0].id",
    ],
  ];
  test.each(cases)("%s", (_name, asked, changes, unknown) => {
    const { verdict, unknowns, counterexample } = ask({ ...pair, ...changes }, { from: asked, ...https });
    expect({ verdict, unknowns }).toMatchObject({
      verdict: "CONDITIONAL",
      unknowns: expect.arrayContaining([unknown]) as string[],
    });
    expect(counterexample?.trace.arrives).toBe("unknown");
  });

  test("the packet that may be has an address of the range", () => {
    const { counterexample } = ask(pair, { from: "10.0.1.32/28" });
    expect(counterexample?.packet.source).toMatch(/^10\.0\.1\.(3[2-9]|4[0-7])$/);
  });

  test("where no address of the range gets through, that is proved", () => {
    const design = {
      ...pair,
      "iec_security_group_rule.in_db": {
        ...pair["iec_security_group_rule.in_db"],
        remote_ip_prefix: "10.0.1.128/25",
      },
    };
    const question = { from: "10.0.1.0/28", to: "iec_server.db" };
    const r = reachabilityOf(design);
    const { verdict, certificate } = judge(r, question, { certificate: true });
    expect(verdict).toBe("PROVED");
    expect(checkCertificate(r, question, certificate!)).toBeUndefined();
    expect(judge(r, { ...question, from: "10.0.1.0/24" }).verdict).toBe("CONDITIONAL");
  });

  test("what all of belongs for sure is refuted", () => {
    const nic = { subnet_id: idOf("iec_vpc_subnet.one"), address: "10.0.1.5" };
    const known = { ...pair, "iec_server.web": server("one", "web", { nics: [nic] }) };
    for (const from of ["10.0.1.0/24", "10.0.1.5", "0.0.0.0/0"])
      expect(ask(known, { from }).verdict, from).toBe("REFUTED");
  });

  test("of two names, the one that has it for sure counts", () => {
    const r = reachabilityOf(pair);
    const ends = [...r.endOf("10.0.1.0/28"), ...r.endOf("iec_server.web"), ...r.endOf("10.0.1.16/28")];
    expect(surest(ends).map(({ label, maybe }) => [label, maybe])).toEqual([["iec_server.web", undefined]]);
  });
});

describe("a packet that shows a path is between two hosts", () => {
  const fellow: Design = { ...pair, "iec_server.fellow": server("one", "web", {}), ...open("web") };
  const world: Design = {
    ...fellow,
    "iec_eip.e": { port_id: from("iec_server.web", "nics", 0, "port"), public_ip: "203.0.113.5" },
  };
  const small = (cidr: string): Design => ({
    ...fellow,
    "iec_vpc_subnet.one": { ...pair["iec_vpc_subnet.one"], cidr },
  });
  test.each<[string, Design, string, string, string, string]>([
    ["of two subnets", pair, "iec_server.web", "iec_server.db", "10.0.1.10", "10.0.2.10"],
    ["of one subnet", fellow, "iec_server.web", "iec_server.fellow", "10.0.1.10", "10.0.1.20"],
    [
      "of a small subnet",
      small("10.0.1.8/30"),
      "iec_server.web",
      "iec_server.fellow",
      "10.0.1.10",
      "10.0.1.9",
    ],
    ["from the internet", world, "internet", "iec_server.web", "203.0.113.10", "10.0.1.10"],
    ["to the internet", world, "iec_server.web", "internet", "10.0.1.10", "203.0.113.10"],
    ["from a part of the internet", world, "9.0.0.0/8", "iec_server.web", "9.0.0.10", "10.0.1.10"],
    ["from one address", world, "198.51.100.0", "iec_server.web", "198.51.100.0", "10.0.1.10"],
  ])("%s", (_name, design, from, to, source, destination) => {
    const { verdict, counterexample } = ask(design, { from, to });
    expect({ verdict, packet: counterexample?.packet }).toMatchObject({
      verdict: "REFUTED",
      packet: { source, destination },
    });
  });
});

test("sets read as a person would write them", () => {
  const r = reachabilityOf(pair);
  const [web, db] = ["iec_server.web", "iec_server.db"].map((name) => r.endOf(name)[0]!);
  expect(formatSet(r.reach(web!, db!, "private").may)).toBe("tcp/443 from 10.0.1.0/24 to 10.0.2.0/24");
  expect(formatSet(r.reach(db!, r.endOf("iec_vpc_subnet.far")[0]!, "private").may)).toBe("nothing");
});
