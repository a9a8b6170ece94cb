import { describe, expect, test } from "vitest";
import { UNKNOWN } from "../../../schema/unknown.js";
import {
  check,
  computedFrom,
  eip,
  from,
  idOf,
  server,
  SITES,
  subnet,
  verdicts,
  vpc,
  type Circumstances,
  type Design,
} from "./design.js";

const a = idOf("iec_vpc.a");
const b = idOf("iec_vpc.b");
const site0 = from("data.iec_sites.all", "sites", 0, "id");
const site1 = from("data.iec_sites.all", "sites", 1, "id");

/** Two VPCs in two sites, and the sites' facts. */
const world: Design = {
  "data.iec_sites.all": SITES,
  "iec_vpc.a": vpc(),
  "iec_vpc.b": vpc(),
  "iec_vpc_subnet.a_gz": subnet(a, "gz", "10.0.0.0/24"),
  "iec_vpc_subnet.a_xa": subnet(a, "xa", "10.0.1.0/24"),
  "iec_vpc_subnet.b_gz": subnet(b, "gz", "10.0.0.0/24"),
};
/** The same with sites that only a read at apply can tell. */
const later: Design = {
  ...world,
  "data.iec_sites.all": { sites: UNKNOWN },
  "iec_vpc_subnet.a_gz": subnet(a, site0, "10.0.0.0/24"),
  "iec_vpc_subnet.a_xa": subnet(a, site1, "10.0.1.0/24"),
  "iec_vpc_subnet.b_gz": subnet(b, site0, "10.0.0.0/24"),
};
const [aGz, aXa, bGz] = ["a_gz", "a_xa", "b_gz"].map((name) => idOf(`iec_vpc_subnet.${name}`)) as [
  ReturnType<typeof idOf>,
  ReturnType<typeof idOf>,
  ReturnType<typeof idOf>,
];

type Row = readonly [
  name: string,
  design: Design,
  expected: readonly string[],
  circumstances?: Circumstances,
];
const table = (rows: readonly Row[]) => {
  for (const [name, design, expected, circumstances] of rows) {
    test(name, () => expect(verdicts(check(design, circumstances))).toEqual(expected));
  }
};

