import { element, id, list, number, string, type ObservedOf } from "../../schema/attributes.js";
import { DiagnosticError, errorDiagnostic, type Diagnostic } from "../../schema/diagnostics.js";
import { formats } from "../../schema/json-schema.js";
import type { ObjectValue } from "../../schema/unknown.js";
import type { Api } from "../client/index.js";
import { NETWORK_TIMEOUTS } from "./common.js";
import { defineResource, emptyAsNull, told } from "./define.js";
import { addressOf, allowedBy, bind, boundTo, VIP_OWNER, type Port } from "./vip-binding.js";

const attributes = {
  id: id("Id of the virtual IP, which is a port: EIPs are bound to it."),
  subnet_id: string({
    required: true,
    requiresReplace: true,
    ref: ["iec_vpc_subnet"],
    description: "Id of the subnet the address belongs to.",
  }),
  ip_version: number({
    optional: true,
    computed: true,
    requiresReplace: true,
    integer: true,
    minimum: 4,
    maximum: 6,
    description:
      "IP version, 4 or 6; that of `ip_address`, or 4, when not set. The subnet must have IPv6 for 6.",
  }),
  ip_address: string({
    optional: true,
    computed: true,
    requiresReplace: true,
    normalize: (text) => text.toLowerCase(),
    description: "The address, a free one of the subnet; the cloud chooses when it is not set.",
  }),
  port_ids: list({
    optional: true,
    unordered: true,
    element: element.string({ minLength: 1 }),
    description:
      "Ports of the servers' NICs behind the address, in the same subnet. Their source and destination check is turned off while they are.",
  }),
  security_groups: list({
    optional: true,
    computed: true,
    unordered: true,
    element: element.string({ ref: ["iec_security_group"] }),
    description: "Ids of the security groups of the address.",
  }),
  allowed_addresses: list({
    computed: true,
    changesWith: ["port_ids"],
    element: element.string({}),
    description: "Addresses of the NICs behind it.",
  }),
  mac_address: string({ computed: true, description: "MAC address." }),
  site_id: string({ computed: true, description: "Id of the edge site." }),
  ipv6_bandwidth_id: string({
    computed: true,
    volatile: true,
    description: "Id of the IPv6 bandwidth that makes it public, if any.",
  }),
  status: string({
    computed: true,
    volatile: true,
    description: "DOWN, as a rule: nothing answers by itself.",
  }),
};
type Vip = ObservedOf<typeof attributes> & { readonly id: string };

const versionOf = (address: string | null | undefined): 4 | 6 => (address?.includes(":") === true ? 6 : 4);

/** `ports` are those of the VIP's subnet, or more. */
export function fromApi(port: Port, ports?: readonly Port[]): Vip {
  const address = addressOf(port);
  return {
    id: told(port.id, "the virtual IP's id"),
    subnet_id: port.network_id,
    ip_address: address,
    ip_version: address === undefined ? undefined : versionOf(address),
    port_ids: ports && boundTo(port, ports),
    security_groups: port.security_groups ?? [],
    allowed_addresses: allowedBy(port),
    mac_address: port.mac_address,
    site_id: port.site_id,
    ipv6_bandwidth_id: emptyAsNull(port.ipv6_bandwidth_id) ?? null,
    status: port.status,
  };
}

const pathOf = (state: { readonly id: string | null }) => ({
  path: { port_id: told(state.id, "the virtual IP's id") },
});

/** The subnet by the id that addresses of ports refer to. */
async function nativeSubnet(subnet_id: string, version: 4 | 6, api: Api): Promise<string> {
  const { subnet } = await api.get("/v1/subnets/{subnet_id}", { params: { path: { subnet_id } } });
  if (version === 4) return told(subnet?.neutron_subnet_id, "the native id of the subnet");
  if (subnet?.neutron_subnet_id_v6) return subnet.neutron_subnet_id_v6;
  throw new DiagnosticError(
    errorDiagnostic("IEC2013", "The subnet has no IPv6", {
      path: ["subnet_id"],
      detail: `Subnet ${subnet_id} has IPv4 addresses only. Enable IPv6 in it, or ask for ip_version 4.`,
    }),
  );
}

