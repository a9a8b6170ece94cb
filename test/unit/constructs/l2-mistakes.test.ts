import { readFileSync } from "node:fs";
import { App, TerraformStack } from "cdktf";
import { inspectApp } from "iec-cdk";
import {
  ANYBODY,
  Coverage,
  EdgeServer,
  EdgeService,
  EdgeSite,
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
import { describe, expect, test, vi } from "vitest";
import { MAKE, newNetwork, newStack } from "./l2-network.js";

type Network = ReturnType<typeof newNetwork>;
/** What somebody who writes JavaScript may give. */
const javascript = (value: unknown): never => value as never;
const subnetOf = ({ vpc, site }: Network) => vpc.addSubnet("front", { site });
const serverIn = (network: Network, id: string, props: object = {}) => {
  const { stack, site, vpc } = network;
  return new EdgeServer(
    stack,
    id,
    javascript({ ...MAKE, site, vpc, subnets: [subnetOf(network)], ...props }),
  );
};
const cloudVpc = ({ stack }: Network) =>
  new EdgeVpc(stack, "relays", { cidr: "10.9.0.0/16", mode: "SYSTEM" });
const serviceOf = (network: Network, props: object) => {
  const coverage = [Coverage.city("guangzhou").demand({ count: 1 })];
  const vpc = cloudVpc(network);
  return new EdgeService(network.stack, "live", javascript({ ...MAKE, vpc, coverage, ...props }));
};

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
});

