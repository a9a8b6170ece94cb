import { describe, expect, test } from "vitest";
import type { Policy, Residency } from "../../../schema/isolation/policies/policy.js";
import { selects } from "../../../schema/isolation/policies/policy.js";
import { roundTripMs } from "../../../schema/isolation/policies/latency.js";
import { UNKNOWN } from "../../../schema/unknown.js";
import {
  check,
  from,
  idOf,
  server,
  subnet,
  verdicts,
  vpc,
  type Circumstances,
  type Design,
} from "./design.js";

const site = (id: string, city: string, province: string, area: string) => ({
  id,
  name: city,
  city,
  province,
  area,
  lines: [],
});
const SITES = {
  sites: [
    site("gz", "guangzhou", "guangdong", "south"),
    site("xa", "xi'an", "shaanxi", "northwest"),
    site("lh", "lhasa", "xizang", "southwest"),
  ],
};
const v = idOf("iec_vpc.v");
const w = idOf("iec_vpc.w");
/** A server in each of two sites and VPCs, and a server in a third site. */
const world: Design = {
  "data.iec_sites.all": SITES,
  "iec_vpc.v": vpc(),
  "iec_vpc.w": vpc(),
  "iec_vpc_subnet.gz": subnet(v, "gz", "10.0.0.0/24"),
  "iec_vpc_subnet.xa": subnet(v, "xa", "10.0.1.0/24"),
  "iec_vpc_subnet.w": subnet(w, "gz", "10.0.0.0/24"),
  "iec_server.gz": server(v, "gz", [idOf("iec_vpc_subnet.gz")], { security_groups: ["g1", "g2"] }),
  "iec_server.xa": server(v, "xa", [idOf("iec_vpc_subnet.xa")], { security_groups: ["g2"] }),
  "iec_server.w": server(w, "gz", [idOf("iec_vpc_subnet.w")], { security_groups: ["g3"] }),
};
const judge = (policy: Policy, design = world, circumstances: Circumstances = {}) =>
  verdicts(check(design, { ...circumstances, policies: [policy] })).filter((verdict) =>
    /IEC105/.test(verdict),
  );

type Row = readonly [name: string, policy: Policy, expected: readonly string[], design?: Design];
const table = (rows: readonly Row[]) => {
  for (const [name, policy, expected, design] of rows)
    test(name, () => expect(judge(policy, design)).toEqual(expected));
};

const id = "shop/pci";
const keep = (on: string, places: Partial<Residency>): Policy => ({
  id,
  kind: "residency",
  on: [on],
  ...places,
});

/** Sites that only the cloud can tell. */
const searched = (filter: object, more: Design = {}): Design => ({
  "data.iec_sites.found": { area: null, province: null, city: null, ...filter, sites: UNKNOWN },
  "iec_vpc.v": vpc(),
  "iec_vpc_subnet.a": subnet(v, from("data.iec_sites.found", "sites", 0, "id"), "10.0.0.0/24"),
  ...more,
});
const service = (coverage_level: string, place: string): Design => ({
  "data.iec_sites.all": SITES,
  "iec_edge_service.live": { id: UNKNOWN, coverage_level, coverage_sites: [{ site: place, demands: [] }] },
});

