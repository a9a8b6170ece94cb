import { readFileSync } from "node:fs";
import { TerraformStack, Testing } from "cdktf";
import { IecApp, IecProvider, inspectApp } from "iec-cdk";
import {
  ANYBODY,
  EdgeServer,
  EdgeSite,
  EdgeVpc,
  Image,
  KeyPair,
  Port,
  PublicIp,
  SecurityGroup,
  type EdgeServerProps,
} from "iec-cdk/l2";
import { describe, expect, test } from "vitest";
import { temporaryFolder, type Json } from "../../helpers/stack.js";

function newStack() {
  const app = new IecApp({ outdir: temporaryFolder() });
  const stack = new TerraformStack(app, "edge");
  new IecProvider(stack, "iec");
  return { app, stack };
}
function newNetwork(cidr = "10.1.0.0/16") {
  const { app, stack } = newStack();
  const vpc = new EdgeVpc(stack, "shop", { cidr });
  return { app, stack, vpc, site: EdgeSite.byCity(stack, "gz", "guangzhou") };
}
const written = (stack: TerraformStack): Json => JSON.parse(Testing.synth(stack)) as Json;

/** Everything a server needs but its place. */
const rest = (stack: TerraformStack) => ({
  flavor: "c6.large.2",
  image: Image.fromId("ubuntu"),
  securityGroups: [],
  key: KeyPair.fromName("admin"),
  name: stack.node.id,
});

describe("a whole network", () => {
  test("is right, and written with sensible values", () => {
    const { app, stack, vpc, site } = newNetwork();
    const web = new SecurityGroup(stack, "web")
      .allowFrom(ANYBODY, Port.tcp(443))
      .allowTo(ANYBODY, Port.icmp());
    const db = new SecurityGroup(stack, "db").allowFrom(web, Port.tcp(5432, 5433));
    const server = new EdgeServer(stack, "one", {
      ...rest(stack),
      site,
      vpc,
      subnets: [vpc.addSubnet("front", { site })],
      securityGroups: [web, db],
      key: new KeyPair(stack, "key"),
      image: Image.byName(stack, "ubuntu", "Ubuntu 20.04 server 64bit"),
    });
    new PublicIp(stack, "ip", { server });
    expect(inspectApp(app)).toEqual({ diagnostics: [], conditional: [] });
    const { resource } = written(stack);
    expect(
      Object.fromEntries(Object.entries(resource ?? {}).map(([k, v]) => [k, Object.keys(v).length])),
    ).toEqual({
      iec_eip: 1,
      iec_keypair: 1,
      iec_security_group: 2,
      iec_security_group_rule: 3,
      iec_server: 1,
      iec_vpc: 1,
      iec_vpc_subnet: 1,
    });
    expect(Object.values(resource?.["iec_server"] ?? {})[0]).toMatchObject({
      coverage_sites: { site_id: "${data.iec_sites.gz-sites.sites[0].id}" },
      system_disk_type: "SAS",
      system_disk_size: 40,
    });
    expect(Object.values(resource?.["iec_vpc_subnet"] ?? {})[0]).toMatchObject({
      cidr: "10.1.0.0/24",
      gateway_ip: "10.1.0.1",
    });
  });
});

describe("ranges", () => {
  test("are handed out one after the other, around those that are taken", () => {
    const { vpc, site } = newNetwork("10.1.0.0/22");
    const cidrs = [
      vpc.addSubnet("a", { site }),
      vpc.addSubnet("b", { site, cidr: "10.1.1.0/24" }),
      vpc.addSubnet("c", { site, prefixLength: 26 }),
      vpc.addSubnet("d", { site }),
    ].map(({ cidr }) => cidr);
    expect(cidrs).toEqual(["10.1.0.0/24", "10.1.1.0/24", "10.1.2.0/26", "10.1.3.0/24"]);
  });

  const REFUSED: Readonly<Record<string, [(network: ReturnType<typeof newNetwork>) => unknown, string]>> = {
    exhausted: [
      ({ vpc, site }) => ["a", "b", "c", "d", "e"].map((id) => vpc.addSubnet(id, { site })),
      "edge/shop/e: no /24 is free: 4 subnets use the VPC's 10.1.0.0/22. Give the VPC a larger cidr, or the subnet a longer prefixLength.",
    ],
    outside: [
      ({ vpc, site }) => vpc.addSubnet("a", { site, cidr: "10.2.0.0/24" }),
      "edge/shop/a: cidr 10.2.0.0/24 lies outside of the VPC's 10.1.0.0/22.",
    ],
    overlapping: [
      ({ vpc, site }) => [vpc.addSubnet("a", { site }), vpc.addSubnet("b", { site, cidr: "10.1.0.0/25" })],
      "edge/shop/b: cidr 10.1.0.0/25 overlaps 10.1.0.0/24 of edge/shop/a. Leave cidr out to get a free range, or take ranges before they are handed out.",
    ],
    malformed: [
      ({ vpc, site }) => vpc.addSubnet("a", { site, cidr: "10.1.0.0" }),
      'edge/shop/a: cidr "10.1.0.0" is no range. Write an IPv4 range such as "10.1.0.0/16"; one known only later needs Vpc and VpcSubnet.',
    ],
    "too small": [
      ({ vpc, site }) => vpc.addSubnet("a", { site, prefixLength: 29 }),
      "edge/shop/a: prefixLength 29 is none of 8 to 28.",
    ],
    "a port that is none": [() => Port.tcp(0), "Port 0 is none: ports are whole numbers from 1 to 65535."],
    "ports the wrong way round": [
      () => Port.udp(9, 8),
      "Ports 9 to 8: the first must not be above the last.",
    ],
    "a peer that is none": [
      ({ stack }) => new SecurityGroup(stack, "web").allowFrom("anybody", Port.all()),
      'edge/web: peer "anybody" is no IPv4 range such as "10.1.0.0/16".',
    ],
  };
  test.each(Object.entries(REFUSED))("%s", (_name, [make, message]) => {
    expect(() => make(newNetwork("10.1.0.0/22"))).toThrow(new Error(message));
  });
});

/** The compiler is the test: `npm run typecheck` reads the expectations. */
describe("placement in the types", () => {
  const take = <C extends string, V extends string>(
    props: Pick<EdgeServerProps<C, V>, "site" | "vpc" | "subnets">,
  ): number => props.subnets.length;

  function places() {
    const { stack, vpc: shop, site: guangzhou } = newNetwork();
    const video = new EdgeVpc(stack, "video", { cidr: "10.2.0.0/16" });
    const xian = EdgeSite.byCity(stack, "xa", "xian");
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
    new EdgeServer(stack, "wrong", { ...rest(stack), site: guangzhou, vpc: shop, subnets: [shopThere] });
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

test("what the types let pass, synth finds, at the line of the user", () => {
  const { app, stack, vpc, site } = newNetwork();
  const there: string = "xian";
  const subnet = vpc.addSubnet("x", { site: EdgeSite.byCity(stack, "xa", there) });
  new EdgeServer(stack, "one", { ...rest(stack), site, vpc, subnets: [subnet] });
  const lines = readFileSync("test/unit/constructs/l2.test.ts", "utf8").split("\n");
  expect(inspectApp(app).diagnostics).toMatchObject([
    {
      code: "IEC1002",
      path: ["subnet_ids", 0],
      origin: {
        constructPath: "edge/one/server",
        file: "test/unit/constructs/l2.test.ts",
        line: lines.findIndex((line) => line.startsWith('  new EdgeServer(stack, "one", { ...rest')) + 1,
      },
    },
  ]);
});
