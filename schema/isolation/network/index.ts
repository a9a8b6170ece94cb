import type { ResourceNode } from "../../graph.js";
import { compare, nameOf } from "../identity.js";
import { anyAddress, parseAddresses } from "../packets/addresses.js";
import type { Topology } from "../topology.js";
import { findAccess, type AccessTable } from "./access.js";
import { Acls } from "./acls.js";
import { GroupRules } from "./group-rules.js";
import { Groups } from "./groups.js";
import type { AddressChoice, Network, Nic, Oddity, Route, Subnet, VirtualIp } from "./model.js";
import { Nics, type NicDraft } from "./nics.js";
import { Ports } from "./ports.js";
import { Reader } from "./read.js";
import { Routes } from "./routes.js";
import { Subnets } from "./subnets.js";

/**
 * Reads the network of a graph. Groups and ACLs that the graph manages have the rules of the graph and no others;
 * NICs that no virtual IP is bound to check addresses.
 *
 * @param gone ids and public addresses that a plan takes away, which what was looked up before may still name
 */
export function readNetwork(topology: Topology, gone: ReadonlySet<string> = new Set()): Network {
  const reader = new Reader(topology);
  const oddities: Oddity[] = [];
  const groups = new Groups(reader);
  const groupRules = GroupRules.read(reader, groups, gone);
  const subnets = new Subnets(reader, new Acls(reader, oddities));
  const drafts = new Nics(reader, groups, subnets).all;
  const ports = new Ports(reader, drafts);
  const access = findAccess(reader, ports, drafts, gone);
  const bound = [...reader.nodes("iec_vip")].map((node) => bindings(reader, ports, subnets, node));
  const nics = new Map<NicDraft, Nic>(
    drafts.map((draft) => [draft, nicOf(draft, access.get(draft) ?? [], forwards(draft, bound))]),
  );
  const vips = bound.map((binding) => virtualIp(binding, nics, access));
  const routes = new Routes(reader, oddities, [...nics.values()], vips);
  const made = new Map<Subnet, readonly Route[]>();
  const routesOf = (subnet: Subnet): readonly Route[] => {
    let found = made.get(subnet);
    if (found === undefined) made.set(subnet, (found = routes.of(subnet)));
    return found;
  };
  return { nics: [...nics.values()], vips, subnets: subnets.all, groupRules, routesOf, oddities };
}

// One by one: to spread as many, for each of thousands of NICs, takes longer than to read them.
const nicOf = (draft: NicDraft, access: Nic["access"], forwards: Nic["forwards"]): Nic => ({
  node: draft.node,
  path: draft.path,
  key: draft.key,
  label: draft.label,
  subnet: draft.subnet,
  vpc: draft.vpc,
  site: draft.site,
  addresses: draft.addresses,
  groups: draft.groups,
  access,
  forwards,
  halted: draft.halted,
});

interface Binding {
  readonly node: ResourceNode;
  readonly subnet: Subnet;
  readonly address: AddressChoice;
  readonly backers: readonly { readonly nic: NicDraft; readonly sure: boolean }[];
  readonly unknowns: readonly string[];
}

function bindings(reader: Reader, ports: Ports, subnets: Subnets, node: ResourceNode): Binding {
  const subnet = subnets.of(node, ["subnet_id"]);
  const version = Number(reader.value(node, ["ip_version"]) ?? 4) === 6 ? 6 : 4;
  const told = reader.value(node, ["ip_address"]);
  const known = typeof told === "string" ? parseAddresses(told) : undefined;
  const choice = subnet.addresses.find(({ addresses }) => addresses.family === version) ?? {
    addresses: anyAddress(version),
    sure: false,
    unknowns: [],
  };
  const address = known
    ? { addresses: known, sure: true, unknowns: [] }
    : { ...choice, unknowns: [`${node.address}.ip_address`, ...choice.unknowns] };
  const items = reader.items(node, ["port_ids"]);
  const here = (nic: NicDraft) => compare(nic.subnet.identity, subnet.identity);
  const unknowns = items === undefined ? [`${node.address}.port_ids`] : [];
  const found = (items ?? []).flatMap((item) => {
    const targets = ports.of(node, item);
    if (targets?.sure === false) unknowns.push(...targets.unknowns);
    return (targets?.nics ?? []).map((nic) => ({ nic, sure: targets?.sure === true }));
  });
  const all = items === undefined ? ports.nics.map((nic) => ({ nic, sure: false })) : found;
  const backers = all
    .filter(({ nic }) => here(nic) !== "different")
    .map(({ nic, sure }) => ({ nic, sure: sure && here(nic) === "same" }));
  return { node, subnet, address, backers, unknowns };
}

function forwards(nic: NicDraft, bound: readonly Binding[]): Nic["forwards"] {
  const behind = bound.flatMap(({ backers }) => backers.filter((backer) => backer.nic === nic));
  if (nic.unchecked === "yes" || behind.some(({ sure }) => sure)) return "yes";
  return nic.unchecked === "unknown" || behind.length > 0 ? "unknown" : "no";
}

const virtualIp = (
  { node, subnet, address, backers, unknowns }: Binding,
  nics: ReadonlyMap<NicDraft, Nic>,
  access: AccessTable,
): VirtualIp => ({
  node,
  path: [],
  key: node.address,
  label: nameOf(node),
  subnet,
  address,
  backers: backers.flatMap(({ nic, sure }) => {
    const made = nics.get(nic);
    return made ? [{ nic: made, sure }] : [];
  }),
  access: access.get(node) ?? [],
  unknowns,
});
