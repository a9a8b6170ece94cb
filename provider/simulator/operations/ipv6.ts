import { findSite, type Line, type Site } from "../catalog.js";
import type { Cloud } from "../cloud.js";
import { badParameter, codes, notFound, Refusal } from "../errors.js";
import type { Bandwidth, Port, Subnet } from "../model.js";
import { type Call, noContent, ok, type Operations, param } from "../operation.js";
import { type BandwidthChoice, chooseBandwidth } from "./bandwidths.js";

/** First number that ports get; lower ones stay with the network. */
const firstNumber = 0x10;

const isIpv6 = (port: Port): boolean => port.ipv6_address !== undefined || port.ip_address.includes(":");

/** The IPv6 address of a number in the subnet's block. */
function addressOf(subnet: Subnet, number: number): string {
  return (subnet.cidr_v6 ?? "").replace(/::\/64$/, `::${number.toString(16)}`);
}

/** The lowest free IPv6 address of a subnet that has IPv6. */
export function freeIpv6Address(cloud: Cloud, subnet: Subnet): string {
  const taken = new Set<string | undefined>();
  for (const port of cloud.tables.ports.all()) taken.add(port.ip_address).add(port.ipv6_address);
  let number = firstNumber;
  while (taken.has(addressOf(subnet, number))) number += 1;
  return addressOf(subnet, number);
}

/** Refuses an IPv6 address that a port of the subnet cannot have. */
export function checkIpv6Address(cloud: Cloud, subnet: Subnet, address: string): void {
  const prefix = addressOf(subnet, 0).replace(/0$/, "");
  const rest = address.startsWith(prefix) ? address.slice(prefix.length) : "";
  if (!/^[0-9a-f]{1,4}$/.test(rest) || Number.parseInt(rest, 16) < firstNumber)
    throw badParameter("ip_address", `${address} is not a free address of ${subnet.cidr_v6 ?? ""}`);
  if (cloud.tables.ports.find((port) => [port.ip_address, port.ipv6_address].includes(address)))
    throw badParameter("ip_address", `${address} is in use`);
}

function lineOf(site: Site, subnet: Subnet): Line {
  const line = site.pools.find((pool) => pool.id === subnet.pool_id);
  if (!line) throw badParameter("ipv6_enable", `subnet ${subnet.name} has no IPv6 line`);
  return line;
}

/** Checks the choice against the subnet's IPv6 line; the result makes or finds the bandwidth. */
export function chooseIpv6Bandwidth(
  cloud: Cloud,
  site: Site,
  subnet: Subnet,
  choice: BandwidthChoice,
): () => Bandwidth {
  return chooseBandwidth(cloud, site, lineOf(site, subnet), choice);
}

function shown(cloud: Cloud, call: Call): Port {
  const id = param(call, "vport_id");
  const port = cloud.tables.ports.show(id);
  if (!port) throw notFound("port", id);
  return port;
}

export const ipv6Operations: Operations = {
  AttachVipBandwidth: (cloud, call) => {
    const port = shown(cloud, call);
    const { bandwidth_id: id } = call.body as { bandwidth_id: string };
    const subnet = cloud.tables.subnets.get(port.network_id);
    const site = findSite(port.site_id);
    if (!isIpv6(port) || !subnet || !site)
      throw badParameter("vport_id", `port ${port.id} has no IPv6 address`);
    if (port.ipv6_bandwidth_id !== undefined && port.ipv6_bandwidth_id !== id) {
      const other = `The port ${port.id} has the IPv6 bandwidth ${port.ipv6_bandwidth_id} already.`;
      throw new Refusal(400, codes.portInUse, other);
    }
    if (port.ipv6_bandwidth_id !== id)
      port.ipv6_bandwidth_id = chooseIpv6Bandwidth(cloud, site, subnet, { id })().id;
    return ok({ vport: { port_id: port.id, ipv6_bandwidth_id: id } });
  },

  DetachVipBandwidth: (cloud, call) => {
    const port = shown(cloud, call);
    if (port.ipv6_bandwidth_id === undefined) throw notFound("IPv6 bandwidth of port", port.id);
    delete port.ipv6_bandwidth_id;
    return noContent;
  },
};
