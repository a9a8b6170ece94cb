import { readFileSync } from "node:fs";
import { inspectApp } from "iec-cdk";
import { EdgeServer, EdgeSite, EdgeVpc, type EdgeServerProps } from "iec-cdk/l2";
import { describe, expect, test } from "vitest";
import { compile } from "../../helpers/compile.js";
import { MAKE, newNetwork } from "./l2-network.js";

/** The snippets of the guide, one after the other, with what they take for granted. */
function guideProgram(): string {
  const guide = readFileSync("docs/guides/constructs.md", "utf8");
  const snippets = [...guide.matchAll(/^```ts\n(.*?)^```/gms)].map(([, snippet]) => snippet);
  expect(snippets.length).toBeGreaterThan(5);
  return [
    'import { TerraformStack } from "cdktf";',
    'import { IecApp } from "iec-cdk";',
    'import type {} from "iec-cdk/testing";',
    'import { expect } from "vitest";',
    `import { ${L2} } from "iec-cdk/l2";`,
    'const stack = new TerraformStack(new IecApp(), "edge");',
    'declare const make: Pick<EdgeServerProps<string, string>, "flavor" | "image" | "key">;',
    ...snippets,
  ].join("\n");
}
const L2 =
  "ANYBODY, Coverage, EdgeServer, EdgeService, EdgeSite, EdgeVpc, Image, KeyPair, NetworkAcl, Port, PublicIp, RouteTable, SecurityGroup, VirtualIp, type EdgeServerProps";

/** The compiler is the test: `npm run typecheck` reads the expectations. */
describe("placement in the types", () => {
  const take = <C extends string, V extends string>(
    props: Pick<EdgeServerProps<C, V>, "site" | "vpc" | "subnets">,
  ): number => props.subnets.length;

  function places() {
    const { stack, vpc: shop, site: guangzhou } = newNetwork();
    const video = new EdgeVpc(stack, "video", { cidr: "10.2.0.0/16" });
    const xian = EdgeSite.byCity(stack, "xa", "xi'an");
    const [shopHere, shopThere] = [
      shop.addSubnet("h", { site: guangzhou }),
      shop.addSubnet("t", { site: xian }),
    ];
    const videoHere = video.addSubnet("h", { site: guangzhou });
    const later: string = "guangzhou";
    const somewhere = EdgeSite.byCity(stack, "later", later);
    const nearest = EdgeSite.nearest(stack, "near", { latitude: 23, longitude: 113 });
    const known = EdgeSite.fromId(stack, "known", "c5f8bfb3-2b78-5ffe-babd-9b03afc6c351");
    return { stack, shop, video, guangzhou, xian, shopHere, shopThere, videoHere, somewhere, nearest, known };
  }

  test("what is right compiles", () => {
    const { shop, video, guangzhou, xian, shopHere, shopThere, videoHere } = places();
    expect(take({ site: guangzhou, vpc: shop, subnets: [shopHere] })).toBe(1);
    expect(take({ site: xian, vpc: shop, subnets: [shopThere, shopThere] })).toBe(2);
    expect(take({ site: guangzhou, vpc: video, subnets: [videoHere] })).toBe(1);
  });
  test("what is wrong does not", () => {
    const { stack, shop, video, guangzhou, xian, somewhere, shopHere, shopThere, videoHere } = places();
    // @ts-expect-error: a subnet in another city
    take({ site: guangzhou, vpc: shop, subnets: [shopThere] });
    // @ts-expect-error: a second subnet in another city
    take({ site: guangzhou, vpc: shop, subnets: [shopHere, shopThere] });
    // @ts-expect-error: a subnet of another VPC
    take({ site: guangzhou, vpc: shop, subnets: [videoHere] });
    // @ts-expect-error: a second subnet of another VPC
    take({ site: guangzhou, vpc: video, subnets: [videoHere, shopHere] });
    // @ts-expect-error: neither the city nor the VPC
    take({ site: xian, vpc: shop, subnets: [videoHere] });
    // @ts-expect-error: known by half
    take({ site: somewhere, vpc: shop, subnets: [videoHere] });
    // @ts-expect-error: the construct itself
    new EdgeServer(stack, "wrong", { ...MAKE, site: guangzhou, vpc: shop, subnets: [shopThere] });
  });
  test("what is known only at run time is left to synth", () => {
    const { stack, shop, guangzhou, xian, shopHere, shopThere, videoHere, somewhere, nearest, known } =
      places();
    for (const site of [somewhere, nearest, known]) {
      expect(take({ site, vpc: shop, subnets: [shopHere, shopThere] })).toBe(2);
      const subnet = shop.addSubnet(site.node.id, { site });
      expect(take({ site: guangzhou, vpc: shop, subnets: [subnet] })).toBe(1);
      expect(take({ site: xian, vpc: shop, subnets: [subnet, shopThere] })).toBe(2);
    }
    const anyVpc = new EdgeVpc<string>(stack, "any", { cidr: "10.3.0.0/16" });
    expect(take({ site: guangzhou, vpc: anyVpc, subnets: [shopHere, videoHere] })).toBe(2);
  });
});

