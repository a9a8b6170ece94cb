import { formatIpv4, parseIpv4 } from "../cidr.js";
import type { Cloud } from "../cloud.js";
import { badParameter } from "../errors.js";
import type { Subnet } from "../model.js";
import { rangeOf } from "./ranges.js";

/** Whether a port may have the address: not the first, the last, the gateway or the DHCP server (last but one). */
function usable(subnet: Subnet): (address: number) => boolean {
  const { first, last } = rangeOf(subnet.cidr);
  const gateway = parseIpv4(subnet.gateway_ip);
  return (address) =>
    address > first && address < last && address !== gateway && !(subnet.dhcp_enable && address === last - 1);
}

function takenIn(cloud: Cloud, subnet: Subnet): Set<number> {
  const taken = new Set<number>();
  for (const port of cloud.tables.ports.all()) {
    if (port.network_id === subnet.id) taken.add(parseIpv4(port.ip_address) ?? 0);
  }
  return taken;
}

/** Up to `count` free addresses of the subnet, the lowest first. */
function findAddresses(cloud: Cloud, subnet: Subnet, count: number): string[] {
  const range = rangeOf(subnet.cidr);
  const taken = takenIn(cloud, subnet);
  const fit = usable(subnet);
  const found: string[] = [];
  for (let address = range.first; address <= range.last && found.length < count; address += 1) {
    if (fit(address) && !taken.has(address)) found.push(formatIpv4(address));
  }
  return found;
}

export function hasFreeAddresses(cloud: Cloud, subnet: Subnet, count: number): boolean {
  return findAddresses(cloud, subnet, count).length === count;
}

/** The lowest free addresses of the subnet; refuses when there are not enough. */
export function freeAddresses(cloud: Cloud, subnet: Subnet, count: number): string[] {
  const found = findAddresses(cloud, subnet, count);
  if (found.length < count)
    throw badParameter("subnet", `subnet ${subnet.name} (${subnet.cidr}) has no free address left`);
  return found;
}

/** Refuses an address that a port of the subnet cannot have. */
export function checkAddress(cloud: Cloud, subnet: Subnet, address: string): void {
  const value = parseIpv4(address);
  if (value === undefined || !usable(subnet)(value)) {
    throw badParameter("ip_address", `${address} is not a free address of ${subnet.cidr}`);
  }
  if (takenIn(cloud, subnet).has(value)) throw badParameter("ip_address", `${address} is in use`);
}