describe("a mistake is told at its line", () => {
  const REFUSED: Readonly<Record<string, [(network: Network) => unknown, string]>> = {
    "a VPC without a free range": [
      ({ vpc, site }) => ["a", "b", "c", "d", "e"].map((id) => vpc.addSubnet(id, { site })),
      "edge/shop/e: no /24 is free: 4 subnets use the VPC's 10.1.0.0/22. Give the VPC a larger cidr, or the subnet a longer prefixLength.",
    ],
    "a range outside of the VPC": [
      ({ vpc, site }) => vpc.addSubnet("a", { site, cidr: "10.2.0.0/24" }),
      "edge/shop/a: cidr 10.2.0.0/24 lies outside of the VPC's 10.1.0.0/22.",
    ],
    "a range that is taken": [
      ({ vpc, site }) => [vpc.addSubnet("a", { site }), vpc.addSubnet("b", { site, cidr: "10.1.0.0/25" })],
      "edge/shop/b: cidr 10.1.0.0/25 overlaps 10.1.0.0/24 of edge/shop/a. Leave cidr out to get a free range, or take ranges before they are handed out.",
    ],
    "no range": [
      ({ vpc, site }) => vpc.addSubnet("a", { site, cidr: "10.1.0.0" }),
      'edge/shop/a: cidr "10.1.0.0" is no range. Write an IPv4 range such as "10.1.0.0/16"; one known only later needs Vpc and VpcSubnet.',
    ],
    "a range that is too small": [
      ({ vpc, site }) => vpc.addSubnet("a", { site, prefixLength: 29 }),
      "edge/shop/a: prefixLength 29 is none of 8 to 28.",
    ],
    "a range to be found in a VPC that is there already": [
      ({ stack, site }) => EdgeVpc.fromId(stack, "old", "vpc-1").addSubnet("a", { site }),
      "edge/old/a: prop cidr is missing. Which ranges are free in a VPC that exists is not known.",
    ],
    "a subnet of a VPC whose subnets the cloud makes": [
      (network) => cloudVpc(network).addSubnet("a", { site: network.site }),
      "edge/relays/a: the cloud makes the subnets of a VPC of mode SYSTEM. Leave its mode out.",
    ],
    "a port that is none": [() => Port.tcp(0), "Port 0 is none: ports are whole numbers from 1 to 65535."],
    "ports the wrong way round": [
      () => Port.udp(9, 8),
      "Ports 9 to 8: the first must not be above the last.",
    ],
    "a number for a port": [
      ({ stack }) => new SecurityGroup(stack, "web").allowFrom(ANYBODY, javascript(443)),
      "edge/web: port 443 is none. Write it as Port.tcp(443) or Port.all().",
    ],
    "a peer that is none": [
      ({ stack }) => new SecurityGroup(stack, "web").allowFrom("anybody", Port.all()),
      'edge/web: peer "anybody" is none. It takes an IPv4 or IPv6 range such as "10.1.0.0/16", or an EdgeSubnet.',
    ],
    "a peer without groups": [
      ({ stack }) =>
        new SecurityGroup(stack, "web").allowFrom(EdgeServer.fromId(stack, "old", "1"), Port.all()),
      "edge/web: peer the ExistingServer edge/old is none. It takes a range, an EdgeSubnet, a SecurityGroup, or an EdgeServer with security groups.",
    ],
    "connections of a server without groups": [
      ({ stack }) => EdgeServer.fromId(stack, "old", "1").connections.allowFromAnyone(Port.tcp(80)),
      "edge/old: it has no security groups to take rules. Give it securityGroups.",
    ],
    "a priority out of bounds": [
      ({ stack }) => new SecurityGroup(stack, "web").denyFrom(ANYBODY, Port.all(), { priority: 101 }),
      "edge/web: prop priority is 101. It takes a whole number from 1 to 100.",
    ],
    "a group as a peer of an ACL": [
      ({ stack, vpc }) =>
        new NetworkAcl(stack, "acl", { vpc }).allowIn(
          javascript(new SecurityGroup(stack, "web")),
          Port.all(),
        ),
      'edge/acl: peer the SecurityGroup edge/web is none. It takes an IPv4 or IPv6 range such as "10.1.0.0/16", or an EdgeSubnet.',
    ],
    "a rule of an ACL that is never asked": [
      ({ stack, vpc }) =>
        new NetworkAcl(stack, "acl", { vpc }).allowIn(ANYBODY, Port.tcp(80)).denyIn(ANYBODY, Port.tcp(80)),
      "edge/acl: this deny is never asked: rule 1 of the ingress rules decides the same (ingress-0-0-0-0-0-tcp-80: allow).",
    ],
    "a prop that is missing": [
      (network) => serverIn(network, "one", { flavor: undefined }),
      "edge/one: prop flavor is missing. It takes a text.",
    ],
    "all props missing": [
      ({ stack }) => new EdgeVpc(stack, "more", javascript(undefined)),
      "edge/more: prop cidr is missing. It takes a text.",
    ],
    "a prop that is no prop": [
      (network) => serverIn(network, "one", { securityGroup: [] }),
      "edge/one: there is no prop securityGroup. Did you mean securityGroups? Else leave it out.",
    ],
    "a prop of another kind": [
      (network) => serverIn(network, "one", { site: "guangzhou" }),
      'edge/one: prop site is "guangzhou". It takes an EdgeSite.',
    ],
    "an item of another kind": [
      (network) => serverIn(network, "one", { subnets: [network.site] }),
      "edge/one: prop subnets[0] is the EdgeSite edge/gz. It takes an EdgeSubnet.",
    ],
    "too few items": [
      (network) => serverIn(network, "one", { subnets: [] }),
      "edge/one: prop subnets is a list of 0. It takes a list of 1 to 8, each an EdgeSubnet.",
    ],
    "a disk that is none": [
      (network) => serverIn(network, "one", { disk: { type: "FAST", size: 40 } }),
      'edge/one: prop disk.type is "FAST". It takes one of "SATA", "SAS", "GPSSD", "SSD".',
    ],
    "a mode that is none": [
      ({ stack }) => new EdgeVpc(stack, "more", { cidr: "10.2.0.0/16", mode: javascript("MINE") }),
      'edge/more: prop mode is "MINE". It takes one of "CUSTOMER", "SYSTEM".',
    ],
    "degrees that are none": [
      ({ stack }) => EdgeSite.nearest(stack, "near", { latitude: 123, longitude: 113 }),
      "edge/near: prop latitude is 123. It takes degrees from -90 to 90.",
    ],
    "an address of two things": [
      (network) => {
        const server = serverIn(network, "one");
        const virtualIp = new VirtualIp(network.stack, "shared", {
          subnet: network.vpc.addSubnet("b", { site: network.site }),
        });
        return new PublicIp(network.stack, "ip", { server, virtualIp });
      },
      "edge/ip: props server and virtualIp exclude each other. Make a PublicIp for each.",
    ],
    "an address of nothing": [
      ({ stack }) => new PublicIp(stack, "ip", {}),
      "edge/ip: prop site is missing. It takes an EdgeSite, unless server or virtualIp is set.",
    ],
    "an operator in no site": [
      (network) => new PublicIp(network.stack, "ip", { server: serverIn(network, "one"), operator: "bgp" }),
      "edge/ip: prop site is missing. It takes the EdgeSite whose line of the operator is wanted.",
    ],
    "an operator and a line": [
      ({ stack, site }) => new PublicIp(stack, "ip", { site, operator: "bgp", line: "5_sbgp_site1" }),
      "edge/ip: props operator and line exclude each other. Leave one out.",
    ],
    "a virtual IP whose server stands elsewhere": [
      (network) => {
        const servers = [serverIn(network, "one")];
        return new VirtualIp(network.stack, "shared", {
          subnet: network.vpc.addSubnet("back", { site: network.site }),
          servers,
        });
      },
      "edge/shared: edge/one has no NIC in the subnet edge/shop/back. Give it one there.",
    ],
    "a route to no range": [
      (network) =>
        new RouteTable(network.stack, "routes", { vpc: network.vpc }).addRoute(
          "all",
          serverIn(network, "one"),
        ),
      'edge/routes: destination "all" is no range such as "192.168.0.0/16".',
    ],
    "two routes to one range": [
      (network) => {
        const server = serverIn(network, "one");
        const { stack, vpc } = network;
        const table = new RouteTable(stack, "routes", { vpc });
        return table.addRoute("192.168.0.0/16", server).addRoute("192.168.0.0/16", server);
      },
      "edge/routes: there is a route to 192.168.0.0/16 already. A table has one to each range.",
    ],
    "a service in a VPC of one's own": [
      (network) => serviceOf(network, { vpc: network.vpc }),
      "edge/live: prop vpc is of mode CUSTOMER, but the cloud makes the subnets of a service. Give edge/shop the mode SYSTEM, or this another VPC.",
    ],
    "a place that demands nothing": [
      (network) => serviceOf(network, { coverage: [Coverage.area("south")] }),
      "edge/live: coverage[0] (south) demands nothing. Add .demand({ count: 1 }).",
    ],
    "places of two levels": [
      (network) =>
        serviceOf(network, {
          coverage: [Coverage.area("south"), Coverage.city("guangzhou")].map((one) =>
            one.demand({ count: 1 }),
          ),
        }),
      "edge/live: coverage has places of the levels area, city. Keep to one level.",
    ],
    "a line in a province": [
      (network) =>
        serviceOf(network, { coverage: [Coverage.province("hebei").demand({ count: 1, line: "5_x" })] }),
      "edge/live: coverage[0] (hebei) demands a line, which only a city or site has. Leave line out.",
    ],
    "single sites to spread over": [
      (network) =>
        serviceOf(network, {
          coverage: [Coverage.site({ siteId: "s-1" }).demand({ count: 1 })],
          spread: true,
        }),
      "edge/live: prop spread is true, but coverage names single sites. Leave it out.",
    ],
    "a demand that is too large": [
      () => Coverage.city("beijing").demand({ count: 11 }),
      "Coverage of beijing: count 11 of a demand is no whole number from 1 to 10. More take another demand.",
    ],
    "an id that is taken": [
      ({ stack }) => new KeyPair(stack, "shop"),
      'edge: the id of KeyPair "shop" is taken: edge has EdgeVpc "shop" already. Give one of them another id.',
    ],
    "the id of a subnet that is taken": [
      ({ vpc, site }) => [vpc.addSubnet("a", { site }), vpc.addSubnet("a", { site })],
      'edge/shop: the id of EdgeSubnet "a" is taken: edge/shop has EdgeSubnet "a" already. Give one of them another id.',
    ],
    "the id of a lookup that is taken": [
      ({ stack }) => Image.byName(stack, "gz", "Ubuntu"),
      'edge: the id of ImageByName "gz" is taken: edge has EdgeSite "gz" already. Give one of them another id.',
    ],
    "no id": [
      ({ stack }) => new KeyPair(stack, javascript(undefined)),
      "edge: the id undefined of a KeyPair is no text. Give it a name of its own.",
    ],
    "no stack": [
      () => new EdgeVpc(javascript(new App()), "vpc", { cidr: "10.1.0.0/16" }),
      'EdgeVpc "vpc": its first argument must be a stack, or a construct in a stack.',
    ],
  };
  test.each(Object.entries(REFUSED))("%s", (_name, [make, message]) => {
    expect(() => make(newNetwork("10.1.0.0/22"))).toThrow(new Error(message));
  });
});