describe("the compiler's message names both places", () => {
  const PLACES = `
import { TerraformStack } from "cdktf";
import { IecApp } from "iec-cdk";
import * as l2 from "iec-cdk/l2";
declare const make: Pick<l2.EdgeServerProps<string, string>, "flavor" | "image" | "key">;
const stack = new TerraformStack(new IecApp(), "edge");
const guangzhou = l2.EdgeSite.byCity(stack, "gz", "guangzhou");
const xian = l2.EdgeSite.byCity(stack, "xa", "xi'an");
const shop = new l2.EdgeVpc(stack, "shop", { cidr: "10.1.0.0/16" });
const video = new l2.EdgeVpc(stack, "video", { cidr: "10.2.0.0/16" });
const front = shop.addSubnet("front", { site: guangzhou });
const back = shop.addSubnet("back", { site: guangzhou });
const far = shop.addSubnet("far", { site: xian });
const films = video.addSubnet("films", { site: guangzhou });
const old = l2.EdgeSubnet.fromId(stack, "old", "subnet-1");
const server = new l2.EdgeServer(stack, "1", { ...make, site: guangzhou, vpc: shop, subnets: [front] });
const both = new l2.EdgeServer(stack, "2", { ...make, site: guangzhou, vpc: shop, subnets: [front, back] });
const inOld = new l2.EdgeServer(stack, "3", { ...make, site: guangzhou, vpc: shop, subnets: [front, old] });
const farServer = new l2.EdgeServer(stack, "4", { ...make, site: xian, vpc: shop, subnets: [far] });
const filmServer = new l2.EdgeServer(stack, "5", { ...make, site: guangzhou, vpc: video, subnets: [films] });
const group = new l2.SecurityGroup(stack, "group");
const shared = new l2.VirtualIp(stack, "shared", { subnet: front, servers: [server, both] });
const web = l2.Port.tcp(443);
`;
  /** A mistake, and the two types that its message tells apart. */
  const WRONG: Readonly<Record<string, readonly [program: string, is: string, wanted: string]>> = {
    "a server on a subnet in another city": [
      `new l2.EdgeServer(stack, "x", { ...make, site: guangzhou, vpc: shop, subnets: [far] });`,
      "xi'an",
      "guangzhou",
    ],
    "a server on a subnet of another VPC": [
      `new l2.EdgeServer(stack, "x", { ...make, site: guangzhou, vpc: shop, subnets: [films] });`,
      "video",
      "shop",
    ],
    "a network ACL before a subnet of another VPC": [
      `new l2.NetworkAcl(stack, "x", { vpc: shop, subnets: [films] });`,
      "video",
      "shop",
    ],
    "a route table for a subnet of another VPC": [
      `new l2.RouteTable(stack, "x", { vpc: shop, subnets: [films] });`,
      "video",
      "shop",
    ],
    "a route by a server of another VPC": [
      `new l2.RouteTable(stack, "x", { vpc: video }).addRoute("192.168.0.0/16", server);`,
      "shop",
      "video",
    ],
    "a route by a virtual IP of another VPC": [
      `new l2.RouteTable(stack, "x", { vpc: video }).addRoute("192.168.0.0/16", shared);`,
      "shop",
      "video",
    ],
    "a virtual IP before a server in another city": [
      `new l2.VirtualIp(stack, "x", { subnet: front, servers: [farServer] });`,
      "xi'an",
      "guangzhou",
    ],
    "a virtual IP before a server of another VPC": [
      `new l2.VirtualIp(stack, "x", { subnet: front, servers: [filmServer] });`,
      "video",
      "shop",
    ],
    "a virtual IP before a server in another subnet": [
      `new l2.VirtualIp(stack, "x", { subnet: back, servers: [server] });`,
      "back",
      "front",
    ],
    "a public IP in another city than its server": [
      `new l2.PublicIp(stack, "x", { site: xian, server });`,
      "guangzhou",
      "xi'an",
    ],
    "a public IP in another city than its virtual IP": [
      `new l2.PublicIp(stack, "x", { site: xian, virtualIp: shared });`,
      "guangzhou",
      "xi'an",
    ],
    "a connection with a server in another city": [
      `server.connections.allowFrom(farServer, web);`,
      "xi'an",
      "guangzhou",
    ],
    "a connection with a server of another VPC": [
      `server.connections.allowTo(filmServer, web);`,
      "video",
      "shop",
    ],
    "a connection with a subnet in another city": [
      `server.connections.allowTo(far, web);`,
      "xi'an",
      "guangzhou",
    ],
  };
  const RIGHT = `
new l2.VirtualIp(stack, "x", { subnet: back, servers: [both, inOld] });
new l2.VirtualIp(stack, "x", { subnet: old, servers: [inOld, server, farServer] });
new l2.NetworkAcl(stack, "x", { vpc: shop, subnets: [front, far, old] });
new l2.RouteTable(stack, "x", { vpc: shop, subnets: [front, far, old] }).addRoute("192.168.0.0/16", farServer);
new l2.PublicIp(stack, "x", { site: guangzhou, virtualIp: shared });
new l2.PublicIp(stack, "x", { site: l2.EdgeSite.fromId(stack, "known", "1"), server: l2.EdgeServer.fromId(stack, "s", "1") });
server.connections.allowFrom(both, web).allowFrom(front, web).allowTo(group, web).allowTo("10.0.0.0/8", web).allowFrom(old, web);
group.allowFrom(farServer, web).allowFrom(filmServer, web);
const sites: l2.EdgeSite[] = [guangzhou, xian];
const vpcs: l2.AnyVpc[] = [shop, video, l2.EdgeVpc.fromId(stack, "known-vpc", "1")];
const subnets: l2.EdgeSubnet[] = [front, far, films];
const servers: l2.EdgeServer[] = [server, both, farServer];
const addresses: l2.VirtualIp[] = [shared];
const one = new l2.EdgeServer(stack, "x", { ...make, site: sites[0]!, vpc: vpcs[0]!, subnets });
new l2.VirtualIp(stack, "x", { subnet: front, servers: [one, ...servers] });
new l2.PublicIp(stack, "x", { site: xian, virtualIp: addresses[0]! });
`;
  const programs = Object.values(WRONG).map(([program]) => program);
  const mistakes = compile({
    wrong: [PLACES, ...programs].join("\n"),
    right: PLACES + RIGHT,
    guide: guideProgram(),
  });
  const offset = PLACES.split("\n").length;

  test.each(Object.entries(WRONG))("%s", (name, [, is, wanted]) => {
    const line = offset + Object.keys(WRONG).indexOf(name) + 1;
    const found = mistakes.filter((mistake) => mistake.program === "wrong" && mistake.line === line);
    expect(found).toHaveLength(1);
    expect(found[0]?.message.split("\n").at(-1)?.trim()).toBe(
      `Type '"${is}"' is not assignable to type '"${wanted}"'.`,
    );
  });
  test("nothing else is wrong", () => {
    expect(mistakes.filter(({ program, line }) => program === "right" || line <= offset)).toEqual([]);
  });
  test("the guide compiles", () => {
    expect(mistakes.filter(({ program }) => program === "guide")).toEqual([]);
  });
});

test("what the types let pass, synth finds, at the line of the user", () => {
  const { app, stack, vpc, site } = newNetwork();
  const there: string = "xi'an";
  const subnet = vpc.addSubnet("x", { site: EdgeSite.byCity(stack, "xa", there) });
  new EdgeServer(stack, "one", { ...MAKE, site, vpc, subnets: [subnet] });
  const lines = readFileSync("test/unit/constructs/l2-placement.test.ts", "utf8").split("\n");
  expect(inspectApp(app).diagnostics).toMatchObject([
    {
      code: "IEC1002",
      path: ["subnet_ids", 0],
      origin: {
        constructPath: "edge/one/server",
        file: "test/unit/constructs/l2-placement.test.ts",
        line: lines.findIndex((line) => line.startsWith('  new EdgeServer(stack, "one", { ...MAKE')) + 1,
      },
    },
  ]);
});
