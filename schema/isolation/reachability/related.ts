import type { ResourceGraph, ResourceNode } from "../../graph.js";
import { isList, isObject, isUnknown, type Value } from "../../unknown.js";
import { kindOf, locate, sourcesOf } from "../values.js";

/** What is a part of something else, or bound to it: by kind the attributes that say of what. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  iec_security_group_rule: ["security_group_id"],
  iec_network_acl: ["networks[].subnet_id"],
  iec_network_acl_rule: ["network_acl_id"],
  iec_eip: ["port_id"],
  iec_ipv6_bandwidth_attachment: ["port_id"],
  iec_vip: ["port_ids[]"],
  iec_server_nic: ["server_id"],
  iec_route_table: ["subnet_ids[]", "vpc_id"],
  iec_route: ["route_table_id"],
};
/** What comes with all of its parts where one of these uses it. */
const WHOLE = new Set([
  "iec_server",
  "iec_server_nic",
  "iec_port",
  "iec_edge_service",
  "iec_vip",
  "iec_vpc_subnet",
  "iec_route",
]);
/** Kinds that have a say in what a packet meets. */
export const NETWORK_KINDS: ReadonlySet<string> = new Set([
  ...Object.keys(PARTS),
  ...WHOLE,
  "iec_security_group",
  "iec_vpc",
]);
/** Attributes whose values do not matter to any packet. */
const NAMES = new Set(["name", "description", "tags"]);

const NOBODY: ReadonlySet<string> = new Set();

type Users = Readonly<Record<"whole" | "alone", ReadonlyMap<string, ReadonlySet<string>>>>;

/** Finds what has a say in the packets of an end, in any of several graphs of one design. */
export class Related {
  readonly #owners = new Map<string, Set<string>>();
  readonly #parts = new Map<string, Set<string>>();
  /** Parts of which it is not known whose they are. */
  readonly #stray = new Set<string>();
  readonly #used = new Map<ResourceNode, Set<string>>();
  readonly #found = new Map<string, ReadonlySet<string>>();
  #usersFound: Users | undefined;

