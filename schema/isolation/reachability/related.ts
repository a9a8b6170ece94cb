import type { ResourceGraph, ResourceNode } from "../../graph.js";
import { isList, isObject, isUnknown, type ObjectValue, type Value } from "../../unknown.js";
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

const NOBODY: readonly string[] = [];

/** By address; each list has an address once. */
type Lists = Map<string, string[]>;
type Users = Readonly<Record<"whole" | "alone", Lists>>;
interface Parts {
  readonly of: Lists;
  /** Of which it is not known whose they are. */
  readonly stray: readonly string[];
}

/** Finds what has a say in the packets of an end, in any of several graphs of one design. */
export class Related {
  /** The versions of one resource stand side by side: so what is said of both is said once. */
  readonly #nodes: ResourceNode[] = [];
  readonly #owners: Lists = new Map();
  readonly #used = new Map<ResourceNode, readonly string[]>();
  readonly #found = new Map<string, ReadonlySet<string>>();
  #usersFound: Users | undefined;
  #partsFound: Parts | undefined;

  constructor(readonly graphs: readonly ResourceGraph[]) {
    const seen: ResourceGraph[] = [];
    for (const graph of graphs) {
      for (const address of graph.nodes.keys())
        if (!seen.some(({ nodes }) => nodes.has(address))) this.#nodes.push(...this.versions(address));
      seen.push(graph);
    }
    for (const node of this.#nodes) {
      const { address, values } = node;
      this.#own(address, values["id"]);
      this.#own(address, values["ip_address"]);
      if (kindOf(node.type) === "iec_server_nic") this.#own(address, values["port_id"]);
      if (values["nics"]) for (const { value } of locate(node, "nics[].port")) this.#own(address, value);
    }
  }

  #own(address: string, name: Value | undefined): void {
    if (typeof name === "string") add(this.#owners, name, address);
  }

  /** The resource itself, with all that has a say in its packets. */
  of(address: string): ReadonlySet<string> {
    let found = this.#found.get(address);
    if (found === undefined) this.#found.set(address, (found = this.#closure(address)));
    return found;
  }

  /** The resource as the graphs have it; once where they agree. */
  versions(address: string): readonly ResourceNode[] {
    const found: ResourceNode[] = [];
    for (const { nodes } of this.graphs) {
      const node = nodes.get(address);
      if (node !== undefined && !found.includes(node)) found.push(node);
    }
    return found;
  }

  /** Whether the values of another resource name it. */
  isUsed = (address: string): boolean => this.#users.alone.has(address) || this.#users.whole.has(address);

  /** Everything in which one of some resources has a say: those whose `of` has one of them. */
  touchedBy(changed: ReadonlySet<string>): { has(address: string): boolean } {
    const users = this.#users;
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
    let all = false;
    for (const address of withParts) {
      for (const user of users.whole.get(address) ?? []) withParts.add(user);
      for (const node of this.versions(address)) {
        for (const whole of this.#wholesOf(node)) {
          if (whole === undefined) all = true;
          else withParts.add(whole);
        }
      }
    }
    return { has: (address) => all || withParts.has(address) };
  }

