import { parseCidr } from "../cidr.js";
import type { Cloud } from "../cloud.js";
import { badParameter, codes, notFound, Refusal } from "../errors.js";
import type { AddressPair, Port, Subnet } from "../model.js";
import { type Call, fits, noContent, ok, type Operations, page, param, text, without } from "../operation.js";
import { checkAddress, freeAddresses } from "./addresses.js";
import { checkIpv6Address, freeIpv6Address } from "./ipv6.js";
import { vipOwner } from "./subnets.js";

/** Its addresses with the native subnet ids of their family. */
function fixedIps(cloud: Cloud, port: Port): { subnet_id: string; ip_address: string }[] {
  const subnet = cloud.tables.subnets.get(port.network_id);
  return [port.ip_address, port.ipv6_address].flatMap((ip_address) => {
    if (ip_address === undefined) return [];
    const native = ip_address.includes(":") ? subnet?.neutron_subnet_id_v6 : subnet?.neutron_subnet_id;
    return [{ subnet_id: native ?? port.network_id, ip_address }];
  });
}

export function viewPort(cloud: Cloud, port: Port): object {
  return {
    ...without(port, "ip_address", "ipv6_address"),
    admin_state_up: true,
    fixed_ips: fixedIps(cloud, port),
    extra_dhcp_opts: [],
    dns_assignment: [],
    dns_name: "",
    "binding:profile": {},
    "binding:vnic_type": "normal",
  };
}

/** Refuses address pairs that the cloud does not take: `0.0.0.0/0`, and what is no address. */
export function checkPairs(pairs: readonly AddressPair[]): void {
  for (const { ip_address } of pairs) {
    if (ip_address === "0.0.0.0/0" || (!parseCidr(ip_address, false) && !ip_address.includes(":"))) {
      throw badParameter("allowed_address_pairs", `${ip_address} is not allowed`);
    }
  }
}

/** Refuses a security group that does not exist. */
export function checkGroups(cloud: Cloud, ids: readonly string[]): void {
  const absent = ids.find((id) => !cloud.tables.security_groups.get(id));
  if (absent !== undefined) throw badParameter("security_groups", `there is no group ${absent}`);
}

function shown(cloud: Cloud, call: Call): Port {
  const id = param(call, "port_id");
  const port = cloud.tables.ports.show(id);
  if (!port) throw notFound("port", id);
  return port;
}

/** Whether a port has the address or subnet of an entry such as `ip_address=10.0.0.5`. */
function hasFixedIp(cloud: Cloud, port: Port, entry: string): boolean {
  const [key, value] = entry.split("=");
  if (key !== "ip_address" && key !== "subnet_id") return false;
  return fixedIps(cloud, port).some((address) => address[key] === value);
}

interface VipInput {
  network_id: string;
  fixed_ips?: { subnet_id?: string; ip_address?: string }[];
}

/** The address of a new virtual IP: an IPv6 one when the request names the subnet's native IPv6 id. */
function vipAddress(
  cloud: Cloud,
  subnet: Subnet,
  wanted: { subnet_id?: string; ip_address?: string },
): string {
  const { subnet_id = subnet.neutron_subnet_id, ip_address: address } = wanted;
  const v6 = subnet_id === subnet.neutron_subnet_id_v6;
  if (!v6 && subnet_id !== subnet.neutron_subnet_id)
    throw badParameter("fixed_ips.subnet_id", `${subnet_id} is no native id of subnet ${subnet.id}`);
  if (!address) return v6 ? freeIpv6Address(cloud, subnet) : (freeAddresses(cloud, subnet, 1)[0] ?? "");
  if (v6) checkIpv6Address(cloud, subnet, address);
  else checkAddress(cloud, subnet, address);
  return address;
}

export const portOperations: Operations = {
  ListPorts: (cloud, call) => {
    const { fixed_ips, admin_state_up } = call.query;
    if (admin_state_up === false)
      throw new Refusal(400, codes.badQuery, "admin_state_up: only true is supported.");
    const equal = ["network_id", "id", "name", "mac_address", "device_id", "device_owner", "status"] as const;
    const [group, entries] = [text(call, "security_groups"), Array.isArray(fixed_ips) ? fixed_ips : []];
    const found = cloud.tables.ports.list(
      (port) =>
        equal.every((key) => fits(text(call, key), port[key])) &&
        (group === undefined || port.security_groups.includes(group)) &&
        entries.every((entry: string) => hasFixedIp(cloud, port, entry)),
    );
    return ok({ ports: page(call, found).map((port) => viewPort(cloud, port)), count: found.length });
  },

  /** Only virtual IPs can be made by users. */
  CreatePort: (cloud, call) => {
    const { network_id, fixed_ips } = (call.body as { port: VipInput }).port;
    const subnet = cloud.tables.subnets.get(network_id);
    if (!subnet || cloud.tables.subnets.ending(network_id))
      throw badParameter("network_id", `there is no subnet ${network_id}`);
    const ip_address = vipAddress(cloud, subnet, fixed_ips?.[0] ?? {});
    const port = cloud.tables.ports.add(
      {
        id: cloud.newId(),
        name: "",
        status: "BUILD",
        mac_address: cloud.random.mac(),
        network_id: subnet.id,
        ip_address,
        device_id: "",
        device_owner: vipOwner,
        security_groups: [],
        allowed_address_pairs: [],
        site_id: subnet.site_id,
      },
      { steps: [{ at: cloud.after("portBuild"), patch: { status: "DOWN" } }] },
    );
    return ok({ port: viewPort(cloud, port) });
  },

  ShowPort: (cloud, call) => ok({ port: viewPort(cloud, shown(cloud, call)) }),

  UpdatePort: (cloud, call) => {
    const port = shown(cloud, call);
    const input = (call.body as { port: Partial<Pick<Port, "security_groups" | "allowed_address_pairs">> })
      .port;
    checkGroups(cloud, input.security_groups ?? []);
    checkPairs(input.allowed_address_pairs ?? []);
    Object.assign(port, input);
    return ok({ port: viewPort(cloud, port) });
  },

  DeletePort: (cloud, call) => {
    const port = shown(cloud, call);
    if (port.device_owner !== vipOwner)
      throw new Refusal(400, codes.portInUse, "Only a virtual IP can be deleted.");
    const ip = cloud.tables.publicips.find((candidate) => candidate.port_id === port.id);
    if (ip) throw new Refusal(409, codes.portInUse, `The port ${port.id} is bound to the EIP ${ip.id}.`);
    if (port.ipv6_bandwidth_id !== undefined) {
      const bandwidth = `the IPv6 bandwidth ${port.ipv6_bandwidth_id}`;
      throw new Refusal(409, codes.portInUse, `The port ${port.id} is bound to ${bandwidth}.`);
    }
    cloud.tables.ports.end(port.id, cloud.now);
    return noContent;
  },
};
