import { parseCidr } from "../cidr.js";
import type { Cloud } from "../cloud.js";
import { badParameter, codes, notFound, Refusal } from "../errors.js";
import type { AddressPair, Port } from "../model.js";
import { type Call, fits, noContent, ok, type Operations, page, param, text } from "../operation.js";
import { checkAddress, freeAddresses } from "./addresses.js";
import { vipOwner } from "./subnets.js";

export function viewPort(cloud: Cloud, port: Port): object {
  const { ip_address, ...own } = port;
  const subnet = cloud.tables.subnets.get(port.network_id);
  return {
    ...own,
    admin_state_up: true,
    fixed_ips: [{ subnet_id: subnet?.neutron_subnet_id ?? port.network_id, ip_address }],
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
  if (key === "ip_address") return port.ip_address === value;
  return key === "subnet_id" && cloud.tables.subnets.get(port.network_id)?.neutron_subnet_id === value;
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
    const input = (call.body as { port: { network_id: string; fixed_ips?: { ip_address?: string }[] } }).port;
    const subnet = cloud.tables.subnets.get(input.network_id);
    if (!subnet) throw badParameter("network_id", `there is no subnet ${input.network_id}`);
    const wanted = input.fixed_ips?.[0]?.ip_address;
    if (wanted) checkAddress(cloud, subnet, wanted);
    const port = cloud.tables.ports.add(
      {
        id: cloud.newId(),
        name: "",
        status: "BUILD",
        mac_address: cloud.random.mac(),
        network_id: subnet.id,
        ip_address: wanted ?? freeAddresses(cloud, subnet, 1)[0] ?? "",
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
    cloud.tables.ports.end(port.id, cloud.now);
    return noContent;
  },
};