describe("residency", () => {
  table([
    ["a server in the province", keep("iec_server.gz", { provinces: ["guangdong"] }), []],
    ["in the area", keep("iec_server.gz", { areas: ["south"] }), []],
    ["in the city, however it is spelled", keep("iec_server.xa", { cities: ["Xian"] }), []],
    ["in one of several", keep("iec_server.*", { provinces: ["shaanxi"], cities: ["guangzhou"] }), []],
    ["elsewhere", keep("iec_server.xa", { provinces: ["guangdong"] }), ["IEC1052 iec_server.xa"]],
    ["everything", keep("*", { areas: ["south"] }), ["IEC1052 iec_vpc_subnet.xa", "IEC1052 iec_server.xa"]],
    ["nothing it is about", keep("iec_server.other", { areas: ["north"] }), []],
    ["a search by city", keep("*", { provinces: ["guangdong"] }), [], searched({ city: "guangzhou" })],
    [
      "a search by another city",
      keep("*", { provinces: ["guangdong"] }),
      ["IEC1052 iec_vpc_subnet.a"],
      searched({ city: "xi'an" }),
    ],
    ["a search by area", keep("*", { areas: ["south"] }), [], searched({ area: "south" })],
    [
      "a search by several areas is open",
      keep("*", { areas: ["south"] }),
      ["?IEC1052 iec_vpc_subnet.a"],
      searched({ area: "south,north" }),
    ],
    [
      "a search by display name is open",
      keep("*", { cities: ["guangzhou"] }),
      ["?IEC1052 iec_vpc_subnet.a"],
      searched({ city: "广州市" }),
    ],
    [
      "a site nobody knows is open",
      keep("*", { areas: ["south"] }),
      ["?IEC1052 iec_vpc_subnet.a"],
      { "iec_vpc_subnet.a": subnet("v", "nowhere", "10.0.0.0/24") },
    ],
    ["a service over a city", keep("*", { provinces: ["guangdong"] }), [], service("city", "guangzhou")],
    [
      "a service over another city",
      keep("*", { provinces: ["guangdong"] }),
      ["IEC1052 iec_edge_service.live"],
      service("city", "xi'an"),
    ],
    [
      "a service over an area may leave the province",
      keep("*", { provinces: ["guangdong"] }),
      ["IEC1052 iec_edge_service.live"],
      service("area", "south"),
    ],
    ["a service over the area itself", keep("*", { areas: ["south"] }), [], service("area", "south")],
    ["a service in a site", keep("*", { areas: ["south"] }), [], service("site", "gz")],
    [
      "a service in another site",
      keep("*", { areas: ["south"] }),
      ["IEC1052 iec_edge_service.live"],
      service("site", "xa"),
    ],
  ]);

  const image: Design = {
    ...world,
    "iec_image.copy": { id: UNKNOWN, server_id: idOf("iec_server.gz") },
    "iec_server.xa": server(v, "xa", [idOf("iec_vpc_subnet.xa")], { image_id: idOf("iec_image.copy") }),
  };
  const references = {
    "iec_image.copy": [{ path: ["server_id"], to: "iec_server.gz", toPath: ["id"] }],
    "iec_server.xa": [{ path: ["image_id"], to: "iec_image.copy", toPath: ["id"] }],
  };
  test("an image takes the data along", () => {
    const policy = keep("iec_server.gz", { provinces: ["guangdong"] });
    expect(judge(policy, image, { references })).toEqual(["IEC1052 iec_server.xa"]);
    expect(judge(policy, image)).toEqual([]);
    const { diagnostics } = check(image, { references, policies: [policy] });
    expect(diagnostics[0]?.detail).toContain("image_id carries data of iec_server.gz here.");
  });
  test("user data that quotes it takes it along", () => {
    const policy = keep("iec_server.gz", { provinces: ["guangdong"] });
    const quoting = { "iec_server.xa": [{ path: ["user_data"], to: "iec_server.gz", toPath: ["nics"] }] };
    expect(judge(policy, world, { references: quoting })).toEqual(["IEC1052 iec_server.xa"]);
    expect(
      judge(keep("iec_server.gz", { areas: ["south", "northwest"] }), world, { references: quoting }),
    ).toEqual([]);
  });
});

describe("latency", () => {
  const near = (on: string, withinMs: number): Policy => ({
    id,
    kind: "latency",
    on: [on],
    of: { latitude: 23.12, longitude: 113.25 },
    withinMs,
  });
  table([
    ["the same city", near("iec_server.gz", 6), []],
    ["1,300 km away within 20 ms", near("iec_server.xa", 20), ["IEC1054 iec_server.xa"]],
    ["1,300 km away within 30 ms", near("iec_server.xa", 30), []],
    [
      "a service over a far city",
      near("*", 10),
      ["IEC1054 iec_edge_service.live"],
      service("city", "beijing"),
    ],
    ["a service over an area", near("*", 50), ["IEC1054 iec_edge_service.live"], service("area", "south")],
    ["a city nobody knows", near("*", 50), ["IEC1054 iec_edge_service.live"], service("city", "atlantis")],
    ["a site known later is open", near("*", 20), ["?IEC1054 iec_vpc_subnet.a"], searched({ area: "south" })],
  ]);
  test("grows by 15 ms for each 1,000 km", () => {
    expect(roundTripMs(0)).toBe(5);
    expect(roundTripMs(1000)).toBe(20);
  });
});

