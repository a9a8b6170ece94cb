import { findSite, offers, openSite, type Site } from "../catalog.js";
import type { Cloud } from "../cloud.js";
import { badParameter, codes, notFound, Refusal } from "../errors.js";
import type { AddressPair, Bandwidth, Port, Server, Subnet, Vpc } from "../model.js";
import { type Call, ok, type Operations, param } from "../operation.js";
import type { Life } from "../store.js";
import { freeAddresses } from "./addresses.js";
import { chooseIpv6Bandwidth, freeIpv6Address } from "./ipv6.js";
import { checkGroups } from "./ports.js";
import { defaultGroupId } from "./security-groups.js";
import { systemSubnet } from "./system-subnets.js";

/** A network card to be made, as the request describes it. */
export interface Nic {
  readonly subnet: Subnet;
  readonly pairs: AddressPair[];
  /** Whether it has an IPv6 address too. */
  readonly ipv6?: boolean | undefined;
  readonly ipv6Bandwidth?: (() => Bandwidth) | undefined;
}
export interface NicDraft extends Nic {
  readonly address: string;
  readonly groups: readonly string[];
}

const mostNics = 8;

export function checkNicCount(count: number, parameter: string): void {
  if (count > mostNics) throw badParameter(parameter, `an instance has at most ${mostNics} network cards`);
}

/** The subnet of the id, when a card at the site and in the VPC can have it. */
export function nicSubnet(
  cloud: Cloud,
  site: Site,
  vpcId: string,
  id: string,
  ipv6: boolean | undefined,
  parameter: string,
): Subnet {
  const refuse = (reason: string): Error => badParameter(parameter, reason);
  const subnet = cloud.tables.subnets.get(id);
  if (!subnet || cloud.tables.subnets.ending(id)) throw refuse(`there is no subnet ${id}`);
  if (subnet.vpc_id !== vpcId) throw refuse(`subnet ${subnet.name} belongs to another VPC`);
  if (subnet.site_id !== site.id) {
    const home = findSite(subnet.site_id)?.name ?? "another site";
    throw refuse(`subnet ${subnet.name} is at ${home}, not ${site.name}`);
  }
  if (subnet.status !== "ACTIVE") throw refuse(`subnet ${subnet.name} is ${subnet.status}, not ACTIVE`);
  if (ipv6 && !subnet.ipv6_enable) throw refuse(`subnet ${subnet.name} has no IPv6`);
  return subnet;
}

export function addNic(cloud: Cloud, server: Server, nic: NicDraft, life: Life<Port>): Port {
  return cloud.tables.ports.add(
    {
      id: cloud.newId(),
      name: "",
      status: "BUILD",
      mac_address: cloud.random.mac(),
      network_id: nic.subnet.id,
      ip_address: nic.address,
      device_id: server.id,
      device_owner: `compute:${offers(server.site_id).availability_zone}`,
      security_groups: [...nic.groups],
      allowed_address_pairs: nic.pairs,
      site_id: server.site_id,
      ...(nic.ipv6 ? { ipv6_address: freeIpv6Address(cloud, nic.subnet) } : {}),
      ...(nic.ipv6Bandwidth ? { ipv6_bandwidth_id: nic.ipv6Bandwidth().id } : {}),
    },
    life,
  );
}

interface AddNicsInput {
  vpc_id: string;
  subnet_id?: string;
  nic_num: number;
  security_groups: { id: string }[];
  ipv6_enable?: boolean;
  ipv6_bandwidth?: { id?: string };
}

function shown(cloud: Cloud, call: Call): Server {
  const id = param(call, "instance_id");
  const server = cloud.tables.servers.show(id);
  if (!server) throw notFound("instance", id);
  if (!["ACTIVE", "SHUTOFF"].includes(server.status) || cloud.tables.servers.ending(id))
    throw badParameter("instance_id", `the instance is ${server.status}, not ACTIVE or SHUTOFF`);
  return server;
}

const nicsOf = (cloud: Cloud, server: Server): Port[] =>
  [...cloud.tables.ports.all()].filter((port) => port.device_id === server.id);

/** The subnet that the request names; in a SYSTEM VPC the system has one ready, or makes it. */
function chosenSubnet(cloud: Cloud, site: Site, vpc: Vpc, input: AddNicsInput): Subnet {
  const { subnet_id, nic_num, ipv6_enable } = input;
  if (subnet_id) return nicSubnet(cloud, site, vpc.id, subnet_id, ipv6_enable, "subnet_id");
  if (vpc.mode === "CUSTOMER") throw badParameter("subnet_id", "it is needed in a CUSTOMER VPC");
  if (ipv6_enable) throw badParameter("ipv6_enable", "name a subnet with IPv6");
  return systemSubnet(cloud, vpc, site, nic_num);
}

/** Refuses to take a card that something else needs. */
function checkRemovable(cloud: Cloud, first: Port | undefined, port: Port): void {
  if (port === first)
    throw new Refusal(400, codes.portInUse, `The first network card ${port.id} stays with its instance.`);
  const ip = cloud.tables.publicips.find((candidate) => candidate.port_id === port.id);
  const user = ip ? `EIP ${ip.id}` : port.ipv6_bandwidth_id && `IPv6 bandwidth ${port.ipv6_bandwidth_id}`;
  if (user) throw new Refusal(409, codes.portInUse, `The port ${port.id} is bound to the ${user}.`);
}

export const nicOperations: Operations = {
  /** The cards are there after a while: in the instance's addresses, in the list of ports. */
  AddNics: (cloud, call) => {
    const server = shown(cloud, call);
    const input = call.body as AddNicsInput;
    const vpc = cloud.tables.vpcs.get(input.vpc_id);
    if (vpc?.id !== server.vpc_id)
      throw badParameter("vpc_id", `the instance is in VPC ${server.vpc_id}, not ${input.vpc_id}`);
    checkNicCount(nicsOf(cloud, server).length + input.nic_num, "nic_num");
    const groups = input.security_groups.map(({ id }) => id);
    checkGroups(cloud, groups);
    const site = openSite(server.site_id, "instance_id");
    const subnet = chosenSubnet(cloud, site, vpc, input);
    const nic = {
      subnet,
      pairs: [],
      groups: groups.length > 0 ? groups : [defaultGroupId],
      ipv6: input.ipv6_enable,
      ipv6Bandwidth:
        input.ipv6_enable && input.ipv6_bandwidth
          ? chooseIpv6Bandwidth(cloud, site, subnet, input.ipv6_bandwidth)
          : undefined,
    };
    const at = cloud.after("nicAttach");
    for (const address of freeAddresses(cloud, subnet, input.nic_num)) {
      const life = { shownAt: at, listedAt: at, steps: [{ at, patch: { status: "ACTIVE" as const } }] };
      addNic(cloud, server, { ...nic, address }, life);
    }
    return ok({ job_id: cloud.newId() });
  },

  /** All of the cards go, after a while, or none. */
  DeleteNics: (cloud, call) => {
    const server = shown(cloud, call);
    const own = nicsOf(cloud, server);
    const leaving = (call.body as { nics: { id: string }[] }).nics.map(({ id }) => {
      const port = own.find((candidate) => candidate.id === id);
      if (!port) throw notFound("network card", id);
      checkRemovable(cloud, own[0], port);
      return port;
    });
    for (const port of leaving) cloud.tables.ports.end(port.id, cloud.after("nicDetach"));
    return ok({ job_id: cloud.newId() });
  },
};
