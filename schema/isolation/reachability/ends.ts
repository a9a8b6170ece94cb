import type { ResourceNode } from "../../graph.js";
import { literal, nameOf } from "../identity.js";
import type { Network, Nic, Subnet, VirtualIp } from "../network/model.js";
import { labelOf } from "../network/read.js";
import { INTERNET, overlap, parseAddresses, type Addresses } from "../packets/addresses.js";
import { kindOf } from "../values.js";
import type { Topology } from "../topology.js";
import { either, hasEip, isAt, isInGroup, isInPlace, isInSubnet, type Membership } from "./membership.js";
import type { End, NicEnd, OutsideEnd, VipEnd } from "./model.js";

/** Finds the ends that a name stands for. */
export class Ends {
  readonly all: readonly End[];
  readonly internet: OutsideEnd = {
    kind: "outside",
    key: "internet",
    label: "the internet",
    addresses: INTERNET,
  };
  readonly #nics = new Map<Nic, NicEnd>();
  readonly #vips = new Map<VirtualIp, VipEnd>();
  /** Of those that are in one for sure. */
  readonly #bySubnet = new Map<Subnet, End[]>();
  /** Of which it is not known in which subnet they are. */
  readonly #homeless: readonly End[];
  readonly #inSubnet = new Map<Subnet, readonly End[]>();