describe("designs that hold", () => {
  table([
    ["nothing at all", {}, []],
    ["two VPCs, two sites", world, []],
    ["a server in its site", { ...world, "iec_server.s": server(a, "gz", [aGz]) }, []],
    ["a server in a site known later", { ...later, "iec_server.s": server(a, site0, [aGz]) }, []],
    [
      "a site taken from the subnet itself",
      { ...later, "iec_server.s": server(a, from("iec_vpc_subnet.a_gz", "site_id"), [aGz]) },
      [],
    ],
    [
      "a VPC taken from the subnet itself",
      { ...later, "iec_server.s": server(from("iec_vpc_subnet.a_gz", "vpc_id"), site0, [aGz]) },
      [],
    ],
    [
      "two NICs of one site",
      {
        ...world,
        "iec_vpc_subnet.more": subnet(a, "gz", "10.0.2.0/24"),
        "iec_server.s": server(a, "gz", [aGz, idOf("iec_vpc_subnet.more")]),
      },
      [],
    ],
    [
      "an EIP on a server's NIC",
      {
        ...world,
        "iec_server.s": server(a, "gz", [aGz]),
        "iec_eip.e": eip("gz", from("iec_server.s", "nics", 0, "port")),
      },
      [],
    ],
    [
      "an EIP on a NIC of a site known later",
      {
        ...later,
        "iec_server.s": server(a, site0, [aGz]),
        "iec_eip.e": eip(site0, from("iec_server.s", "nics", 0, "port")),
      },
      [],
    ],
    ["an EIP whose line the cloud chooses", { ...world, "iec_eip.e": eip("gz") }, []],
    ["a line of the site", { ...world, "iec_eip.e": eip("gz", null, { line_id: "gz_2" }) }, []],
    [
      "a line of a site known later",
      {
        ...later,
        "iec_eip.e": eip(site0, null, {
          line_id: from("data.iec_sites.all", "sites", 0, "lines", 1, "pool_id"),
        }),
      },
      [],
    ],
    [
      "a subnet as large as its VPC",
      { "iec_vpc.a": vpc(), "iec_vpc_subnet.s": subnet(a, "gz", "10.0.0.0/16") },
      [],
    ],
    [
      "the same subnet declared and read",
      {
        "iec_vpc.a": vpc({ id: "v" }),
        "iec_vpc_subnet.s": subnet("v", "gz", "10.0.0.0/24", { id: "s" }),
        "data.iec_vpc_subnet.s": subnet("v", "gz", "10.0.0.0/24", { id: "s" }),
      },
      [],
    ],
    [
      "objects outside of the configuration",
      {
        "existing.iec_vpc.v": vpc({ id: "v" }),
        "existing.iec_vpc_subnet.s": subnet("v", "gz", "10.0.0.0/24", { id: "s" }),
        "iec_server.s": server("v", "gz", ["s"]),
      },
      [],
    ],
    [
      "an IMS image of the central cloud",
      { ...world, "iec_server.s": server(a, "gz", [aGz], { image_id: idOf("huaweicloud_images_image.i") }) },
      [],
    ],
    [
      "objects of the public provider for IEC",
      {
        "huaweicloud_iec_vpc.a": vpc(),
        "huaweicloud_iec_vpc_subnet.s": subnet(idOf("huaweicloud_iec_vpc.a"), "gz", "10.0.0.0/24"),
        "iec_server.s": server(idOf("huaweicloud_iec_vpc.a"), "gz", [idOf("huaweicloud_iec_vpc_subnet.s")]),
      },
      [],
    ],
    [
      "a broken range, which another check reports",
      { ...world, "iec_vpc_subnet.x": subnet(a, "gz", "10.0/8") },
      [],
    ],
    ["a resource of another cloud", { "random_id.x": { id: "x", vpc_id: "urn:x" } }, []],
  ]);
});

describe("IEC1001, IEC1002, IEC1003: servers", () => {
  table([
    [
      "a subnet of another VPC",
      { ...world, "iec_server.s": server(a, "gz", [bGz]) },
      ["IEC1001 iec_server.s"],
    ],
    [
      "a subnet of another site",
      { ...world, "iec_server.s": server(a, "gz", [aXa]) },
      ["IEC1002 iec_server.s"],
    ],
    [
      "a subnet of another VPC and site",
      { ...world, "iec_server.s": server(b, "gz", [aXa]) },
      ["IEC1001 iec_server.s", "IEC1002 iec_server.s"],
    ],
    [
      "one NIC of two astray, reported once",
      { ...world, "iec_server.s": server(a, "gz", [aGz, aXa]) },
      ["IEC1002 iec_server.s"],
    ],
    [
      "NICs in two sites, the server's own site open",
      { ...world, "iec_server.s": server(a, from("data.iec_sites.x", "sites", 0, "id"), [aGz, aXa]) },
      ["IEC1003 iec_server.s", "?IEC1002 iec_server.s", "?IEC1002 iec_server.s"],
    ],
    [
      "NICs in two sites, no site of its own",
      { ...world, "iec_server.s": server(a, "gz", [aGz, aXa], { coverage_sites: [] }) },
      ["IEC1003 iec_server.s"],
    ],
    [
      "NICs in sites known later, no site of its own",
      { ...later, "iec_server.s": server(a, site0, [aGz, aXa], { coverage_sites: [] }) },
      ["?IEC1003 iec_server.s"],
    ],
    [
      "two items of one list",
      { ...later, "iec_server.s": server(a, site0, [aXa]) },
      ["?IEC1002 iec_server.s"],
    ],
    [
      "a subnet nobody looked up",
      { ...world, "iec_server.s": server(a, "gz", ["elsewhere"]) },
      ["?IEC1001 iec_server.s", "?IEC1002 iec_server.s"],
    ],
    [
      "subnets unknown as a list",
      { ...world, "iec_server.s": server(a, "gz", UNKNOWN) },
      ["?IEC1001 iec_server.s", "?IEC1002 iec_server.s"],
    ],
    [
      "a site unknown without origin",
      { ...world, "iec_server.s": server(a, UNKNOWN, [aGz]) },
      ["?IEC1002 iec_server.s"],
    ],
    [
      "a subnet read without its site",
      {
        "iec_vpc.a": vpc({ id: "v" }),
        "data.iec_vpc_subnet.s": { id: "s", vpc_id: "v", cidr: "10.0.0.0/24", site_id: null },
        "iec_server.s": server(a, "gz", ["s"]),
      },
      ["?IEC1002 iec_server.s"],
    ],
    [
      "two VPCs outside of the configuration, by id alone",
      {
        "iec_vpc_subnet.s": subnet("v1", "gz", "10.0.0.0/24"),
        "iec_server.s": server("v2", "gz", [idOf("iec_vpc_subnet.s")]),
      },
      ["IEC1001 iec_server.s", "?IEC1004 iec_vpc_subnet.s", "?IEC1006 iec_vpc_subnet.s"],
    ],
    [
      "a VPC read later",
      {
        "data.iec_vpc.x": { id: UNKNOWN, mode: "CUSTOMER", cidr: "10.0.0.0/16" },
        ...world,
        "iec_server.s": server(idOf("data.iec_vpc.x"), "gz", [aGz]),
      },
      ["?IEC1001 iec_server.s"],
    ],
  ]);
});

