import { bool, element, list, string, type StateOf } from "../../schema/attributes.js";
import type { components } from "../../schema/generated/iec-api.js";
import type { Api } from "../client/index.js";
import { defineDataSource, emptyAsNull, sent } from "../resources/define.js";
import { byName, fits, type Asked } from "./common.js";

/** What a port tells of itself. */
export const portShape = {
  id: string({ computed: true, description: "Id of the port." }),
  name: string({ computed: true, description: "Name." }),
  subnet_id: string({ computed: true, description: "Id of the subnet." }),
  site_id: string({ computed: true, description: "Id of the edge site." }),
  fixed_ip: string({ computed: true, description: "First private address." }),
  fixed_ips: list({
    computed: true,
    element: element.string({}),
    description: "Every private address, IPv6 included.",
  }),
  mac_address: string({ computed: true, description: "MAC address." }),
  device_id: string({ computed: true, description: "Id of the server it belongs to." }),
  device_owner: string({
    computed: true,
    description: "What it belongs to: `neutron:VIP_PORT` for a virtual IP, `compute:...` for a NIC.",
  }),
  status: string({ computed: true, description: "ACTIVE, BUILD or DOWN (usual for a virtual IP)." }),
  admin_state_up: bool({ computed: true, description: "Whether the port is enabled." }),
  security_groups: list({
    computed: true,
    element: element.string({}),
    description: "Ids of the security groups it is a member of.",
  }),
  allowed_addresses: list({
    computed: true,
    element: element.string({}),
    description: "Further addresses it may send from.",
  }),
};
const attributes = {
  name: string({ optional: true, description: "Only ports of exactly this name." }),
  subnet_id: string({ optional: true, description: "Only ports of this subnet." }),
  site_id: string({ optional: true, description: "Only ports in this edge site." }),
  fixed_ip: string({ optional: true, description: "Only ports with this private address." }),
  mac_address: string({ optional: true, description: "Only the port of this MAC address." }),
  device_id: string({ optional: true, description: "Only ports of this server." }),
  device_owner: string({
    optional: true,
    description: "Only ports of this kind of owner, such as `neutron:VIP_PORT`.",
  }),
  status: string({
    optional: true,
    enum: ["ACTIVE", "BUILD", "DOWN"],
    description: "Only ports of this status.",
  }),
  security_group_id: string({ optional: true, description: "Only members of this security group." }),
  ports: list({
    computed: true,
    element: element.object(portShape),
    description: "The ports, ordered by name, then id.",
  }),
};

export const portFromApi = (port: components["schemas"]["Port"]): StateOf<typeof portShape> => {
  const addresses = (port.fixed_ips ?? []).flatMap(({ ip_address }) => ip_address ?? []);
  return {
    id: port.id ?? null,
    name: emptyAsNull(port.name) ?? null,
    subnet_id: port.network_id ?? null,
    site_id: port.site_id ?? null,
    fixed_ip: addresses[0] ?? null,
    fixed_ips: addresses,
    mac_address: port.mac_address ?? null,
    device_id: emptyAsNull(port.device_id) ?? null,
    device_owner: emptyAsNull(port.device_owner) ?? null,
    status: port.status ?? null,
    admin_state_up: port.admin_state_up ?? null,
    security_groups: [...(port.security_groups ?? [])].sort(),
    allowed_addresses: (port.allowed_address_pairs ?? []).map((pair) => pair.ip_address),
  };
};

interface Filters {
  readonly id: string | null;
  readonly name: string | null;
  readonly subnet_id: string | null;
  readonly site_id: string | null;
  readonly mac_address: string | null;
  readonly device_id: string | null;
  readonly device_owner: string | null;
  readonly status: "ACTIVE" | "BUILD" | "DOWN" | null;
}
interface Members {
  readonly fixed_ip?: string | null | undefined;
  readonly security_group_id?: string | null | undefined;
}

export async function findPorts(
  { fixed_ip, security_group_id, ...asked }: Asked<Filters> & Members,
  api: Api,
) {
  const { id, name, subnet_id, mac_address, device_id, device_owner, status } = asked;
  const found = await api.list("/v1/ports", {
    ...sent({
      id,
      name,
      mac_address,
      device_id,
      device_owner,
      status,
      network_id: subnet_id,
      security_groups: security_group_id,
    }),
    ...(fixed_ip ? { fixed_ips: [`ip_address=${fixed_ip}`] } : {}),
  });
  const has = (items: readonly string[] | null, wanted: string | null | undefined) =>
    !wanted || (items ?? []).includes(wanted);
  return found
    .map(portFromApi)
    .filter(fits(asked))
    .filter((port) => has(port.fixed_ips, fixed_ip) && has(port.security_groups, security_group_id))
    .sort(byName);
}

/** NICs of servers and virtual IPs. */
export const ports = defineDataSource({
  type: "iec_ports",
  description: "Ports: the NICs of servers, and virtual IPs.",
  attributes,
  api: ["GET /v1/ports"],
  async read({ ports: _told, ...asked }, api) {
    return { ports: await findPorts(asked, api) };
  },
});