describe("a slip in a name", () => {
  const HINTS: Readonly<Record<string, [(stack: TerraformStack) => unknown, string | undefined]>> = {
    "a city without its sign": [(stack) => EdgeSite.byCity(stack, "s", "xian"), '"xi\'an"'],
    "a city in capitals": [(stack) => EdgeSite.byCity(stack, "s", "Guangzhou"), '"guangzhou"'],
    "a city, misspelt": [(stack) => EdgeSite.byCity(stack, "s", "shengyang"), '"shenyang"'],
    "an operator": [
      (stack) => EdgeSite.byCity(stack, "s", "beijing", { operator: "china-telecom" }),
      '"chinatelecom"',
    ],
    "a name": [(stack) => EdgeSite.byName(stack, "s", "bejing"), '"beijing"'],
    "a city far from all known ones may be new": [
      (stack) => EdgeSite.byCity(stack, "s", "urumqi"),
      undefined,
    ],
    "a known city": [(stack) => EdgeSite.byCity(stack, "s", "xi'an"), undefined],
  };
  test.each(Object.entries(HINTS))("%s", (_name, [make, meant]) => {
    const { app, stack } = newStack();
    make(stack);
    const { diagnostics } = inspectApp(app);
    const hints = diagnostics.map(({ code, severity, detail }) => [code, severity, detail?.split("\n")[0]]);
    const text = `Did you mean ${meant ?? ""}? Case and signs count.`;
    expect(hints).toEqual(meant === undefined ? [] : [["IEC2027", "warning", text]]);
  });

  test("is told of a service's places, too", () => {
    const network = newNetwork();
    serviceOf(network, { coverage: [Coverage.area("South").demand({ count: 1, operator: "chinamobil" })] });
    expect(inspectApp(network.app).diagnostics.map(({ summary }) => summary)).toEqual([
      '"South" is near to a known area, but not the same',
      '"chinamobil" is near to a known operator, but not the same',
    ]);
  });

  test("is told at the line of the user, and hinders nothing", () => {
    const { app, stack } = newStack();
    EdgeSite.byCity(stack, "s", "xian");
    const lines = readFileSync("test/unit/constructs/l2-mistakes.test.ts", "utf8").split("\n");
    const line = lines.findLastIndex((text) => text === '    EdgeSite.byCity(stack, "s", "xian");') + 1;
    const stderr = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    try {
      app.synth();
      expect(stderr.mock.calls.flat().join(""))
        .toBe(`Warning IEC2027: "xian" is near to a known city, but not the same
  construct:  edge/s/sites
  attribute:  city
  written at: test/unit/constructs/l2-mistakes.test.ts:${line}
  Did you mean "xi'an"? Case and signs count.
  Known: beijing, changsha, chengdu, chongqing, guangzhou, hangzhou, harbin, jinan, nanjing, shenyang, shijiazhuang, tianjin, wuhan, xi'an, zhengzhou, zhongshan.
  The list of the cloud may be longer: the plan decides by that.

1 warning.
`);
    } finally {
      stderr.mockRestore();
    }
    expect(readFileSync(`${app.outdir}/stacks/edge/cdk.tf.json`, "utf8")).toContain('"xian"');
    expect(process.exitCode).toBeUndefined();
  });
});
