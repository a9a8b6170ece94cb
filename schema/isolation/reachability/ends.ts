import type { ResourceNode } from "../../graph.js";
import { compare } from "../identity.js";
import type { AddressChoice, Network, Nic, Subnet, VirtualIp } from "../network/model.js";
import { comparePlaces, labelOf } from "../network/read.js";
import { INTERNET, parseAddresses, type Addresses } from "../packets/addresses.js";
import { kindOf } from "../values.js";
import type { Topology } from "../topology.js";
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
  readonly #bySubnet = new Map<Subnet, End[]>();

  constructor(
    readonly topology: Topology,
    readonly network: Network,
  ) {
    for (const nic of network.nics) this.#nics.set(nic, nicEnd(nic));
    for (const vip of network.vips)
      this.#vips.set(vip, { kind: "vip", key: vip.key, label: vip.label, node: vip.node, vip });
    for (const [nic, end] of this.#nics) this.#put(nic.subnet, end);
    for (const [vip, end] of this.#vips) {
      for (const subnet of new Set(vip.backers.map(({ nic }) => nic.subnet))) this.#put(subnet, end);
    }
    for (const subnet of network.subnets)
      if (!this.#bySubnet.has(subnet)) this.#put(subnet, nicEnd(newcomer(subnet)));
    const nobody = [...this.#bySubnet.values()]
      .flat()
      .filter((end) => end.kind === "nic" && !this.#nics.has(end.nic));
    this.all = [...this.#nics.values(), ...this.#vips.values(), ...nobody, this.internet];
  }

  /** What is in a subnet; where nothing is, a NIC that might be put there. */
  in = (subnet: Subnet): readonly End[] => this.#bySubnet.get(subnet) ?? [];

  of(name: string): readonly End[] {
    if (name === "internet") return [this.internet];
    const addresses = parseAddresses(name);
    if (addresses) return this.#at(addresses, name);
    const exact = this.topology.graph.nodes.get(name);
    if (exact !== undefined) return this.#of(exact);
    const found = new Set<End>();
    for (const node of this.topology.graph.nodes.values())
      if (isNamed(node, name)) for (const end of this.#of(node)) found.add(end);
    if (found.size > 0) return [...found];
    return this.all.filter(
      (end) =>
        end.kind === "nic" &&
        end.nic.site.some(({ id, label }) => id === name || label === name || label === JSON.stringify(name)),
    );
  }

  #put(subnet: Subnet, end: End): void {
    const ends = this.#bySubnet.get(subnet);
    if (ends === undefined) this.#bySubnet.set(subnet, [end]);
    else ends.push(end);
  }

  #at(wanted: Addresses, name: string): readonly End[] {
    const isThere = ({ addresses }: AddressChoice) => overlap(addresses, wanted) !== undefined;
    const isPublic = ({ address }: { readonly address: Addresses | undefined }) =>
      address !== undefined && overlap(address, wanted) !== undefined;
    const inside = this.all.filter((end) =>
      end.kind === "nic"
        ? end.nic.addresses.some(isThere) || end.nic.access.some(isPublic)
        : end.kind === "vip" && (isThere(end.vip.address) || end.vip.access.some(isPublic)),
    );
    const outside = INTERNET.flatMap((range) => overlap(range, wanted) ?? []);
    const end: OutsideEnd = { kind: "outside", key: name, label: name, addresses: outside };
    return outside.length > 0 ? [...inside, end] : inside;
  }

  #of(node: ResourceNode): readonly End[] {
    const nics = (is: (nic: Nic) => boolean) =>
      [...this.#nics].filter(([nic]) => is(nic)).map(([, end]) => end);
    switch (kindOf(node.type)) {
      case "iec_vip":
        return [...this.#vips].filter(([vip]) => vip.node === node).map(([, end]) => end);
      case "iec_vpc_subnet":
        return [...this.#bySubnet]
          .filter(([subnet]) => subnet.node === node && subnet.path.length === 0)
          .flatMap(([, ends]) => ends);
      case "iec_vpc": {
        const vpc = this.topology.all("vpc").find((one) => one.node === node);
        if (vpc === undefined) return [];
        return this.all.filter((end) =>
          end.kind === "nic"
            ? comparePlaces(end.nic.vpc, [vpc.identity]) !== "different"
            : end.kind === "vip" &&
              end.vip.backers.some(({ nic }) => comparePlaces(nic.vpc, [vpc.identity]) !== "different"),
        );
      }
      case "iec_security_group": {
        const group = this.topology.all("security-group").find((one) => one.node === node);
        if (group === undefined) return [];
        return nics(
          ({ groups }) =>
            groups.open.length > 0 ||
            groups.groups.some(({ identity }) => compare(identity, group.identity) === "same"),
        );
      }
      case "iec_eip":
        return this.all.filter(
          (end) =>
            end.kind !== "outside" &&
            (end.kind === "nic" ? end.nic : end.vip).access.some(({ place }) => place.node === node),
        );
      default:
        return nics((nic) => nic.node === node);
    }
  }
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

/** A NIC that somebody might put into a subnet: its groups are not known, and it has no public address. */
const newcomer = (subnet: Subnet): Nic => ({
  node: subnet.node,
  path: subnet.path,
  key: `${subnet.node.address}#new`,
  label: `a new NIC in ${subnet.label}`,
  subnet,
  vpc: subnet.vpc,
  site: subnet.site,
  addresses: subnet.addresses,
  groups: { key: "", groups: [], open: [`what is put into ${subnet.label}`] },
  access: [],
  forwards: "no",
  halted: undefined,
});

function overlap(a: Addresses, b: Addresses): Addresses | undefined {
  if (a.family !== b.family) return undefined;
  const first = a.interval[0] > b.interval[0] ? a.interval[0] : b.interval[0];
  const last = a.interval[1] < b.interval[1] ? a.interval[1] : b.interval[1];
  return first <= last ? { family: a.family, interval: [first, last] } : undefined;
}
