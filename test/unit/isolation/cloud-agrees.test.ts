import { beforeAll, describe, expect, test } from "vitest";
import {
  addGroup,
  addServer,
  addSubnet,
  addVpc,
  asText,
  createWorld,
  ids,
  serverBody,
  siteId,
  type Reply,
  type World,
} from "../simulator/harness.js";

/** What a rule of severity error refuses, sent all the same: the simulated cloud refuses it too, and takes what is right. */

let world: World;
/** Ids of what the rows name. */
const made: Record<string, string> = {};
const of = (name: string): string => made[name] ?? "";

/** `200`, or the status with the reason. */
const verdict = ({ status, body }: Reply): string =>
  body["error_msg"] === undefined ? String(status) : `${status} ${asText(body["error_msg"])}`;

async function post(path: string, body: object): Promise<string> {
  const reply = verdict(await world.call("POST", path, body));
  world.pass(2_000);
  return reply;
}
async function create(path: string, wrapper: string, body: object): Promise<string> {
  const reply = await world.call("POST", path, body);
  world.pass(2_000);
  return asText(reply.body[wrapper]!["id"]);
}

beforeAll(async () => {
  world = createWorld();
  made["xa"] = await siteId(world, "xi'an");
  made["a"] = await addVpc(world, "a", "10.0.0.0/16");
  made["b"] = await addVpc(world, "b", "10.1.0.0/16");
  made["system"] = await addVpc(world, "system", "172.16.0.0/16", "SYSTEM");
  made["a_gz"] = await addSubnet(world, of("a"), "10.0.0.0/24");
  made["a_xa"] = await addSubnet(world, of("a"), "10.0.1.0/24", of("xa"));
  made["b_gz"] = await addSubnet(world, of("b"), "10.1.0.0/24");
  made["server"] = await addServer(world, { vpc: of("a"), subnets: [of("a_gz")] });
  made["other"] = await addServer(world, { vpc: of("b"), subnets: [of("b_gz")] });
  const { body } = await world.call("GET", `/v1/ports?device_id=${of("server")}`);
  made["port"] = asText(body["ports"]![0]!["id"]);
  made["group"] = await addGroup(world);
  made["table"] = await create("/v1/routetables", "routetable", {
    routetable: { name: "t", vpc_id: of("a") },
  });
  made["acl"] = await create("/v1/firewalls", "firewall", { firewall: { name: "acl" } });
  const eip = (site_id: string) => create("/v1/publicips", "publicip", { publicip: { site_id } });
  [made["eip"], made["eip2"], made["far"]] = [
    await eip(ids.guangzhou),
    await eip(ids.guangzhou),
    await eip(of("xa")),
  ];
  const read = await world.call("GET", `/v1/publicips/${of("eip")}`);
  made["bandwidth"] = asText(read.body["publicip"]!["bandwidth_id"]);
});

const subnet = (cidr: string, gateway_ip: string, more: object = {}) =>
  post("/v1/subnets", {
    subnet: { name: "s", cidr, gateway_ip, vpc_id: of("a"), site_id: ids.guangzhou, ...more },
  });
const vpc = (name: string, cidr: string) => post("/v1/vpcs", { vpc: { name, cidr, mode: "CUSTOMER" } });
const instance = (subnets: string, site: string) =>
  post("/v1/cloudservers", serverBody({ vpc: of("a"), subnets: [of(subnets)], site }));
const nics = (subnet_id: string, nic_num = 1) =>
  post(`/v1/cloudservers/${of("server")}/nics`, {
    vpc_id: of("a"),
    subnet_id: of(subnet_id),
    nic_num,
    security_groups: [{ id: of("group") }],
  });
const bind = async (eip: string) =>
  verdict(await world.call("PUT", `/v1/publicips/${of(eip)}`, { publicip: { port_id: of("port") } }));
const acl = async (vpc_id: string) =>
  verdict(
    await world.call("PUT", `/v1/firewalls/${of("acl")}`, {
      firewall: { name: "acl", subnets: [{ id: of("a_gz"), vpc_id: of(vpc_id) }] },
    }),
  );
const associate = (...subnets: string[]) =>
  post(`/v1/routetables/${of("table")}/associate-subnets`, { subnet_ids: subnets.map(of) });
const route = (destination: string, hop: string) =>
  post(`/v1/routetables/${of("table")}/add-routes`, {
    routes: [{ type: "ecs", destination, nexthop: of(hop) }],
  });
const vip = (ip_address: string) =>
  post("/v1/ports", {
    port: {
      device_owner: "neutron:VIP_PORT",
      network_id: of("a_gz"),
      fixed_ips: [{ ip_address }],
    },
  });