/** A virtual IP: an address of a subnet that its servers share. */
export const vip = defineResource({
  type: "iec_vip",
  description:
    "A virtual IP: an address of a subnet that several servers share, such as for a failover. An EIP bound to it works once a NIC is behind it.",
  schemaVersion: 0,
  attributes,
  placement: { role: "other", subnets: "subnet_id", port: "port_ids[]" },
  timeouts: NETWORK_TIMEOUTS,
  statuses: { ready: ["DOWN", "ACTIVE"], failed: [] },
  api: [
    "POST /v1/ports",
    "GET /v1/ports/{port_id}",
    "GET /v1/ports",
    "PUT /v1/ports/{port_id}",
    "DELETE /v1/ports/{port_id}",
    "GET /v1/subnets/{subnet_id}",
  ],
  adoptBy: ["subnet_id", "ip_version", "ip_address"],
  // NICs come after the id is saved.
  adoptable: ({ allowed_addresses }) => allowed_addresses?.length === 0,
  // Two virtual IPs may have a NIC in common.
  exclusive: (values) => `ports of subnet ${values.subnet_id ?? ""}`,
  validate: checkAddress,

  async create(plan, api) {
    const address = plan.ip_address ?? undefined;
    const version = plan.ip_version === 6 ? 6 : versionOf(address);
    const fixed_ips =
      address === undefined && version === 4
        ? undefined
        : [
            {
              subnet_id: await nativeSubnet(plan.subnet_id, version, api),
              ...(address === undefined ? {} : { ip_address: address }),
            },
          ];
    const answer = await api.post("/v1/ports", {
      body: {
        port: { device_owner: VIP_OWNER, network_id: plan.subnet_id, ...(fixed_ips && { fixed_ips }) },
      },
    });
    return fromApi(told(answer.port, "the virtual IP"));
  },
  async configure(plan, created, api) {
    if (plan.security_groups) await setGroups(created, plan.security_groups, api);
    const wanted = plan.port_ids ?? [];
    if (wanted.length > 0) await bind(created.id, plan.subnet_id, { wanted }, api);
    return wanted.length > 0 || Boolean(plan.security_groups);
  },
  async read(state, api) {
    const { port } = await api.get("/v1/ports/{port_id}", { params: pathOf(state) });
    if (port?.device_owner !== VIP_OWNER) return undefined;
    const { network_id = "" } = port;
    return fromApi(port, allowedBy(port).length > 0 ? await api.list("/v1/ports", { network_id }) : []);
  },
  async list(api, maxPages) {
    const ports = await api.list("/v1/ports", {}, { maxPages });
    return ports?.filter((port) => port.device_owner === VIP_OWNER).map((port) => fromApi(port, ports));
  },
  async update(prior, plan, api) {
    if (plan.security_groups) await setGroups(prior, plan.security_groups, api);
    const [wanted, bound] = [plan.port_ids ?? [], prior.port_ids ?? []];
    await bind(told(prior.id, "the virtual IP's id"), prior.subnet_id, { wanted, bound }, api);
    return undefined;
  },
  async makeWay(state, api) {
    const bound = state.port_ids ?? [];
    await bind(told(state.id, "the virtual IP's id"), state.subnet_id, { wanted: [], bound }, api);
    return undefined;
  },
  async delete(state, api) {
    await api.delete("/v1/ports/{port_id}", { params: pathOf(state) });
  },
});

const setGroups = (state: { readonly id: string | null }, groups: readonly string[], api: Api) =>
  api.put("/v1/ports/{port_id}", {
    params: pathOf(state),
    body: { port: { security_groups: [...groups] } },
  });

/** An address must be one, and of the IP version. */
export function checkAddress({ ip_address: address, ip_version: version }: ObjectValue): Diagnostic[] {
  if (version === 5) {
    return [
      errorDiagnostic("IEC2012", "There is no IP version 5", { path: ["ip_version"], detail: "Use 4 or 6." }),
    ];
  }
  if (typeof address !== "string") return [];
  const actual = formats.ipv4(address)
    ? 4
    : address.includes(":") && formats.cidr(`${address}/128`)
      ? 6
      : undefined;
  const wrong = (detail: string, summary: string) => [
    errorDiagnostic("IEC2012", summary, { path: ["ip_address"], detail }),
  ];
  if (actual === undefined)
    return wrong("Give one such as 10.0.0.10 or 2001:db8::10.", `"${address}" is no IP address`);
  if (typeof version !== "number" || version === actual) return [];
  return wrong(`ip_version is ${version}. Change one of the two.`, `"${address}" is not of the IP version`);
}