describe("separation", () => {
  const apart = (on: string, other: string, by: "site" | "vpc" | "security-group"): Policy => ({
    id,
    kind: "separation",
    on: [on],
    from: [other],
    by,
  });
  const pair = (server: string) => [`IEC1053 iec_server.${server}`];
  const open: Design = { ...world, "iec_server.gz": server(v, UNKNOWN, [idOf("iec_vpc_subnet.gz")]) };
  table([
    ["sites differ", apart("iec_server.gz", "iec_server.xa", "site"), []],
    ["one site", apart("iec_server.gz", "iec_server.w", "site"), pair("gz")],
    ["VPCs differ", apart("iec_server.gz", "iec_server.w", "vpc"), []],
    ["one VPC", apart("iec_server.gz", "iec_server.xa", "vpc"), pair("gz")],
    ["a shared group", apart("iec_server.gz", "iec_server.xa", "security-group"), pair("gz")],
    ["no shared group", apart("iec_server.gz", "iec_server.w", "security-group"), []],
    [
      "a subnet and a server of one VPC",
      apart("iec_vpc_subnet.gz", "iec_server.xa", "vpc"),
      ["IEC1053 iec_vpc_subnet.gz"],
    ],
    ["itself is no other", apart("iec_server.gz", "iec_server.gz", "site"), []],
    [
      "a site known later is open",
      apart("iec_server.gz", "iec_server.xa", "site"),
      ["?IEC1053 iec_server.gz"],
      open,
    ],
  ]);
  test("is told at the one that is judged", () => {
    const policy = apart("iec_server.gz", "iec_server.xa", "vpc");
    expect(judge(policy, world, { only: ["iec_server.xa"] })).toEqual(["IEC1053 iec_server.xa"]);
    expect(judge(policy, world, { only: ["iec_server.w"] })).toEqual([]);
  });
});

