import type { ResourceNode } from "../../graph.js";
import { isList } from "../../unknown.js";
import { parseAddresses } from "../packets/addresses.js";
import type { PublicAccess } from "./model.js";
import type { NicDraft } from "./nics.js";
import type { Ports } from "./ports.js";
import type { Reader } from "./read.js";

/** Ways to the internet, by the NIC or by the node of the virtual IP that has them. */
export type AccessTable = Map<NicDraft | ResourceNode, PublicAccess[]>;

/** Who has an EIP, or IPv6 bandwidth. `gone`: addresses of EIPs that a plan takes away. */
export function findAccess(
  reader: Reader,
  ports: Ports,
  nics: readonly NicDraft[],
  gone: ReadonlySet<string>,
): AccessTable {
  const table: AccessTable = new Map();
  const give = (to: NicDraft | ResourceNode, access: PublicAccess): void => {
    const all = table.get(to);
    if (all === undefined) table.set(to, [access]);
    else all.push(access);
  };
  const named = new Set(gone);
  for (const [kind, family, told] of [
    ["iec_eip", 4, "public_ip"],
    ["iec_ipv6_bandwidth_attachment", 6, undefined],
  ] as const) {
    for (const node of reader.nodes(kind)) {
      const text = told && reader.value(node, [told]);
      if (typeof text === "string") named.add(text);
      const targets = ports.of(node, ["port_id"]);
      const address = typeof text === "string" ? parseAddresses(text) : undefined;
      for (const target of targets ? [...targets.nics, ...targets.vips] : []) {
        const unknowns = [
          ...(targets?.unknowns ?? []),
          ...(family === 4 && !address ? [`${node.address}.public_ip`] : []),
        ];
        give(target, { family, sure: targets?.sure === true, address, place: { node, path: [] }, unknowns });
      }
    }
  }
  for (const node of reader.nodes("iec_vip")) {
    if (typeof reader.value(node, ["ipv6_bandwidth_id"]) !== "string") continue;
    give(node, {
      family: 6,
      sure: false,
      address: undefined,
      place: { node, path: ["ipv6_bandwidth_id"] },
      unknowns: [`${node.address}.ipv6_bandwidth_id`],
    });
  }
  for (const nic of nics) for (const access of ownAccess(reader, nic, named)) give(nic, access);
  return table;
}

/** The EIP that comes with a server, and addresses that are bound to it by somebody else. */
function ownAccess(reader: Reader, nic: NicDraft, named: ReadonlySet<string>): PublicAccess[] {
  const { server } = nic;
  const template = nic.path[0] === "stack_resources";
  const path = template ? [...nic.path, "bind_eip"] : ["bind_eip"];
  const bind = reader.told(server, path, "boolean");
  const list = template ? null : reader.value(server, ["public_ips"]);
  const told = isList(list)
    ? list.filter((ip): ip is string => typeof ip === "string" && !named.has(ip))
    : [];
  const access = (sure: boolean, text: string | undefined, unknowns: readonly string[]): PublicAccess => ({
    family: 4,
    sure,
    address: text === undefined ? undefined : parseAddresses(text),
    place: { node: server, path },
    unknowns,
  });
  if (bind.unknowns) return [access(false, undefined, bind.unknowns)];
  if (bind.value === true) {
    const [text] = told;
    return [access(nic.only, text, text === undefined || !nic.only ? [`${server.address}.public_ip`] : [])];
  }
  // Of servers that are not managed here, what the cloud tells is all there is.
  const sure = nic.only && server.mode !== "managed";
  return told.map((text) => access(sure, text, sure ? [] : [`${server.address}.public_ips`]));
}