  constructor(readonly graphs: readonly ResourceGraph[]) {
    for (const node of this.#nodes()) {
      for (const pattern of ["id", "nics[].port", "port_id", "ip_address"]) {
        if (pattern === "port_id" && kindOf(node.type) !== "iec_server_nic") continue;
        for (const { value } of locate(node, pattern))
          if (typeof value === "string") add(this.#owners, value, node.address);
      }
    }
    for (const node of this.#nodes()) {
      for (const pattern of PARTS[kindOf(node.type)] ?? []) {
        for (const { value } of locate(node, pattern)) {
          const wholes = this.named(value);
          if (wholes.size === 0 && isUnknown(value)) this.#stray.add(node.address);
          for (const whole of wholes) add(this.#parts, whole, node.address);
        }
      }
    }
  }

  /** The resource itself, with all that has a say in its packets. */
  of(address: string): ReadonlySet<string> {
    let found = this.#found.get(address);
    if (found === undefined) this.#found.set(address, (found = this.#closure(address)));
    return found;
  }

  /** The resource as the graphs have it; once where they agree. */
  versions(address: string): readonly ResourceNode[] {
    return [...new Set(this.graphs.flatMap((graph) => graph.nodes.get(address) ?? []))];
  }

  /** Whether the values of another resource name it. */
  isUsed(address: string): boolean {
    const others = (users: ReadonlySet<string> | undefined) =>
      [...(users ?? [])].some((user) => user !== address);
    return others(this.#users.alone.get(address)) || others(this.#users.whole.get(address));
  }

  /** Everything in which one of some resources has a say: those whose `of` has one of them. */
  touchedBy(changed: ReadonlySet<string>): { has(address: string): boolean } {
    const users = this.#users;
    const wholes = new Map<string, Set<string>>();
    for (const [whole, parts] of this.#parts) for (const part of parts) add(wholes, part, whole);
    // Those that have it among all their parts, and those that have it at all.
    const [withParts, alone] = [new Set(changed), new Set(changed)];
    for (const address of alone) {
      for (const user of users.alone.get(address) ?? []) alone.add(user);
      for (const user of users.whole.get(address) ?? []) alone.add(user);
    }
    for (const address of alone) {
      if (withParts.has(address)) continue;
      const node = this.versions(address)[0];
      if (node && !WHOLE.has(kindOf(node.type))) withParts.add(address);
    }
    for (const address of withParts) {
      for (const user of users.whole.get(address) ?? []) withParts.add(user);
      for (const whole of wholes.get(address) ?? []) withParts.add(whole);
    }
    const all = [...this.#stray].some((address) => withParts.has(address));
    return { has: (address) => all || withParts.has(address) };
  }

  #closure(start: string): ReadonlySet<string> {
    const all = new Set<string>();
    const whole = new Set<string>();
    const waiting: { readonly address: string; readonly parts: boolean }[] = [
      { address: start, parts: true },
      ...[...this.#stray].map((address) => ({ address, parts: true })),
    ];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { address, parts } = next;
      if (parts ? whole.has(address) : all.has(address)) continue;
      all.add(address);
      if (parts) {
        whole.add(address);
        for (const part of this.#parts.get(address) ?? []) waiting.push({ address: part, parts: true });
      }
      for (const node of this.versions(address)) {
        const uses = parts && WHOLE.has(kindOf(node.type));
        for (const used of this.usedBy(node)) waiting.push({ address: used, parts: uses });
      }
    }
    return all;
  }

  /** What names each resource: those that do it with all of their parts, and those that do it alone. */
  get #users(): Users {
    return (this.#usersFound ??= this.#findUsers());
  }

  #findUsers(): Users {
    const users = { whole: new Map<string, Set<string>>(), alone: new Map<string, Set<string>>() };
    for (const node of this.#nodes()) {
      const uses = WHOLE.has(kindOf(node.type));
      for (const used of this.usedBy(node)) add(users[uses ? "whole" : "alone"], used, node.address);
    }
    return users;
  }

  /** All that the values of a resource name. */
  usedBy(node: ResourceNode): ReadonlySet<string> {
    let used = this.#used.get(node);
    if (used === undefined) {
      used = new Set<string>();
      this.#collect(node.values, used);
      this.#used.set(node, used);
    }
    return used;
  }

  #collect(value: Value, into: Set<string>): void {
    if (isList(value)) for (const item of value) this.#collect(item, into);
    else if (isObject(value)) for (const key in value) this.#collect(value[key] ?? null, into);
    else for (const address of this.named(value)) into.add(address);
  }

  /** The resources that a value is, or will be, the id or address of. */
  named(value: Value): ReadonlySet<string> {
    if (typeof value === "string") return this.#owners.get(value) ?? NOBODY;
    return isUnknown(value) ? new Set(sourcesOf(value).map(({ address }) => address)) : NOBODY;
  }

  *#nodes(): Generator<ResourceNode> {
    const seen = new Set<ResourceNode>();
    for (const graph of this.graphs) {
      for (const node of graph.nodes.values()) if (seen.size < seen.add(node).size) yield node;
    }
  }
}

function add(sets: Map<string, Set<string>>, key: string, item: string): void {
  const set = sets.get(key);
  if (set === undefined) sets.set(key, new Set([item]));
  else set.add(item);
}

/** Addresses of what differs between two graphs, as far as packets are concerned. */
export function differing(before: ResourceGraph, after: ResourceGraph): Set<string> {
  const found = new Set<string>();
  for (const address of new Set([...before.nodes.keys(), ...after.nodes.keys()])) {
    const [a, b] = [before.nodes.get(address), after.nodes.get(address)];
    if (a === b || !NETWORK_KINDS.has(kindOf((a ?? b)?.type ?? ""))) continue;
    if (a === undefined || b === undefined || a.mode !== b.mode || !sameValues(a, b)) found.add(address);
  }
  return found;
}

function sameValues({ values: a }: ResourceNode, { values: b }: ResourceNode): boolean {
  if (a === b) return true;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every(
    (name) => NAMES.has(name) || same(a[name] ?? null, b[name] ?? null),
  );
}

/** Equal as JSON; unknowns are when they come from the same place. */
const same = (a: Value, b: Value): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

/** Ids and public addresses of `before` that nothing has any more. */
export function goneBetween(before: ResourceGraph, now: ResourceGraph): ReadonlySet<string> {
  const gone = new Set<string>();
  for (const node of before.nodes.values()) {
    if (node.mode !== "managed") continue;
    const values = now.nodes.get(node.address)?.values;
    for (const name of ["id", "public_ip"]) {
      const was = node.values[name];
      if (typeof was === "string" && was !== values?.[name]) gone.add(was);
    }
  }
  return gone;
}