describe("IEC1004, IEC1005, IEC1006: subnets", () => {
  const inVpc = (more: Design, of = vpc()): Design => ({ "iec_vpc.a": of, ...more });
  const s = (cidr: Parameters<typeof subnet>[2], site = "gz", of = a) => subnet(of, site, cidr);
  table([
    ["outside of the VPC", inVpc({ "iec_vpc_subnet.s": s("10.1.0.0/24") }), ["IEC1004 iec_vpc_subnet.s"]],
    ["larger than the VPC", inVpc({ "iec_vpc_subnet.s": s("10.0.0.0/8") }), ["IEC1004 iec_vpc_subnet.s"]],
    [
      "a range known later",
      inVpc({ "iec_vpc_subnet.s": s(UNKNOWN) }),
      ["?IEC1004 iec_vpc_subnet.s", "?IEC1032 iec_vpc_subnet.s"],
    ],
    [
      "a VPC's range known later",
      inVpc(
        { "iec_vpc_subnet.s": s("10.0.0.0/24") },
        vpc({ cidr: computedFrom("random_integer.x", "result") }),
      ),
      ["?IEC1004 iec_vpc_subnet.s", "?IEC1032 iec_vpc.a"],
    ],
    [
      "equal ranges",
      inVpc({ "iec_vpc_subnet.one": s("10.0.0.0/24"), "iec_vpc_subnet.two": s("10.0.0.0/24") }),
      ["IEC1005 iec_vpc_subnet.two"],
    ],
    [
      "overlapping in two sites",
      inVpc({ "iec_vpc_subnet.one": s("10.0.0.0/24", "gz"), "iec_vpc_subnet.two": s("10.0.0.0/24", "xa") }),
      ["IEC1005 iec_vpc_subnet.two"],
    ],
    [
      "nested in two others",
      inVpc({
        "iec_vpc_subnet.one": s("10.0.0.0/20"),
        "iec_vpc_subnet.three": s("10.0.1.0/28"),
        "iec_vpc_subnet.two": s("10.0.1.0/24"),
      }),
      ["IEC1005 iec_vpc_subnet.two", "IEC1005 iec_vpc_subnet.three", "IEC1005 iec_vpc_subnet.two"],
    ],
    [
      "overlapping one outside of the configuration",
      {
        "existing.iec_vpc.v": vpc({ id: "v" }),
        "existing.iec_vpc_subnet.old": subnet("v", "gz", "10.0.0.0/24", { id: "old" }),
        "iec_vpc_subnet.a": subnet("v", "gz", "10.0.0.128/25"),
      },
      ["IEC1005 iec_vpc_subnet.a"],
    ],
    [
      "siblings of which one range is known later",
      inVpc({ "iec_vpc_subnet.one": s("10.0.0.0/24"), "iec_vpc_subnet.two": s(UNKNOWN) }),
      ["?IEC1004 iec_vpc_subnet.two", "?IEC1005 iec_vpc_subnet.two", "?IEC1032 iec_vpc_subnet.two"],
    ],
    [
      "a VPC that is not known beside others",
      inVpc({
        "iec_vpc_subnet.one": s("10.0.0.0/24"),
        "iec_vpc_subnet.two": subnet(UNKNOWN, "gz", "10.0.0.0/24"),
      }),
      ["?IEC1004 iec_vpc_subnet.two", "?IEC1005 iec_vpc_subnet.two", "?IEC1006 iec_vpc_subnet.two"],
    ],
    [
      "by hand in a SYSTEM VPC",
      inVpc({ "iec_vpc_subnet.s": s("10.0.0.0/24") }, vpc({ mode: "SYSTEM" })),
      ["IEC1006 iec_vpc_subnet.s"],
    ],
    [
      "the default mode is SYSTEM",
      inVpc({ "iec_vpc_subnet.s": s("10.0.0.0/24") }, vpc({ mode: null })),
      ["IEC1006 iec_vpc_subnet.s"],
    ],
    [
      "a mode known later",
      inVpc({ "iec_vpc_subnet.s": s("10.0.0.0/24") }, vpc({ mode: UNKNOWN })),
      ["?IEC1006 iec_vpc_subnet.s"],
    ],
  ]);
});

