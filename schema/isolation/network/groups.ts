import type { ResourceNode } from "../../graph.js";
import { formatPath, isList, type Path } from "../../unknown.js";
import { identify, nameOf, type Identity } from "../identity.js";
import type { Group, GroupSet } from "./model.js";
import type { Reader } from "./read.js";

export const GROUP = "iec_security_group";

/** The security groups of a graph, and the sets of them that NICs have. */
export class Groups {
  readonly #byKey = new Map<string, Group>();
  readonly #sets = new Map<string, GroupSet>();
  /** By the keys of groups that it is settled which ones they are. */
  readonly #settled = new Map<string, GroupSet>();

  constructor(readonly reader: Reader) {
    const nodes = reader.nodes(GROUP);
    const untold = new Map<string, string>();
    for (const node of nodes)
      if (node.mode !== "managed" && toldRules(reader, node) === undefined)
        untold.set(identify(node).key, `${nameOf(node)}: its rules`);
    for (const node of nodes.toSorted((a, b) => order(a) - order(b))) {
      const identity = identify(node);
      const { key } = identity;
      if (this.#byKey.has(key)) continue;
      const open = [untold.get(key) ?? [], identity.settled ? [] : identity.unknowns].flat();
      this.#byKey.set(key, { identity, label: nameOf(node), open });
    }
  }

  get all(): Iterable<Group> {
    return this.#byKey.values();
  }

  /** The groups that a list or set of ids means. */
  of(node: ResourceNode, path: Path): GroupSet {
    const identities = this.reader.identities(node, path, GROUP);
    if (identities === undefined)
      return this.openSet(this.reader.names(this.reader.value(node, path), node, path));
    // A NIC that nobody gives a group has the account's default one.
    if (identities.length === 0) return this.openSet([`${node.address}.${formatPath(path)}`]);
    if (!identities.every(({ settled }) => settled)) return this.#setOf(identities);
    const key = JSON.stringify(identities.map((identity) => identity.key));
    let set = this.#settled.get(key);
    if (set === undefined) this.#settled.set(key, (set = this.#setOf(identities)));
    return set;
  }

  openSet = (unknowns: readonly string[]): GroupSet => this.#set([], unknowns, []);

  #setOf(identities: readonly Identity[]): GroupSet {
    const groups = identities.flatMap((identity) => this.#byKey.get(identity.key) ?? []);
    const strange = identities.filter((identity) => !this.#byKey.has(identity.key));
    const others = strange.flatMap((identity) => (identity.settled ? [] : identity.unknowns));
    const unread = strange.flatMap(({ settled, label }) => (settled ? [`${label}: its rules`] : []));
    return this.#set(groups, others, unread);
  }

  #set(groups: readonly Group[], others: readonly string[], unread: readonly string[]): GroupSet {
    const open = [...new Set([...others, ...unread, ...groups.flatMap((group) => group.open)])];
    const key = JSON.stringify([groups.map(({ identity }) => identity.key).sort(), open]);
    let set = this.#sets.get(key);
    if (set === undefined) this.#sets.set(key, (set = { key, groups: [...new Set(groups)], others, open }));
    return set;
  }
}

const order = (node: ResourceNode): number => (node.mode === "managed" ? 0 : node.mode === "data" ? 1 : 2);

/** Paths of the rules that a group was looked up with; undefined when they are not told. */
export function toldRules(reader: Reader, node: ResourceNode): readonly Path[] | undefined {
  const list = node.mode === "data" ? reader.value(node, ["security_group_rules"]) : null;
  return isList(list) ? list.map((_, i) => ["security_group_rules", i]) : undefined;
}

export function append<T>(groups: Map<string, T[]>, key: string, item: T): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [item]);
  else group.push(item);
}
