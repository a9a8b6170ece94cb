import type { ResourceGraph, ResourceNode } from "../../graph.js";
import { formatPath, type Path, type Value } from "../../unknown.js";
import { compare, identify, nameOf, type Identity } from "../identity.js";
import { append, GROUP, toldRules, type Groups } from "./groups.js";
import type { Direction, Group, GroupRule, Oddity } from "./model.js";
import { Match } from "./match.js";
import type { Reader } from "./read.js";

const RULE = "iec_security_group_rule";
const DIRECTIONS = ["ingress", "egress"] as const;
const PRIORITIES = [1, 100] as const;

type Rules = readonly GroupRule[];

/** One rule, which is read when somebody asks what it says. */
class Reading {
  readonly id: Value;
  #read: { readonly rule: GroupRule; readonly oddities: readonly Oddity[] } | undefined;

  /** @param owner the group; undefined when none is told */
  constructor(
    readonly reader: Reader,
    readonly node: ResourceNode,
    readonly path: Path,
    readonly owner: Identity | undefined,
  ) {
    this.id = reader.value(node, path.concat("id"));
  }

  static of(reader: Reader, node: ResourceNode): Reading {
    return new Reading(reader, node, [], reader.identity(node, ["security_group_id"], GROUP));
  }

  get rule(): GroupRule {
    return this.#all().rule;
  }

  get oddities(): readonly Oddity[] {
    return this.#all().oddities;
  }

  #all() {
    if (this.#read === undefined) {
      const oddities: Oddity[] = [];
      this.#read = { rule: ruleOf(this.reader, oddities, this.node, this.path), oddities };
    }
    return this.#read;
  }
}

/** What the rules of a graph are read of. */
interface Source {
  readonly reader: Reader;
  readonly groups: Groups;
  /** Rules that groups were looked up with. */
  readonly told: readonly Reading[];
}

/** The rules of the security groups of a graph. Those of a group are read when somebody asks for them. */
export class GroupRules {
  readonly #all: readonly Reading[];
  readonly #owned = new Map<string, Reading[]>();
  /** Of which it is not known whose they are: each group may have them. */
  readonly #stray: readonly Reading[];
  readonly #lists = { ingress: new Map<Group, Rules>(), egress: new Map<Group, Rules>() };

  /** @param before a version whose objects are taken again where they are the same */
  private constructor(
    readonly source: Source,
    readonly readings: ReadonlyMap<string, Reading>,
    gone: ReadonlySet<string>,
    readonly before?: GroupRules,
  ) {
    const own = [...readings.values()];
    const ids = new Set(own.map(({ id }) => id));
    const told = source.told.filter(({ id }) => !(typeof id === "string" && (ids.has(id) || gone.has(id))));
    this.#all = [...own, ...told];
    for (const reading of this.#all)
      if (reading.owner?.settled) append(this.#owned, reading.owner.key, reading);
    this.#stray = this.#all.filter(({ owner }) => owner?.settled === false);
  }

  /** @param gone ids that a plan takes away, which a group that was looked up before may still tell */
  static read(reader: Reader, groups: Groups, gone: ReadonlySet<string>): GroupRules {
    const readings = new Map(reader.nodes(RULE).map((node) => [node.address, Reading.of(reader, node)]));
    const told = reader
      .nodes(GROUP)
      .filter(({ mode }) => mode !== "managed")
      .flatMap((node) =>
        (toldRules(reader, node) ?? []).map((path) => new Reading(reader, node, path, identify(node))),
      );
    return new GroupRules({ reader, groups, told }, readings, gone);
  }

  /** Those of a graph of which nothing but rules differs, at some addresses. */
  at(graph: ResourceGraph, changed: Iterable<string>, gone: ReadonlySet<string>): GroupRules {
    const readings = new Map(this.readings);
    for (const address of changed) {
      const node = graph.nodes.get(address);
      if (node) readings.set(address, Reading.of(this.source.reader, node));
      else readings.delete(address);
    }
    return new GroupRules(this.source, readings, gone, this);
  }

  get oddities(): readonly Oddity[] {
    return this.#all.flatMap(({ oddities }) => oddities);
  }

  /** The rules that groups have in only one of this version and the one before. */
  get differing(): readonly GroupRule[] {
    const groups = [...this.source.groups.all].filter((group) => !this.#isAsBefore(group));
    return groups.flatMap((group) =>
      DIRECTIONS.flatMap((direction) => {
        const [was, now] = [this.before?.of(group, direction) ?? [], this.of(group, direction)];
        if (was === now) return [];
        const [old, own] = [new Set(was), new Set(now)];
        return [...was.filter((rule) => !own.has(rule)), ...now.filter((rule) => !old.has(rule))];
      }),
    );
  }

  /** Those that speak, or may, of a direction. */
  of(group: Group, direction: Direction): Rules {
    const lists = this.#lists[direction];
    let list = lists.get(group);
    if (list === undefined) lists.set(group, (list = this.#read(group, direction)));
    return list;
  }

  #read(group: Group, direction: Direction): Rules {
    const was = this.before?.of(group, direction);
    if (was && this.#isAsBefore(group)) return was;
    const now = this.#readingsOf(group)
      .map(ruleIn)
      .filter((rule) => rule.direction === direction || rule.direction === undefined);
    return was && isSame(was, now) ? was : now;
  }

  #isAsBefore = (group: Group): boolean =>
    this.before !== undefined && isSame(this.before.#readingsOf(group), this.#readingsOf(group));

  /** Of the rules that the group has, and of those that it may have. */
  #readingsOf({ identity }: Group): readonly Reading[] {
    const stray = this.#stray.filter(({ owner }) => owner && compare(owner, identity) !== "different");
    return [...(this.#owned.get(identity.key) ?? []), ...stray];
  }
}

/** The rule as a group has it: not for sure where it is not known whose it is. */
const ruleIn = ({ owner, rule }: Reading): GroupRule =>
  owner?.settled === false ? { ...rule, sure: false, unknowns: [...rule.unknowns, ...owner.unknowns] } : rule;

const isSame = <T>(a: readonly T[], b: readonly T[]): boolean =>
  a.length === b.length && a.every((item, i) => item === b[i]);

function ruleOf(reader: Reader, oddities: Oddity[], node: ResourceNode, base: Path): GroupRule {
  const match = new Match(reader, node, base, oddities);
  const direction = match.known("direction");
  const ethertype = match.known("ethertype");
  const protocol = match.known("protocol");
  match.begin(ethertype === undefined ? [4, 6] : ethertype === "IPv6" ? [6] : [4], protocol);
  const [min, max] = [match.known("port_range_min"), match.known("port_range_max")];
  if (typeof min === "string" && typeof max === "string")
    match.ports("port", "port_range_min", [Number(min), Number(max)]);
  else if (min !== max && min !== undefined && max !== undefined)
    match.odd(min === null ? "port_range_min" : "port_range_max", "one end of the range is not set");
  const remote = reader.identity(node, match.at("remote_group_id"), GROUP);
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
