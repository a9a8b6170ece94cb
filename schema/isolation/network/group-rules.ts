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

/** One rule as it is read. */
interface Reading {
  readonly id: Value;
  /** The group; undefined when none is told. */
  readonly owner: Identity | undefined;
  readonly rule: GroupRule;
  readonly oddities: readonly Oddity[];
}

/** What the rules of a graph are read of. */
interface Source {
  readonly reader: Reader;
  readonly groups: Groups;
  /** Rules that groups were looked up with. */
  readonly told: readonly Reading[];
}

/** The rules of the security groups of a graph. */
export class GroupRules {
  readonly oddities: readonly Oddity[];
  readonly #lists = { ingress: new Map<Group, Rules>(), egress: new Map<Group, Rules>() };

  /** @param before a version whose objects are taken again where they are the same */
  private constructor(
    readonly source: Source,
    readonly readings: ReadonlyMap<string, Reading>,
    gone: ReadonlySet<string>,
    before?: GroupRules,
  ) {
    const own = [...readings.values()];
    const ids = new Set(own.map(({ id }) => id));
    const told = source.told.filter(({ id }) => !(typeof id === "string" && (ids.has(id) || gone.has(id))));
    const all = [...own, ...told];
    const owned = new Map<string, GroupRule[]>();
    for (const { owner, rule } of all) if (owner?.settled) append(owned, owner.key, rule);
    // Of which it is not known whose they are: each group may have them.
    const stray = all.filter(({ owner }) => owner?.settled === false);
    for (const group of source.groups.all) {
      const sure = owned.get(group.identity.key) ?? [];
      const rules = [...sure, ...straysOf(group, stray)];
      for (const direction of DIRECTIONS) {
        const now = rules.filter((rule) => rule.direction === direction || rule.direction === undefined);
        const was = before?.of(group, direction);
        this.#lists[direction].set(group, was && isSame(was, now) ? was : now);
      }
    }
    this.oddities = all.flatMap(({ oddities }) => oddities);
  }

  /** @param gone ids that a plan takes away, which a group that was looked up before may still tell */
  static read(reader: Reader, groups: Groups, gone: ReadonlySet<string>): GroupRules {
    const readings = reader.nodes(RULE).map((node): [string, Reading] => {
      const owner = reader.identity(node, ["security_group_id"], GROUP);
      return [node.address, readingOf(reader, node, [], owner)];
    });
    const told = reader
      .nodes(GROUP)
      .filter(({ mode }) => mode !== "managed")
      .flatMap((node) =>
        (toldRules(reader, node) ?? []).map((path) => readingOf(reader, node, path, identify(node))),
      );
    return new GroupRules({ reader, groups, told }, new Map(readings), gone);
  }

  /** Those of a graph of which nothing but rules differs, at some addresses. */
  at(graph: ResourceGraph, changed: Iterable<string>, gone: ReadonlySet<string>): GroupRules {
    const { reader } = this.source;
    const readings = new Map(this.readings);
    for (const address of changed) {
      const node = graph.nodes.get(address);
      const owner = node && reader.identity(node, ["security_group_id"], GROUP);
      if (node) readings.set(address, readingOf(reader, node, [], owner));
      else readings.delete(address);
    }
    return new GroupRules(this.source, readings, gone, this);
  }

  /** The rules that groups have in only one of two versions. */
  differing(before: GroupRules): readonly GroupRule[] {
    return [...this.source.groups.all].flatMap((group) =>
      DIRECTIONS.flatMap((direction) => {
        const [was, now] = [before.of(group, direction), this.of(group, direction)];
        if (was === now) return [];
        const [old, own] = [new Set(was), new Set(now)];
        return [...was.filter((rule) => !own.has(rule)), ...now.filter((rule) => !old.has(rule))];
      }),
    );
  }

  /** Those that speak, or may, of a direction. */
  of = (group: Group, direction: Direction): Rules => this.#lists[direction].get(group) ?? [];
}

const straysOf = ({ identity }: Group, stray: readonly Reading[]): readonly GroupRule[] =>
  stray.flatMap(({ owner, rule }) =>
    owner === undefined || compare(owner, identity) === "different"
      ? []
      : { ...rule, sure: false, unknowns: [...rule.unknowns, ...owner.unknowns] },
  );

const isSame = <T>(a: readonly T[], b: readonly T[]): boolean =>
  a.length === b.length && a.every((item, i) => item === b[i]);

function readingOf(reader: Reader, node: ResourceNode, path: Path, owner: Identity | undefined): Reading {
  const oddities: Oddity[] = [];
  const rule = ruleOf(reader, oddities, node, path);
  return { id: reader.value(node, [...path, "id"]), owner, rule, oddities };
}

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
