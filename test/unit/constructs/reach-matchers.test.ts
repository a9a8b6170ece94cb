import { readFileSync } from "node:fs";
import { App, TerraformStack, TerraformVariable } from "cdktf";
import { Construct } from "constructs";
import { SecurityGroupRule } from "iec-cdk";
import { EdgeServer, EdgeSite, EdgeVpc, Port, PublicIp, SecurityGroup, VirtualIp } from "iec-cdk/l2";
import { matchers } from "iec-cdk/testing";
import { describe, expect, test } from "vitest";
import { MAKE, newNetwork } from "./l2-network.js";

expect.extend(matchers);

const FILE = "test/unit/constructs/reach-matchers.test.ts";

/** The web reaches the database, the internet reaches the web, and guests are elsewhere. */
function design() {
  const { app, stack, vpc, site } = newNetwork();
  const front = vpc.addSubnet("front", { site, cidr: "10.1.1.0/24" });
  const here = { ...MAKE, site, vpc, subnets: [front] };
  const web = new EdgeServer(stack, "web", here);
  const db = new EdgeServer(stack, "db", here);
  const other = new EdgeVpc(stack, "other", { cidr: "10.2.0.0/16" });
  const lobby = other.addSubnet("lobby", { site });
  const guests = new EdgeServer(stack, "guests", { ...MAKE, site, vpc: other, subnets: [lobby] });
  new PublicIp(stack, "address", { server: web });
  web.connections.allowFromAnyone(Port.tcp(443));
  db.connections.allowFrom(web, Port.tcp(5432));
  return { app, stack, vpc, site, front, here, web, db, other, lobby, guests };
}
const messageOf = (check: () => void): string => {
  try {
    check();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("nothing failed");
};
const lineOf = (text: string): number =>
  readFileSync(FILE, "utf8")
    .split("\n")
    .findIndex((line) => line.includes(text)) + 1;

describe("what surely reaches", () => {
  test("servers, the internet, and ranges", () => {
    const { web, db } = design();
    expect(web).toReach(db, Port.tcp(5432));
    expect(web).toReach(db);
    expect("internet").toReach(web, Port.tcp(443));
    expect("198.51.100.0/24").toReach(web, Port.tcp(400, 500));
    expect("10.1.1.0/24").toReach(db, Port.tcp(5432));
    expect(web).not.toBeIsolatedFrom(db);
    expect(db).not.toBeIsolatedFrom(web, Port.tcp(5432));
  });
  test("what stands for its servers: a group, a subnet, a VPC, a stack, a virtual IP", () => {
    const { stack, here, vpc, front, web, db } = design();
    const admins = new SecurityGroup(stack, "admins").allowTo("10.1.0.0/16", Port.tcp(22));
    new EdgeServer(stack, "admin", { ...here, securityGroups: [admins] });
    db.connections.allowFrom(admins, Port.tcp(22));
    expect(admins).toReach(db, Port.tcp(22));
    expect(front).toReach(db, Port.tcp(22));
    expect(vpc).toReach(db, Port.tcp(22));
    expect("internet").toReach(stack, Port.tcp(443));
    const shared = new VirtualIp(stack, "shared", { subnet: front, servers: [db] });
    expect(web).toReach(shared, Port.tcp(5432));
  });
});

describe("what surely does not", () => {
  test("by rules", () => {
    const { web, db, guests } = design();
    expect(web).not.toReach(db, Port.tcp(22));
    expect(db).not.toReach(web);
    expect("internet").not.toReach(db);
    expect("internet").not.toReach(web, Port.tcp(22));
    expect(guests).not.toReach(web, Port.tcp(22));
  });
  test("in both directions", () => {
    const { web, db, guests } = design();
    expect(db).toBeIsolatedFrom("internet");
    expect(guests).toBeIsolatedFrom(db, Port.tcp(22));
    expect(guests).toBeIsolatedFrom(db);
    expect(db).toBeIsolatedFrom(guests);
    expect(db).not.toBeIsolatedFrom(web);
    expect(web).not.toBeIsolatedFrom("internet");
  });
});

describe("a failure tells", () => {
  test("the wall", () => {
    const { db, guests } = design();
    expect(messageOf(() => expect(guests).toReach(db, Port.tcp(22)))).toMatch(
      /^edge\/guests does not reach edge\/db by tcp-22:\n {2}- iec_server\.guests_server_\w+ is in .*different VPCs are not connected$/,
    );
  });
  test("the packet and the rule that lets it through, with its line", () => {
    const { web, db } = design();
    const message = messageOf(() => expect(db).toBeIsolatedFrom(web));
    expect(message).toContain("edge/web reaches edge/db:\n  tcp/5432 from 10.1.1.");
    expect(message).toContain(`(${FILE}:${lineOf("db.connections.allowFrom(web, Port.tcp(5432));")})`);
    expect(messageOf(() => expect(web).not.toReach(db))).toContain(
      "reaches edge/db, and was expected not to:",
    );
  });
  test("what stops it", () => {
    const { web, db } = design();
    expect(messageOf(() => expect(web).toReach(db, Port.tcp(22)))).toMatch(
      /tcp\/22 from 10\.1\.1\.\d+ to 10\.1\.1\.\d+ does not arrive:\n {2}- .* stops it: /,
    );
    expect(messageOf(() => expect("internet").toReach(db))).toContain("no way leads from the internet to");
    db.connections.securityGroups[0]?.denyFrom("10.1.0.0/16", Port.tcp(5432), { priority: 1 });
    expect(messageOf(() => expect(web).toReach(db, Port.tcp(5432)))).toMatch(
      new RegExp(`stops it: iec_security_group_rule.* \\(${FILE}:${lineOf("?.denyFrom(")}\\)$`),
    );
  });
  test("that the two were expected to be connected", () => {
    const { db, guests } = design();
    expect(messageOf(() => expect(db).not.toBeIsolatedFrom(guests))).toContain(
      "edge/db is isolated from edge/guests, and was expected not to be:",
    );
  });
});

describe("what unknowns decide fails in every form", () => {
  const everyForm = (from: Construct | string, to: Construct | string, port?: Port) =>
    [
      () => expect(from).toReach(to, port),
      () => expect(from).not.toReach(to, port),
      () => expect(from).toBeIsolatedFrom(to, port),
      () => expect(from).not.toBeIsolatedFrom(to, port),
    ].map(messageOf);

  test("a group that is there already", () => {
    const { stack, here, web } = design();
    const group = SecurityGroup.fromId(stack, "old", "5a1f1d0b-7f3e-4f0c-8b52-6a8f8c0b8c11");
    const old = new EdgeServer(stack, "there", { ...here, securityGroups: [group] });
    for (const message of everyForm(web, old, Port.udp(53))) {
      expect(message).toMatch(
        /^whether edge\/(web|there) reaches edge\/(web|there) by udp-53 is not known:\n {2}decided by\n {2}- /,
      );
      expect(message).toContain("udp/53 from 10.1.1.");
      expect(message).toContain("may arrive:");
    }
  });
  test("how many of a rule there are", () => {
    const { stack, web, db } = design();
    const [group] = db.connections.securityGroups;
    const count = new TerraformVariable(stack, "closed", { type: "number" }).numberValue;
    const rule = new SecurityGroupRule(stack, "deny", {
      securityGroupId: group!.securityGroupId,
      direction: "ingress",
      ethertype: "IPv4",
      action: "deny",
      priority: 1,
    });
    rule.addOverride("count", count);
    for (const message of everyForm(web, db, Port.tcp(5432)))
      expect(message).toContain("- how many of edge/deny there are");
  });
  test("whether a server has an address of the range", () => {
    const { db } = design();
    for (const message of everyForm("10.1.1.0/28", db, Port.tcp(5432)))
      expect(message).toMatch(/- iec_server\.web_server_\w+\.nics\[0\]\.address\n/);
  });
});

test("what is no question", () => {
  const { stack, web } = design();
  const check = (from: unknown, to: Construct | string) => messageOf(() => expect(from).toReach(to));
  expect(check("internet", "10.0.0.0/8")).toBe("one of the two has to be a construct");
  expect(check(web, "intranet")).toContain('"intranet" is neither internet nor a range');
  expect(check(7, web)).toBe("7 is neither a construct, nor a range, nor internet");
  expect(check(EdgeSite.fromId(stack, "s", "site-1"), web)).toBe(
    "edge/s holds nothing that sends or receives packets",
  );
  expect(check(web, web)).toContain("are the same server");
  expect(check("10.9.0.0/16", web)).toBe("nothing has an address of 10.9.0.0/16");
  expect(check(new TerraformStack(new App(), "elsewhere"), web)).toContain("elsewhere holds nothing");
});
