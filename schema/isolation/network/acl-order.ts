import type { ResourceNode } from "../../graph.js";
import type { Reader } from "./read.js";

/** A rule's place in its list lies between these; a rule stands before another when its last is below the other's first. */
export type Rank = readonly [first: number, last: number];
const ANYWHERE: Rank = [-Infinity, Infinity];

export interface Ordered {
  readonly ranks: ReadonlyMap<ResourceNode, Rank>;
  /** Rules that stand before themselves. */
  readonly circle: readonly ResourceNode[];
}

/**
 * The order of the rules of one ACL and direction, as far as `position`, `before` and `after` tell it.
 *
 * Rules that positions place are in that order, whenever each was made; one without any of the three comes last when
 * it is made, which may be before others are.
 */
export function orderRules(rules: readonly ResourceNode[], reader: Reader): Ordered {
  const position = (rule: ResourceNode): number | undefined =>
    reader.told(rule, ["position"], "number").value ?? undefined;
  const before = new Map<ResourceNode, Set<ResourceNode>>(rules.map((rule) => [rule, new Set()]));
  const edges = (rule: ResourceNode, attribute: "before" | "after") => {
    const value = reader.value(rule, [attribute]);
    return value === null ? [] : reader.topology.objectsOf(value).filter((other) => before.has(other));
  };
  let anchored = false;
  for (const rule of rules) {
    for (const other of edges(rule, "after")) anchored = Boolean(before.get(rule)?.add(other));
    for (const other of edges(rule, "before")) anchored = Boolean(before.get(other)?.add(rule));
  }
  const placed = rules.filter((rule) => position(rule) !== undefined);
  const number = (rule: ResourceNode): number => position(rule) ?? 0;
  if (!anchored) {
    return {
      circle: [],
      ranks: new Map(
        rules.map((rule) => [
          rule,
          position(rule) === undefined && rules.length > 1 ? ANYWHERE : rankOf(number(rule)),
        ]),
      ),
    };
  }
  const sorted = placed.toSorted((a, b) => number(a) - number(b));
  for (const [i, rule] of sorted.entries()) {
    const previous = sorted[i - 1];
    if (previous !== undefined && number(previous) < number(rule)) before.get(rule)?.add(previous);
  }
  return fromPartialOrder(rules, before);
}

const rankOf = (at: number): Rank => [at, at];

/** Between how many that stand before it and how many that stand behind it each rule is. */
function fromPartialOrder(
  rules: readonly ResourceNode[],
  before: ReadonlyMap<ResourceNode, ReadonlySet<ResourceNode>>,
): Ordered {
  // Beyond this the closure costs too much; the order counts as unknown.
  if (rules.length > 2_000) return { circle: [], ranks: new Map(rules.map((rule) => [rule, ANYWHERE])) };
  const earlier = new Map<ResourceNode, ReadonlySet<ResourceNode>>();
  for (const rule of rules) {
    const all = new Set<ResourceNode>();
    const waiting = [...(before.get(rule) ?? [])];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (all.has(next)) continue;
      all.add(next);
      waiting.push(...(before.get(next) ?? []));
    }
    earlier.set(rule, all);
  }
  const circle = rules.filter((rule) => earlier.get(rule)?.has(rule));
  const later = new Map(rules.map((rule) => [rule, 0]));
  for (const all of earlier.values()) for (const rule of all) later.set(rule, (later.get(rule) ?? 0) + 1);
  const ranks = rules.map((rule): [ResourceNode, Rank] => [
    rule,
    circle.length > 0 ? ANYWHERE : [earlier.get(rule)?.size ?? 0, rules.length - 1 - (later.get(rule) ?? 0)],
  ]);
  return { ranks: new Map(ranks), circle };
}