  #closure(start: string): ReadonlySet<string> {
    const all = new Set<string>();
    const whole = new Set<string>();
    const parts = this.#parts;
    const waiting: { readonly address: string; readonly parts: boolean }[] = [
      { address: start, parts: true },
      ...parts.stray.map((address) => ({ address, parts: true })),
    ];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { address, parts: withParts } = next;
      if (withParts ? whole.has(address) : all.has(address)) continue;
      all.add(address);
      if (withParts) {
        whole.add(address);
        for (const part of parts.of.get(address) ?? []) waiting.push({ address: part, parts: true });
      }
      for (const node of this.versions(address)) {
        const uses = withParts && WHOLE.has(kindOf(node.type));
        for (const used of this.usedBy(node)) waiting.push({ address: used, parts: uses });
      }
    }
    return all;
  }

  get #parts(): Parts {
    return (this.#partsFound ??= this.#findParts());
  }

  #findParts(): Parts {
    const of: Lists = new Map();
    const stray: string[] = [];
    for (const node of this.#nodes) {
      for (const whole of this.#wholesOf(node)) {
        if (whole !== undefined) add(of, whole, node.address);
        else if (stray.at(-1) !== node.address) stray.push(node.address);
      }
    }
    return { of, stray };
  }

  /** What a resource is a part of; undefined among it when that is not known. */
  #wholesOf(node: ResourceNode): readonly (string | undefined)[] {
    const patterns = PARTS[kindOf(node.type)];
    if (patterns === undefined) return [];
    return patterns.flatMap((pattern) =>
      locate(node, pattern).flatMap(({ value }): readonly (string | undefined)[] => {
        const wholes = this.named(value);
        return wholes.length === 0 && isUnknown(value) ? [undefined] : wholes;
      }),
    );
  }

  /** What names each resource: those that do it with all of their parts, and those that do it alone. */
  get #users(): Users {
    return (this.#usersFound ??= this.#findUsers());
  }

  #findUsers(): Users {
    const users: Users = { whole: new Map(), alone: new Map() };
    for (const node of this.#nodes) {
      const lists = users[WHOLE.has(kindOf(node.type)) ? "whole" : "alone"];
      for (const used of this.usedBy(node)) if (used !== node.address) add(lists, used, node.address);
    }
    return users;
  }

  /** All that the values of a resource name, as often as they do. */
  usedBy(node: ResourceNode): readonly string[] {
    let used = this.#used.get(node);
    if (used === undefined) {
      const found: string[] = [];
      this.#collect(node.values, found);
      this.#used.set(node, (used = found));
    }
    return used;
  }

  #collect(value: Value, found: string[]): void {
    if (typeof value === "string" || isUnknown(value)) {
      for (const address of this.named(value)) found.push(address);
    } else if (isList(value)) for (const item of value) this.#collect(item, found);
    else if (isObject(value)) for (const key in value) this.#collect(value[key] ?? null, found);
  }

  /** The resources that a value is, or will be, the id or address of; each once. */
  named(value: Value): readonly string[] {
    if (typeof value === "string") return this.#owners.get(value) ?? NOBODY;
    return isUnknown(value) ? [...new Set(sourcesOf(value).map(({ address }) => address))] : NOBODY;
  }
}

function add(lists: Lists, key: string, item: string): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else if (list.at(-1) !== item) list.push(item);
}

/** Addresses of what differs between two graphs, as far as packets are concerned. */
export function differing(before: ResourceGraph, after: ResourceGraph): Set<string> {
  const found = new Set<string>();
  const differ = (a: ResourceNode, b: ResourceNode | undefined) =>
    a !== b &&
    NETWORK_KINDS.has(kindOf(a.type)) &&
    !(b !== undefined && a.mode === b.mode && haveSameValues(a, b));
  for (const [address, node] of before.nodes) if (differ(node, after.nodes.get(address))) found.add(address);
  for (const [address, node] of after.nodes)
    if (!before.nodes.has(address) && differ(node, undefined)) found.add(address);
  return found;
}

function haveSameValues({ values: a }: ResourceNode, { values: b }: ResourceNode): boolean {
  if (a === b) return true;
  return namesIn(a, b).every((name) => NAMES.has(name) || isSame(a[name], b[name]));
}

const namesIn = (a: ObjectValue, b: ObjectValue): readonly string[] => {
  const names = Object.keys(a);
  return [...names, ...Object.keys(b).filter((name) => !Object.hasOwn(a, name))];
};

/** Unknowns are the same when they come from the same place; null is the same as nothing. */
function isSame(a: Value | undefined = null, b: Value | undefined = null): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (isList(a)) return isList(b) && a.length === b.length && a.every((item, i) => isSame(item, b[i]));
  if (isObject(a) && isObject(b)) return namesIn(a, b).every((name) => isSame(a[name], b[name]));
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Ids and public addresses of `before` that nothing has any more. */
export function goneBetween(before: ResourceGraph, now: ResourceGraph): ReadonlySet<string> {
  const gone = new Set<string>();
  for (const node of before.nodes.values()) {
    if (node.mode !== "managed") continue;
    const values = now.nodes.get(node.address)?.values;
    if (values === node.values) continue;
    for (const name of ["id", "public_ip"]) {
      const was = node.values[name];
      if (typeof was === "string" && was !== values?.[name]) gone.add(was);
    }
  }
  return gone;
}