describe("IEC1007, IEC1008: EIPs and lines", () => {
  const port = from("iec_server.s", "nics", 0, "port");
  const withServer = { ...world, "iec_server.s": server(a, "xa", [aXa]) };
  table([
    ["a port of another site", { ...withServer, "iec_eip.e": eip("gz", port) }, ["IEC1007 iec_eip.e"]],
    [
      "a port known by its id",
      {
        ...world,
        "iec_server.s": server(a, "xa", [aXa], { nics: [{ port: "p", subnet_id: "x" }] }),
        "iec_eip.e": eip("gz", "p"),
      },
      ["IEC1007 iec_eip.e"],
    ],
    [
      "a server outside of the configuration, placed by its subnet",
      {
        "existing.iec_vpc_subnet.s": subnet("v", "xa", "10.0.0.0/24", { id: "s" }),
        "existing.iec_server.s": { id: "srv", vpc_id: "v", subnet_ids: ["s"], nics: [{ port: "p" }] },
        "iec_eip.e": eip("gz", "p"),
      },
      ["IEC1007 iec_eip.e"],
    ],
    [
      "a port outside of the configuration",
      { "existing.iec_port.p": { id: "p", site_id: "xa", network_id: "s" }, "iec_eip.e": eip("gz", "p") },
      ["IEC1007 iec_eip.e"],
    ],
    ["a port nobody looked up", { ...world, "iec_eip.e": eip("gz", "p") }, ["?IEC1007 iec_eip.e"]],
    ["a port unknown without origin", { ...world, "iec_eip.e": eip("gz", UNKNOWN) }, ["?IEC1007 iec_eip.e"]],
    [
      "sites that cannot be compared yet",
      {
        ...later,
        "iec_server.s": server(a, site0, [aGz]),
        "iec_eip.e": eip("gz", port),
      },
      ["?IEC1007 iec_eip.e"],
    ],
    [
      "a line of another site",
      { ...world, "iec_eip.e": eip("gz", null, { line_id: "xa_1" }) },
      ["IEC1008 iec_eip.e"],
    ],
    [
      "no line of any site",
      { ...world, "iec_eip.e": eip("gz", null, { line_id: "x" }) },
      ["IEC1008 iec_eip.e"],
    ],
    [
      "lines that the caller knows",
      { "iec_eip.e": eip("gz", null, { line_id: "x" }) },
      ["IEC1008 iec_eip.e"],
      { sites: new Map([["gz", { name: "guangzhou", lines: ["y"] }]]) },
    ],
    [
      "lines of a site nobody told",
      { "iec_eip.e": eip("gz", null, { line_id: "x" }) },
      ["?IEC1008 iec_eip.e"],
    ],
    [
      "a server's line of another site",
      {
        ...world,
        "iec_server.s": server(a, "gz", [aGz], {
          coverage_sites: [{ site_id: "gz", pool_ids: ["gz_1", "xa_1"] }],
        }),
      },
      ["IEC1008 iec_server.s"],
    ],
    [
      "a line of another item of the list",
      {
        ...later,
        "iec_eip.e": eip(site0, null, {
          line_id: from("data.iec_sites.all", "sites", 1, "lines", 0, "pool_id"),
        }),
      },
      ["?IEC1008 iec_eip.e"],
    ],
    [
      "a literal line in a site known later",
      { ...later, "iec_eip.e": eip(site0, null, { line_id: "x" }) },
      ["?IEC1008 iec_eip.e"],
    ],
  ]);
});

