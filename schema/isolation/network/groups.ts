import type { ResourceNode } from "../../graph.js";
import { formatPath, isList, type Path } from "../../unknown.js";
import { compare, identify, nameOf, type Identity } from "../identity.js";
import type { Group, GroupRule, GroupSet, Oddity } from "./model.js";
import { Match } from "./match.js";
import type { Reader } from "./read.js";

const GROUP = "iec_security_group";
const RULE = "iec_security_group_rule";
const PRIORITIES = [1, 100] as const;

/** The security groups of a graph, and the sets of them that NICs have. */
export class Groups {
  readonly #byKey = new Map<string, Group>();
  readonly #sets = new Map<string, GroupSet>();

  constructor(
    readonly reader: Reader,
    readonly oddities: Oddity[],
    readonly gone: ReadonlySet<string>,
  ) {
    const rules = new Map<string, GroupRule[]>();
    /** Rules of which it is not known whose they are: each group may have them. */
    const stray: { readonly owner: Identity; readonly rule: GroupRule }[] = [];
    const ids = new Set<string>();
    const told = new Map<string, readonly string[]>();
    for (const node of reader.nodes(RULE)) {
      const owner = reader.identity(node, ["security_group_id"], GROUP);
      const rule = this.#rule(node, []);
      if (typeof node.values["id"] === "string") ids.add(node.values["id"]);
      if (owner === undefined || rule === undefined) continue;
      if (owner.settled) append(rules, owner.key, rule);
      else stray.push({ owner, rule });
    }
    for (const node of reader.nodes(GROUP)) {
      if (node.mode === "managed") continue;
      const key = identify(node).key;
      const list = node.mode === "data" ? reader.value(node, ["security_group_rules"]) : null;
      if (!isList(list)) {
        told.set(key, [`${nameOf(node)}: its rules`]);
        continue;
      }
      for (const i of list.keys()) {
        const path: Path = ["security_group_rules", i];
        const id = reader.value(node, [...path, "id"]);
        if (typeof id === "string" && (ids.has(id) || gone.has(id))) continue;
        const rule = this.#rule(node, path);
        if (rule !== undefined) append(rules, key, rule);
      }
    }
    const managed = [...reader.nodes(GROUP)].toSorted((a, b) => order(a) - order(b));
    for (const node of managed) {
      const identity = identify(node);
      if (this.#byKey.has(identity.key)) continue;
      const unsettled = identity.settled ? [] : identity.unknowns;
      const maybe = stray
        .filter(({ owner }) => compare(owner, identity) !== "different")
        .map(({ owner, rule }) => ({
          ...rule,
          sure: false,
          unknowns: [...rule.unknowns, ...owner.unknowns],
        }));
      this.#byKey.set(identity.key, {
        identity,
        label: nameOf(node),
        rules: [...(rules.get(identity.key) ?? []), ...maybe],
        open: [...(told.get(identity.key) ?? []), ...unsettled],
      });
    }
  }

  /** The groups that a list or set of ids means. */
  of(node: ResourceNode, path: Path): GroupSet {
    const items = this.reader.items(node, path);
    if (items === undefined)
      return this.openSet(this.reader.names(this.reader.value(node, path), node, path));
    const identities = items.flatMap((item) => this.reader.identity(node, item, GROUP) ?? []);
    // A NIC that nobody gives a group has the account's default one.
    if (identities.length === 0) return this.openSet([`${node.address}.${formatPath(path)}`]);
    const groups = identities.flatMap((identity) => this.#byKey.get(identity.key) ?? []);
    const open = identities
      .filter((identity) => !this.#byKey.has(identity.key))
      .flatMap((identity) => (identity.settled ? [`${identity.label}: its rules`] : identity.unknowns));
    return this.#set(groups, open);
  }

  openSet = (unknowns: readonly string[]): GroupSet => this.#set([], unknowns);

  #set(groups: readonly Group[], more: readonly string[]): GroupSet {
    const open = [...new Set([...more, ...groups.flatMap((group) => group.open)])];
    const key = JSON.stringify([groups.map(({ identity }) => identity.key).sort(), open]);
    let set = this.#sets.get(key);
    if (set === undefined) this.#sets.set(key, (set = { key, groups: [...new Set(groups)], open }));
    return set;
  }

  #rule(node: ResourceNode, base: Path): GroupRule | undefined {
    const match = new Match(this.reader, node, base, this.oddities);
    const direction = match.known("direction");
    const ethertype = match.known("ethertype");
    const protocol = match.known("protocol");
    match.begin(ethertype === undefined ? [4, 6] : ethertype === "IPv6" ? [6] : [4], protocol);
    const [min, max] = [match.known("port_range_min"), match.known("port_range_max")];
    if (typeof min === "string" && typeof max === "string")
      match.ports("port", "port_range_min", [Number(min), Number(max)]);
    else if (min !== max && min !== undefined && max !== undefined)
      match.odd(min === null ? "port_range_min" : "port_range_max", "one end of the range is not set");
    const remote = this.reader.identity(node, match.at("remote_group_id"), GROUP);
    const prefix = match.known("remote_ip_prefix");
    const sided = direction === "ingress" || direction === "egress";
    if (!sided) match.odd("direction", "it is not known");
    if (remote && typeof prefix === "string") match.odd("remote_group_id", "the other side is told twice");
    else if (typeof prefix === "string" && sided)
      match.addresses(direction === "egress" ? "destination" : "source", "remote_ip_prefix", prefix);
    else if (!remote && prefix === null) match.odd("remote_ip_prefix", "the other side is not told");
    const priority = match.text("priority");
    const action = match.text("action");
    const rank = priority.unknowns
      ? PRIORITIES
      : ([Number(priority.value ?? 1), Number(priority.value ?? 1)] as const);
    return {
      node,
      path: base,
      label: base.length === 0 ? nameOf(node) : `${nameOf(node)}.${formatPath(base)}`,
      direction: sided ? direction : undefined,
      allows: action.unknowns ? undefined : (action.value ?? "allow") === "allow",
      rank: Number.isFinite(rank[0]) ? rank : PRIORITIES,
      boxes: match.boxes,
      sure: match.sure,
      remote: remote && typeof prefix === "string" ? undefined : remote,
      unknowns: [...match.unknowns, ...(priority.unknowns ?? []), ...(action.unknowns ?? [])],
    };
  }
}

const order = (node: ResourceNode): number => (node.mode === "managed" ? 0 : node.mode === "data" ? 1 : 2);

export function append<T>(groups: Map<string, T[]>, key: string, item: T): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [item]);
  else group.push(item);
}
