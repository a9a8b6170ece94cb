import { DiagnosticError, errorDiagnostic } from "../../schema/diagnostics.js";
import type { components } from "../../schema/generated/iec-api.js";
import type { Api } from "../client/index.js";
import { told } from "./define.js";

/**
 * What binds NICs to a virtual IP: the VIP's allowed address pairs name the NICs' addresses, and each NIC has the pair
 * that turns off its source and destination check. Source: the public Terraform provider.
 */

export type Port = components["schemas"]["Port"];
export const VIP_OWNER = "neutron:VIP_PORT";
const UNCHECKED = "1.1.1.1/0";

const pairsOf = (port: Port) => port.allowed_address_pairs ?? [];
export const allowedBy = (port: Port): string[] => pairsOf(port).map((pair) => pair.ip_address);
export const addressOf = (port: Port): string | undefined => port.fixed_ips?.[0]?.ip_address;
const addressesOf = (port: Port) => (port.fixed_ips ?? []).flatMap(({ ip_address }) => ip_address ?? []);
/** The NIC's address of the VIP's IP version. */
const addressFor = (vip: Port, nic: Port): string | undefined => {
  const addresses = addressesOf(nic);
  const isV6 = addressOf(vip)?.includes(":") === true;
  return addresses.find((address) => address.includes(":") === isV6) ?? addresses[0];
};
const allows = (vip: Port, nic: Port): boolean =>
  addressesOf(nic).some((address) => allowedBy(vip).includes(address));
const isUnchecked = (nic: Port): boolean => allowedBy(nic).includes(UNCHECKED);
const isVip = (port: Port): boolean => port.device_owner === VIP_OWNER;

/** The NICs among the ports that the VIP is bound to. */
export const boundTo = (vip: Port, ports: readonly Port[]): string[] =>
  ports
    .filter((nic) => nic.network_id === vip.network_id && !isVip(nic) && allows(vip, nic) && isUnchecked(nic))
    .map((nic) => told(nic.id, "the id of a port"));

type PortUpdate = components["schemas"]["UpdatePortOption"];
/** Changes of ports, in their order. */
type Steps = readonly (readonly [port: string, update: PortUpdate])[];

/**
 * What makes the VIP bound to the wanted NICs and to no other. `bound` are those it was bound to. A NIC that another
 * VIP needs stays as it is; pairs that somebody else put there stay, too.
 */
export function bindingSteps(
  vip: Port,
  ports: readonly Port[],
  wanted: readonly string[],
  bound: readonly string[],
): Steps {
  const byId = new Map(ports.map((port) => [port.id, port]));
  const nics = wanted.map((id) => {
    const nic = byId.get(id);
    if (nic !== undefined && !isVip(nic)) return nic;
    throw new DiagnosticError(
      errorDiagnostic("IEC2013", "A virtual IP can only be bound to NICs of its subnet", {
        path: ["port_ids"],
        detail: `"${id}" is no NIC in subnet ${vip.network_id ?? ""}. Give ports of servers there, such as iec_server.NAME.nics[0].port.`,
      }),
    );
  });
  const others = ports.filter((port) => isVip(port) && port.id !== vip.id);
  const released = ports.filter(
    (nic) =>
      !isVip(nic) &&
      isUnchecked(nic) &&
      !nics.includes(nic) &&
      (allows(vip, nic) || bound.includes(nic.id ?? "")) &&
      !others.some((other) => allows(other, nic)),
  );
  const update = (nic: Port, allowed_address_pairs: NonNullable<PortUpdate["allowed_address_pairs"]>) =>
    [told(nic.id, "the id of a port"), { allowed_address_pairs }] as const;
  const addresses = nics.map((nic) => ({ ip_address: told(addressFor(vip, nic), "the address of a port") }));
  return [
    update(vip, addresses),
    ...nics
      .filter((nic) => !isUnchecked(nic))
      .map((nic) => update(nic, [...pairsOf(nic), { ip_address: UNCHECKED }])),
    ...released.map((nic) =>
      update(
        nic,
        pairsOf(nic).filter((pair) => pair.ip_address !== UNCHECKED),
      ),
    ),
  ];
}

/** Binds the VIP to the wanted NICs only. */
export async function bind(
  id: string,
  subnet: string,
  { wanted, bound = [] }: { readonly wanted: readonly string[]; readonly bound?: readonly string[] },
  api: Api,
): Promise<void> {
  const ports = await api.list("/v1/ports", { network_id: subnet });
  const show = () => api.get("/v1/ports/{port_id}", { params: { path: { port_id: id } } });
  const vip = told(ports.find((port) => port.id === id) ?? (await show()).port, "the virtual IP");
  for (const [port_id, port] of bindingSteps(vip, ports, wanted, bound)) {
    await api.put("/v1/ports/{port_id}", { params: { path: { port_id } }, body: { port } });
  }
}