  constructor(
    readonly topology: Topology,
    readonly network: Network,
  ) {
    for (const nic of network.nics) this.#nics.set(nic, nicEnd(nic));
    for (const vip of network.vips)
      this.#vips.set(vip, { kind: "vip", key: vip.key, label: vip.label, node: vip.node, vip });
    for (const [nic, end] of this.#nics) this.#put(nic.subnet, end);
    for (const [vip, end] of this.#vips) if (vip.backers.length > 0) this.#put(vip.subnet, end);
    this.#homeless = [...this.#bySubnet].flatMap(([{ identity }, ends]) => (identity.settled ? [] : ends));
    for (const subnet of network.subnets)
      if (!this.#bySubnet.has(subnet)) this.#put(subnet, nicEnd(newcomer(subnet)));
    const nobody = [...this.#bySubnet.values()]
      .flat()
      .filter((end) => end.kind === "nic" && !this.#nics.has(end.nic));
    this.all = [...this.#nics.values(), ...this.#vips.values(), ...nobody, this.internet];
  }

  /** What is in a subnet, and what may be; where nothing is for sure, also a NIC that might be put there. */
  in(subnet: Subnet): readonly End[] {
    let found = this.#inSubnet.get(subnet);
    if (found === undefined) {
      const open = subnet.identity.settled
        ? this.#homeless
        : [...this.#nics.values(), ...this.#vips.values()];
      const more = pick(open, subnet.label, (inside) => isInSubnet(inside, subnet));
      found = [...(this.#bySubnet.get(subnet) ?? []), ...more.filter(({ maybe }) => maybe)];
      this.#inSubnet.set(subnet, found);
    }
    return found;
  }

  of(name: string): readonly End[] {
    if (name === "internet") return [this.internet];
    const addresses = parseAddresses(name);
    if (addresses) return this.#at(addresses, name);
    const exact = this.topology.graph.nodes.get(name);
    if (exact !== undefined) return this.#of(exact);
    const nodes = [...this.topology.graph.nodes.values()].filter((node) => isNamed(node, name));
    const found = surest(nodes.flatMap((node) => this.#of(node)));
    return found.length > 0 ? found : this.#atSite(name);
  }

  #put(subnet: Subnet, end: End): void {
    const ends = this.#bySubnet.get(subnet);
    if (ends === undefined) this.#bySubnet.set(subnet, [end]);
    else ends.push(end);
  }

  #at(wanted: Addresses, name: string): readonly End[] {
    const inside = pick(this.all, name, (end) => isAt(end, wanted));
    const outside = INTERNET.flatMap((range) => overlap(range, wanted) ?? []);
    const end: OutsideEnd = { kind: "outside", key: name, label: name, addresses: outside };
    return outside.length > 0 ? [...inside, end] : inside;
  }

  /** Of a site's id, name or label. Nothing where no such site is known. */
  #atSite(name: string): readonly End[] {
    const known = [...this.topology.sites].filter(([id, site]) => id === name || site.name === name);
    const told = [...this.network.nics, ...this.network.subnets].flatMap(({ site }) =>
      site.filter(({ id, label }) => id === name || label === name || label === JSON.stringify(name)),
    );
    const sites = [...told, ...known.map(([id]) => literal(id))];
    const distinct = [...new Map(sites.map((site) => [site.key, site])).values()];
    return pick(this.all, name, (end) => either(distinct.map((site) => isInPlace(end, "site", site))));
  }

  #of(node: ResourceNode): readonly End[] {
    const { topology, all } = this;
    const name = nameOf(node);
    const placed = (role: "vpc" | "security-group") => topology.all(role).find((one) => one.node === node);
    switch (kindOf(node.type)) {
      case "iec_vip":
        return [...this.#vips].filter(([vip]) => vip.node === node).map(([, end]) => end);
      case "iec_vpc_subnet":
        return [...this.#bySubnet.keys()]
          .filter((subnet) => subnet.node === node && subnet.path.length === 0)
          .flatMap((subnet) => this.in(subnet));
      case "iec_vpc": {
        const vpc = placed("vpc")?.identity;
        return vpc ? pick(all, name, (end) => isInPlace(end, "vpc", vpc)) : [];
      }
      case "iec_security_group": {
        const group = placed("security-group")?.identity;
        if (group === undefined) return [];
        const nics = [...this.#nics.values()];
        return this.#withVips(
          pick(nics, name, (end) => ("groups" in end ? isInGroup(end, group) : undefined)),
        );
      }
      case "iec_eip":
        return pick(all, name, (end) => hasEip(end, node));
      default:
        return this.#withVips([...this.#nics].filter(([nic]) => nic.node === node).map(([, end]) => end));
    }
  }

  /** NICs, and the virtual IPs in front of them as far as they stand for these: what is sent to one of them arrives. */
  #withVips(nics: readonly End[]): readonly End[] {
    const behind = nics.flatMap((end) =>
      [...this.#vips.values()].flatMap(({ vip, ...facts }): End[] => {
        const backers = vip.backers.filter(({ nic }) => end.kind === "nic" && end.nic === nic);
        if (backers.length === 0) return [];
        const { key, label } = { key: `${facts.key} of ${end.key}`, label: `${end.label} by ${facts.label}` };
        return [{ ...facts, key, label, vip: { ...vip, backers }, ...(end.maybe && { maybe: end.maybe }) }];
      }),
    );
    return [...nics, ...behind];
  }
}

/** Of ends that several names stand for, each once: as surely as one of the names has it. */
export function surest(ends: readonly End[]): readonly End[] {
  const found = new Map<string, End>();
  for (const end of ends) {
    const known = found.get(end.key);
    const maybe = known && either([known.maybe ?? "sure", end.maybe ?? "sure"]);
    if (known === undefined || maybe === "sure") found.set(end.key, known?.maybe ? end : (known ?? end));
    else if (maybe) found.set(end.key, { ...end, maybe });
  }
  return [...found.values()];
}

/** The ends that belong to what a name stands for, and those that may. */
function pick(
  ends: readonly End[],
  name: string,
  belongs: (inside: Nic | VirtualIp) => Membership,
): readonly End[] {
  return ends.flatMap((end): End[] => {
    if (end.kind === "outside") return [];
    const membership = belongs(end.kind === "nic" ? end.nic : end.vip);
    if (membership === undefined) return [];
    if (membership === "sure") return [end];
    const { unknowns } = membership;
    const named = unknowns.length > 0 ? unknowns : [`whether ${end.label} belongs to ${name}`];
    return [{ ...end, maybe: { ...membership, unknowns: named } }];
  });
}

/** An address, that of all its instances, a module, or a construct with all that is in it. */
function isNamed({ address, origin }: ResourceNode, name: string): boolean {
  if (address === name || address.startsWith(`${name}[`)) return true;
  if (name.startsWith("module.") && address.startsWith(`${name}.`)) return true;
  const path = origin?.constructPath;
  return path !== undefined && (path === name || path.startsWith(`${name}/`));
}

const nicEnd = (nic: Nic): NicEnd => ({
  kind: "nic",
  key: nic.key,
  label: nic.label,
  node: nic.node,
  places: { subnet: nic.subnet.label, vpc: labelOf(nic.vpc), site: labelOf(nic.site) },
  nic,
});

const putInto = ({ label }: Subnet): string => `what is put into ${label}`;

/** A NIC that somebody might put into a subnet: its groups are not known, and it has no public address. */
const newcomer = (subnet: Subnet): Nic => ({
  node: subnet.node,
  path: subnet.path,
  key: `${subnet.node.address}#new`,
  label: `a new NIC in ${subnet.label}`,
  subnet,
  vpc: subnet.vpc,
  site: subnet.site,
  addresses: subnet.addresses.map((choice) => ({ ...choice, unknowns: [putInto(subnet)] })),
  groups: { key: "", groups: [], others: [putInto(subnet)], open: [putInto(subnet)] },
  access: [],
  forwards: "no",
  halted: undefined,
});