const plan = (name: string, vpc_id: string) =>
  post("/v1/deployments", {
    edgecloud: {
      name,
      coverage: {
        coverage_level: "city",
        coverage_policy: "centralize",
        coverage_sites: [{ site: "guangzhou", demands: [{ demand_count: 1 }] }],
      },
      stack: {
        name: "s",
        resources: [
          {
            name: "web",
            image_ref: ids.ubuntu,
            flavor_ref: "c6.large.2",
            net_config: { vpc_id: of(vpc_id), nic_num: 1 },
            root_volume: { size: 40, volume_type: "SAS" },
            count: 1,
          },
        ],
      },
    },
  });
const eipOn = (site_id: string, bandwidth: string) =>
  post("/v1/publicips", { publicip: { site_id }, bandwidth: { id: of(bandwidth) } });

type Row = readonly [code: string, what: string, call: () => Promise<string>, expected: RegExp];
const TAKEN = /^20[024]$/;
/** In this order: what is refused has no effect, what is taken has. */
const rows: readonly Row[] = [
  ["IEC1001", "a NIC in another VPC", () => nics("b_gz"), /another VPC/],
  ["IEC1002", "a NIC in another site", () => nics("a_xa"), /is at/],
  [
    "IEC1002",
    "a server in another site than its subnet",
    () => instance("a_xa", ids.guangzhou),
    /net_config\.subnets/,
  ],
  ["IEC1002", "a server in the site of its subnet", () => instance("a_gz", ids.guangzhou), TAKEN],
  ["IEC1004", "a subnet outside of the VPC", () => subnet("10.9.0.0/24", "10.9.0.1"), /cidr/],
  ["IEC1005", "an overlapping subnet", () => subnet("10.0.0.128/25", "10.0.0.129"), /overlaps/],
  [
    "IEC1006",
    "a subnet of a SYSTEM VPC",
    () => subnet("172.16.0.0/24", "172.16.0.1", { vpc_id: of("system") }),
    /No right/,
  ],
  ["IEC1007", "an EIP of another site", () => bind("far"), /the port is at/],
  ["IEC1012", "eight more NICs", () => nics("a_gz", 8), /at most 8/],
  ["IEC1012", "seven more NICs", () => nics("a_gz", 7), TAKEN],
  ["IEC1013", "the first EIP", () => bind("eip"), TAKEN],
  ["IEC1013", "a second EIP on the port", () => bind("eip2"), /has the EIP/],
  ["IEC1016", "an ACL's subnet with another VPC", () => acl("b"), /not one of VPC/],
  ["IEC1016", "an ACL's subnet with its VPC", () => acl("a"), TAKEN],
  ["IEC1016", "a table's subnet of another VPC", () => associate("b_gz"), /has no subnet/],
  ["IEC1016", "a table's subnet of its VPC", () => associate("a_gz"), TAKEN],
  ["IEC1023", "a next hop in another VPC", () => route("8.8.0.0/16", "other"), /has no instance/],
  ["IEC1023", "a next hop in the VPC", () => route("8.8.0.0/16", "server"), TAKEN],
  ["IEC1025", "a route into a subnet", () => route("10.0.1.0/24", "server"), /system route/],
  ["IEC1025", "a route around the subnets", () => route("10.0.0.0/8", "server"), TAKEN],
  ["IEC1026", "a destination again", () => route("8.8.0.0/16", "server"), /exists already/],
  ["IEC1027", "a gateway outside", () => subnet("10.0.9.0/24", "10.0.0.1"), /gateway_ip/],
  ["IEC1027", "a gateway inside", () => subnet("10.0.9.0/24", "10.0.9.1"), TAKEN],
  ["IEC1028", "an address outside", () => vip("10.0.1.10"), /ip_address/],
  ["IEC1028", "an address inside", () => vip("10.0.0.100"), TAKEN],
  ["IEC1028", "an address again", () => vip("10.0.0.100"), /in use/],
  ["IEC1029", "an edge service in a CUSTOMER VPC", () => plan("cdn", "a"), /net_config\.vpc_id/],
  ["IEC1029", "an edge service in a SYSTEM VPC", () => plan("cdn", "system"), TAKEN],
  ["IEC1030", "a bandwidth of another site", () => eipOn(of("xa"), "bandwidth"), /belongs to line/],
  ["IEC1030", "a bandwidth of the site", () => eipOn(ids.guangzhou, "bandwidth"), TAKEN],
  ["IEC1032", "a VPC of a public range", () => vpc("public", "8.8.0.0/16"), /cidr/],
  ["IEC1032", "a VPC of /25", () => vpc("small", "10.5.0.0/25"), /cidr/],
  ["IEC1032", "a VPC of /24", () => vpc("right", "192.168.7.0/24"), TAKEN],
  ["IEC1032", "a subnet of /29", () => subnet("10.0.8.0/29", "10.0.8.1"), /cidr/],
  ["IEC1032", "a subnet of /28", () => subnet("10.0.8.0/28", "10.0.8.1"), TAKEN],
];

describe("the cloud agrees", () => {
  test.each(rows)("%s: %s", async (_code, _what, call, expected) => {
    const answer = await call();
    expect(answer).toMatch(expected);
    expect(answer.startsWith("2")).toBe(expected === TAKEN);
  });
});