describe("IEC1009, IEC1010, IEC1011: ids of other things", () => {
  const referring = (to: string, toPath: readonly string[] = ["id"]) => ({
    references: { "iec_vpc_subnet.s": [{ path: ["vpc_id"], to, toPath }] },
  });
  const s = (vpc_id: Parameters<typeof subnet>[0]): Design => ({
    "iec_vpc.a": vpc(),
    "iec_vpc_subnet.s": subnet(vpc_id, "gz", "10.0.0.0/24"),
  });
  const central = ["IEC1009 iec_vpc_subnet.s"];
  table([
    ["a central VPC", s(idOf("huaweicloud_vpc.c")), central],
    ["a central VPC, read", s(idOf("data.huaweicloud_vpc.c")), central],
    ["a central VPC in a module", s(idOf('module.net["a.b"].huaweicloud_vpc.c[0]')), central],
    ["a central VPC by its known id", { ...s("c1"), "huaweicloud_vpc.c": { id: "c1" } }, central],
    ["a URN", s("urn:fss:vpc:1234"), central],
    [
      "a plain reference without a source",
      s(UNKNOWN),
      [...central, "?IEC1004 iec_vpc_subnet.s", "?IEC1006 iec_vpc_subnet.s"],
      referring("huaweicloud_vpc.c"),
    ],
    [
      "a plain reference with a known value",
      s("c1"),
      [...central, "?IEC1004 iec_vpc_subnet.s", "?IEC1006 iec_vpc_subnet.s"],
      referring("huaweicloud_vpc.c"),
    ],
    [
      "a value computed out of a central id",
      s(computedFrom("huaweicloud_vpc.c", "id")),
      ["?IEC1004 iec_vpc_subnet.s", "?IEC1006 iec_vpc_subnet.s", "?IEC1009 iec_vpc_subnet.s"],
    ],
    [
      "a value looked up by a central name",
      { ...s("v"), "existing.iec_vpc.v": vpc({ id: "v" }) },
      [],
      referring("huaweicloud_vpc.c", ["name"]),
    ],
    [
      "a central port",
      { "iec_eip.e": eip("gz", idOf("huaweicloud_networking_vip.v")) },
      ["IEC1009 iec_eip.e"],
    ],
    [
      "a central subnet of a server",
      { ...world, "iec_server.s": server(a, "gz", [idOf("huaweicloud_vpc_subnet.c")]) },
      ["IEC1009 iec_server.s"],
    ],
    [
      "a subnet for a VPC",
      { ...world, "iec_vpc_subnet.s": subnet(aGz, "gz", "10.0.5.0/24") },
      ["IEC1010 iec_vpc_subnet.s"],
    ],
    ["a VPC for a subnet", { ...world, "iec_server.s": server(a, "gz", [a]) }, ["IEC1010 iec_server.s"]],
    ["a VPC for a site", { "iec_vpc.a": vpc(), "iec_eip.e": eip(a) }, ["IEC1010 iec_eip.e"]],
    [
      "a server for a port",
      { ...world, "iec_server.s": server(a, "gz", [aGz]), "iec_eip.e": eip("gz", idOf("iec_server.s")) },
      ["IEC1010 iec_eip.e"],
    ],
    [
      "a wrong kind by its known id",
      { ...s("g"), "iec_security_group.g": { id: "g" } },
      ["IEC1010 iec_vpc_subnet.s"],
    ],
    [
      "a security group's rule of a VPC",
      {
        "iec_vpc.a": vpc(),
        "iec_security_group_rule.r": { id: UNKNOWN, security_group_id: a, remote_group_id: null },
      },
      ["IEC1010 iec_security_group_rule.r"],
    ],
    ["an id that was looked up in vain", s("gone"), ["IEC1011 iec_vpc_subnet.s"], { missing: ["gone"] }],
    [
      "a site that was looked up in vain",
      { ...world, "iec_eip.e": eip("nowhere") },
      ["IEC1011 iec_eip.e"],
      { missing: ["nowhere"] },
    ],
  ]);
});