const rule = (group: string, direction: string, more: object): Design[string] => ({
  id: UNKNOWN,
  security_group_id: idOf(`iec_security_group.${group}`),
  direction,
  ethertype: "IPv4",
  protocol: null,
  port_range_min: null,
  port_range_max: null,
  remote_ip_prefix: null,
  remote_group_id: null,
  action: "allow",
  priority: 1,
  ...more,
});
const https = { protocol: "tcp", port_range_min: 443, port_range_max: 443, remote_ip_prefix: "0.0.0.0/0" };
const card = (subnet_id: Design[string][string], address: string) => ({
  subnet_id,
  address,
  port: `port-${address}`,
});
const machine = (name: string, place: string, group: string, address: string): Design => {
  const subnet_id = idOf(`iec_vpc_subnet.${name}`);
  return {
    [`iec_security_group.${group}`]: { id: UNKNOWN, name: group },
    [`iec_server.${name}`]: server(v, place, [subnet_id], {
      id: `server-${name}`,
      security_groups: [idOf(`iec_security_group.${group}`)],
      nics: [card(subnet_id, address)],
    }),
  };
};
/** A web server and a database in one subnet each of one site, and a third one in another site. */
const net: Design = {
  "data.iec_sites.all": SITES,
  "iec_vpc.v": vpc(),
  "iec_vpc_subnet.web": subnet(v, "gz", "10.0.0.0/24"),
  "iec_vpc_subnet.db": subnet(v, "gz", "10.0.1.0/24"),
  "iec_vpc_subnet.far": subnet(v, "xa", "10.0.2.0/24"),
  ...machine("web", "gz", "web", "10.0.0.5"),
  ...machine("db", "gz", "db", "10.0.1.5"),
  ...machine("far", "xa", "web", "10.0.2.5"),
  "iec_security_group_rule.out": rule("web", "egress", { remote_ip_prefix: "0.0.0.0/0" }),
  "iec_security_group_rule.sql": rule("db", "ingress", {
    protocol: "tcp",
    port_range_min: 5432,
    port_range_max: 5432,
    remote_ip_prefix: "10.0.0.0/24",
  }),
  "iec_security_group_rule.https": rule("web", "ingress", https),
  "iec_eip.web": { id: "eip-web", site_id: "gz", port_id: "port-10.0.0.5", public_ip: "1.2.3.4" },
};
describe("paths", () => {
  const never = (on: string, from: string, ...traffic: { protocol: string; ports?: string[] }[]): Policy => ({
    id,
    kind: "never-reach",
    on: [on],
    from: [from],
    ...(traffic.length === 0 ? {} : { traffic }),
  });
  const only = (on: string, ...ports: string[]): Policy => ({
    id,
    kind: "internet-ports",
    on: [on],
    traffic: ports.map((port) => ({ protocol: "tcp", ports: [port] })),
  });
  const unknownPeer = rule("db", "ingress", { remote_ip_prefix: from("iec_vpc_subnet.later", "cidr") });
  table([
    ["a wall of sites", never("iec_server.db", "iec_server.far"), [], net],
    ["a rule lets it in", never("iec_server.db", "iec_server.web"), ["IEC1050 iec_server.db"], net],
    [
      "on another port",
      never("iec_server.db", "iec_server.web", { protocol: "tcp", ports: ["22"] }),
      [],
      net,
    ],
    ["the other way round", never("iec_server.web", "iec_server.db"), [], net],
    ["from a range of addresses", never("iec_server.db", "10.0.0.0/28"), ["IEC1050 iec_server.db"], net],
    [
      "from a range in which the address may be, once it is given",
      never("iec_server.db", "10.0.0.0/28"),
      ["?IEC1050 iec_server.db"],
      {
        ...net,
        "iec_server.web": {
          ...net["iec_server.web"],
          nics: [{ port: "port-10.0.0.5", address: UNKNOWN, subnet_id: idOf("iec_vpc_subnet.web") }],
        },
      },
    ],
    ["on the Internet", never("internet", "iec_server.web"), ["IEC1050 iec_server.web"], net],
    ["from a subnet", never("iec_vpc_subnet.db", "iec_vpc_subnet.web"), ["IEC1050 iec_server.db"], net],
    ["from any server", never("iec_vpc_subnet.db", "iec_server.*"), ["IEC1050 iec_server.db"], net],
    ["the Internet, all of it", never("*", "internet"), ["IEC1050 iec_server.web"], net],
    ["the Internet, by ssh", never("*", "internet", { protocol: "tcp", ports: ["22"] }), [], net],
    [
      "a rule not known yet is open",
      never("iec_server.db", "iec_server.web", { protocol: "udp" }),
      ["?IEC1050 iec_server.db"],
      { ...net, "iec_security_group_rule.more": unknownPeer },
    ],
    ["the allowed port", only("*", "443"), [], net],
    ["another port", only("*", "80"), ["IEC1051 iec_server.web"], net],
    ["no port", only("iec_server.web"), ["IEC1051 iec_server.web"], net],
    ["nothing to see", only("iec_server.db"), [], net],
  ]);

  test("a broken one tells the packet and every rule on its way", () => {
    const { diagnostics } = check(net, { policies: [never("iec_server.db", "iec_server.web")] });
    expect(diagnostics.map(({ detail }) => detail)).toMatchInlineSnapshot(`
      [
        "iec_server.web reaches iec_server.db: tcp/5432 from 10.0.0.5 to 10.0.1.5.
      - security group iec_security_group.web of iec_server.web lets it through: iec_security_group_rule.out
      - security group iec_security_group.db of iec_server.db lets it through: iec_security_group_rule.sql
      Policy shop/pci forbids that anything gets there, on whatever path.
      Close one of these, or change policy shop/pci.",
      ]
    `);
  });
});

test.each([
  [["iec_server.a"], "iec_server.a", true],
  [["iec_server.a"], "iec_server.ab", false],
  [["iec_server.a"], "iec_server.a[0]", true],
  [["iec_server.a"], 'iec_server.a["x.y"]', true],
  [["iec_server.a[1]"], "iec_server.a[0]", false],
  [["iec_server.db-*", "iec_vip.*"], "iec_server.db-1", true],
  [["iec_server.db-*", "iec_vip.*"], "iec_vip.x", true],
  [["*"], "module.m.iec_server.a", true],
])("%j selects %s: %s", (selector, address, expected) => expect(selects(selector, address)).toBe(expected));
