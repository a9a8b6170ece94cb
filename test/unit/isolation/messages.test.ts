import { describe, expect, test } from "vitest";
import { rules } from "../../../schema/isolation/index.js";
import { check, computedFrom, eip, from, idOf, server, SITES, subnet, vpc, type Design } from "./design.js";

const a = idOf("iec_vpc.a");
const world: Design = {
  "data.iec_sites.all": SITES,
  "iec_vpc.a": vpc(),
  "iec_vpc.b": vpc({ mode: "SYSTEM" }),
  "iec_vpc_subnet.a_gz": subnet(a, "gz", "10.0.0.0/24"),
  "iec_vpc_subnet.a_xa": subnet(a, "xa", "10.0.1.0/24"),
};
const details = (design: Design, missing: readonly string[] = []) =>
  check({ ...world, ...design }, { missing }).diagnostics.map((d) => `${d.summary}\n${d.detail ?? ""}`);

describe("messages", () => {
  test("a server on a subnet of another site", () => {
    expect(details({ "iec_server.web": server(a, "gz", [idOf("iec_vpc_subnet.a_xa")]) })).toEqual([
      `A server's NIC lies in a subnet of another site
subnet_ids[0] is iec_vpc_subnet.a_xa (site xi'an), but coverage_sites[0].site_id places the server in guangzhou.
Sites are physically isolated; there is no network path between sites.
Use iec_vpc_subnet.a_gz (site guangzhou) there, or place the server in site xi'an.`,
    ]);
  });
  test("a server on a subnet of another VPC", () => {
    const b = vpc({ id: "vb" });
    const design = {
      "iec_vpc.b": b,
      "iec_server.web": server("vb", "gz", [idOf("iec_vpc_subnet.a_gz")]),
    };
    expect(details(design)).toEqual([
      `A server's NIC lies in a subnet of another VPC
subnet_ids[0] is iec_vpc_subnet.a_gz (VPC iec_vpc.a), but vpc_id puts the server in VPC iec_vpc.b.
Subnets of different VPCs are not connected, and every NIC of a server is in the server's one VPC.
Create a subnet of iec_vpc.b in the server's site and use it there, or set vpc_id to iec_vpc.a.`,
    ]);
  });
  test("overlapping subnets", () => {
    expect(details({ "iec_vpc_subnet.b": subnet(a, "gz", "10.0.1.128/25") })).toEqual([
      `Two subnets of one VPC overlap
cidr is 10.0.1.128/25, which overlaps 10.0.1.0/24 of iec_vpc_subnet.a_xa; both are subnets of iec_vpc.a.
Subnets of one VPC must not overlap, whatever their sites.
Use a range that is free in iec_vpc.a, such as 10.0.2.0/25.`,
    ]);
  });
  test("a subnet outside of its VPC", () => {
    expect(details({ "iec_vpc_subnet.b": subnet(a, "gz", "10.9.0.0/24") })).toEqual([
      `A subnet lies outside its VPC's range
cidr is 10.9.0.0/24, but iec_vpc.a has the range 10.0.0.0/16.
A subnet's range lies inside its VPC's range.
Use a range inside 10.0.0.0/16, such as 10.0.2.0/24, or change the VPC's range.`,
    ]);
  });
  test("a manual subnet in a SYSTEM VPC", () => {
    expect(details({ "iec_vpc_subnet.b": subnet(idOf("iec_vpc.b"), "gz", "10.0.0.0/24") })).toEqual([
      `A subnet is made by hand in a SYSTEM VPC
vpc_id is iec_vpc.b, whose mode is SYSTEM.
The cloud makes the subnets of a SYSTEM VPC; making one by hand is refused.
Set mode = "CUSTOMER" on iec_vpc.b (a VPC that exists is replaced by that), or remove the subnet.`,
    ]);
  });
  test("an EIP on a port of another site", () => {
    const design = {
      "iec_server.gz": server(a, "gz", [idOf("iec_vpc_subnet.a_gz")]),
      "iec_server.xa": server(a, "xa", [idOf("iec_vpc_subnet.a_xa")]),
      "iec_eip.e": eip("gz", from("iec_server.xa", "nics", 0, "port")),
    };
    expect(details(design)).toEqual([
      `An EIP and the port it binds are in different sites
port_id is a port of iec_server.xa (site xi'an), but site_id makes the EIP in guangzhou.
An EIP belongs to one site and can only be bound to a port of that site.
Make the EIP in site xi'an, or bind it to a port of a server in site guangzhou, such as iec_server.gz.`,
    ]);
  });
  test("a line of another site", () => {
    expect(details({ "iec_eip.e": eip("gz", null, { line_id: "xa_1" }) })).toEqual([
      `A line does not belong to the site
line_id is "xa_1", a line of site xi'an, but site_id is site guangzhou.
A line (IP pool) belongs to one site.
Use a line of site guangzhou: gz_1 or gz_2; or leave the line out, and the cloud takes the site's first.`,
    ]);
  });
  test("an id of the central cloud", () => {
    expect(details({ "iec_vpc_subnet.b": subnet(idOf("huaweicloud_vpc.c"), "gz", "10.0.5.0/24") })).toEqual([
      `An id of a central-cloud resource is used in an IEC attribute
vpc_id is huaweicloud_vpc.c.id, which belongs to the central cloud. It takes the id of an iec_vpc.
IEC VPCs, servers, disks and EIPs are unrelated to the central cloud's VPC, ECS, EVS and EIP services.
Use iec_vpc.a.id or iec_vpc.b.id.`,
    ]);
  });
  test("a wrong kind", () => {
    expect(details({ "iec_server.web": server(a, "gz", [a]) })).toEqual([
      `An attribute refers to the wrong kind of resource
subnet_ids[0] is the id of iec_vpc.a, but it takes the id of an iec_vpc_subnet.
Every IEC id names an object of one kind.
Use iec_vpc_subnet.a_gz.id.`,
    ]);
  });
  test("an id that nothing has", () => {
    expect(details({ "iec_vpc_subnet.b": subnet("gone", "gz", "10.0.5.0/24") }, ["gone"])).toEqual([
      `A referenced IEC object does not exist
vpc_id is "gone". It takes the id of an iec_vpc, and this account has none with that id.
Ids of the central cloud's VPC, ECS, EVS or EIP never work in IEC.
Use iec_vpc.a.id or iec_vpc.b.id.`,
    ]);
  });
  test("sites of one name are told apart by id", () => {
    const [gz, xa] = [SITES["sites"]].flat() as { id: string; name: string }[];
    const design = {
      "data.iec_sites.all": { sites: [gz!, { ...xa!, name: "guangzhou" }] },
      "iec_server.web": server(a, "gz", [idOf("iec_vpc_subnet.a_xa")]),
    };
    expect(details(design)[0]).toContain("(site guangzhou (xa)), but coverage_sites[0].site_id places");
  });
  test("a CONDITIONAL names what decides it, is plain data, and carries its origin", () => {
    const design = {
      ...world,
      "iec_server.web": server(a, computedFrom("data.iec_sites.x", "sites", 0, "id"), [
        idOf("iec_vpc_subnet.a_gz"),
      ]),
    };
    const { conditional } = check(design);
    expect(conditional).toEqual([
      {
        verdict: "CONDITIONAL",
        code: "IEC1002",
        address: "iec_server.web",
        path: ["subnet_ids", 0],
        detail:
          "Whether subnet_ids[0] lies in the server's site data.iec_sites.x.sites[0].id depends on data.iec_sites.x.sites[0].id.",
        fix: "Nothing to do now: it is checked again at apply, before the call that depends on it.",
        unknowns: ["data.iec_sites.x.sites[0].id"],
        origin: { constructPath: "stack/iec_server.web" },
      },
    ]);
    expect(JSON.parse(JSON.stringify(conditional))).toEqual(conditional);
  });
  test("a diagnostic points to the attribute and its origin", () => {
    const [diagnostic] = check({ ...world, "iec_eip.e": eip("gz", null, { line_id: "xa_1" }) }).diagnostics;
    expect(diagnostic).toMatchObject({
      severity: "error",
      address: "iec_eip.e",
      path: ["line_id"],
      origin: { constructPath: "stack/iec_eip.e" },
    });
  });
  test("every rule has a code of its own and one line of reason", () => {
    expect(new Set(rules.map((rule) => rule.code)).size).toBe(rules.length);
    expect(rules.every((rule) => /^[A-Z][^\n]*\.$/.test(rule.reason))).toBe(true);
  });
});