describe("graphs that make no sense", () => {
  table([
    [
      "a subnet whose VPC is itself",
      { "iec_vpc_subnet.s": subnet(idOf("iec_vpc_subnet.s"), "gz", "10.0.0.0/24") },
      ["IEC1010 iec_vpc_subnet.s"],
    ],
    [
      "values that refer in a circle",
      {
        "iec_vpc.a": vpc({ cidr: from("iec_vpc.b", "cidr") }),
        "iec_vpc.b": vpc({ cidr: from("iec_vpc.a", "cidr") }),
        "iec_vpc_subnet.s": subnet(a, "gz", "10.0.0.0/24"),
      },
      ["?IEC1004 iec_vpc_subnet.s", "?IEC1032 iec_vpc.a", "?IEC1032 iec_vpc.b"],
    ],
    [
      "references to nothing",
      { "iec_server.s": server(a, site0, [aGz]) },
      ["?IEC1001 iec_server.s", "?IEC1002 iec_server.s"],
    ],
    [
      "values of a wrong shape",
      { "iec_server.s": { vpc_id: 5, subnet_ids: "x", coverage_sites: {}, nics: "p" } },
      [],
    ],
    ["an EIP bound to itself", { "iec_eip.e": eip("gz", idOf("iec_eip.e")) }, ["IEC1010 iec_eip.e"]],
    [
      "a node that is empty",
      { "iec_server.s": {}, "iec_eip.e": {}, "iec_vpc_subnet.s": {}, "iec_vpc.v": {} },
      [],
    ],
  ]);
});

describe("only", () => {
  const broken = {
    ...world,
    "iec_server.s": server(a, "gz", [aXa]),
    "iec_server.t": server(a, "gz", [bGz]),
    "iec_vpc_subnet.z": subnet(a, "gz", "10.0.0.0/25"),
  };
  table([
    ["everything", broken, ["IEC1001 iec_server.t", "IEC1002 iec_server.s", "IEC1005 iec_vpc_subnet.z"]],
    ["one server", broken, ["IEC1001 iec_server.t"], { only: ["iec_server.t"] }],
    ["the earlier one of a pair", broken, ["IEC1005 iec_vpc_subnet.a_gz"], { only: ["iec_vpc_subnet.a_gz"] }],
    ["an address that is not there", broken, [], { only: ["iec_server.gone"] }],
  ]);
});
