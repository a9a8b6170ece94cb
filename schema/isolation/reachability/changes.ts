import type { Way } from "../network/ways.js";
import { INTERNET } from "../packets/addresses.js";
import { everything } from "../packets/fields.js";
import { formatSet } from "../packets/format.js";
import { NONE, type PacketSet } from "../packets/sets.js";
import { listed } from "../rule.js";
import type { Bounds } from "./bounds.js";
import type { Reachability } from "./index.js";
import type { End, Via } from "./model.js";
import {
  areApart,
  beyond,
  dependsOnAddress,
  isChosen,
  isOutside,
  kindsOf,
  nodeOf,
  trafficOn,
  waysBetween,
  type Kind,
  type Twin,
} from "./pairs.js";
import type { Transition } from "./transition.js";

/** What a plan opens or closes, as one says it. Plain data. */
export interface Change {
  readonly kind: "opened" | "closed";
  /** Whether it comes so whatever the unknowns become. */
  readonly sure: boolean;
  /** Ends, or subnets for all that is in them. */
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly via: Via;
  /** `tcp/443 from 203.0.113.0/24`. */
  readonly traffic: string;
}

/** `the internet can now reach iec_server.web on tcp/443`. */
export function tellChange({ kind, sure, from, to, traffic }: Change): string {
  const verb = `${sure ? "can" : "may"} ${kind === "opened" ? "now" : "no longer"} reach`;
  const whom = from.length > 1 && from.join() === to.join() ? "each other" : listed(to, "and");
  return `${listed(from, "and")} ${verb} ${whom} on ${traffic}`;
}

/** A difference between two ends, or between all of some ends and all of others. */
export interface Difference {
  readonly kind: Change["kind"];
  readonly sure: boolean;
  readonly via: Via;
  readonly set: PacketSet;
  readonly from: readonly Twin[];
  readonly to: readonly Twin[];
}

/**
 * What can reach what only after a plan, and what only before. Only ends that something changed has a say in are
 * looked at; paths between ends by their public addresses are told as those from and to the internet.
 */
export function changesBetween(transition: Transition): readonly Change[] {
  const { before, after, changed } = transition;
  if (changed.size === 0) return [];
  const said = new Sayings(before, after);
  return merged(differencesBetween(transition))
    .map((one): Change => {
      const { kind, sure, via } = one;
      const r = kind === "opened" ? after : before;
      const [from, to] = [said.names(one.from, kind), said.names(one.to, kind)];
      const [a, b] = [one.from[0], one.to[0]];
      const traffic = formatSet(brief(r, one.set, a && b && outsideOf(a, b)));
      return { kind, sure, via, from, to, traffic };
    })
    .toSorted((a, b) => weight(a) - weight(b));
}

export function differencesBetween(transition: Transition): readonly Difference[] {
  const { before, after, bounds, changed, related } = transition;
  const touched = related.touchedBy(changed);
  const isTouched = (twin: Twin) => touched.has(nodeOf(twin));
  return [...pairsOf(kindsOf(before, after), isTouched)].flatMap(([from, to, via]) =>
    differences([before, after], bounds, from, to, via),
  );
}

/** Whether packets meet the very same filters on both. Two readings of a network share those that did not change. */
const meetSame = (was: readonly Way[], will: readonly Way[]): boolean =>
  was.length === will.length &&
  was.every(({ steps }, w) => {
    const others = will[w]?.steps ?? [];
    return steps.length === others.length && steps.every(({ filter }, i) => filter === others[i]?.filter);
  });

/** An end of each of two kinds; two of them where the kinds are one. */
const representatives = (from: Kind, to: Kind): readonly [Twin | undefined, Twin | undefined] => [
  from.twins[0],
  from === to ? to.twins[1] : to.twins[0],
];

/** What the internet reaches first, then what reaches it; what opens before what closes; facts before what may be. */
const weight = ({ via, kind, sure, from }: Change): number =>
  (via === "private" ? 8 : from[0] === "the internet" ? 0 : 4) + (kind === "opened" ? 0 : 2) + (sure ? 0 : 1);

/** Kinds of which something that changed has a say in one. */
function* pairsOf(
  kinds: readonly Kind[],
  isTouched: (twin: Twin) => boolean,
): Generator<readonly [Kind, Kind, Via]> {
  const ends = kinds.flatMap(({ key, twins }): Kind[] => {
    const [touched, others] = [twins.filter(isTouched), twins.filter((twin) => !isTouched(twin))];
    return [
      { key: `touched ${key}`, twins: touched },
      { key, twins: others },
    ].filter((kind) => kind.twins.length > 0);
  });
  const touched = new Set(ends.filter(({ key, twins: [first] }) => first && key.startsWith("touched ")));
  for (const one of touched) {
    for (const other of ends) {
      const [a, b] = [one.twins[0], other.twins[0]];
      if (a === undefined || b === undefined || isOutside(a)) continue;
      const outside = isOutside(b);
      if (!outside && areApart(a, b)) continue;
      const via = outside ? "internet" : "private";
      yield [one, other, via];
      if (one !== other && (outside || !touched.has(other))) yield [other, one, via];
    }
  }
}

function differences(
  sides: readonly [before: Reachability, after: Reachability],
  bounds: readonly [before: Bounds, after: Bounds],
  from: Kind,
  to: Kind,
  via: Via,
): Difference[] {
  const [a, b] = representatives(from, to);
  if (a === undefined || b === undefined) return [];
  const [before, after] = sides;
  const [was, will] = [
    waysBetween(before, [a.before, b.before], via),
    waysBetween(after, [a.after, b.after], via),
  ];
  // Where nothing but rules changed, the ways are the same: they differ by their filters, if at all.
  if (bounds[0] === bounds[1] && meetSame(was, will)) return [];
  const alone = (kind: Kind): Kind[] => kind.twins.map((twin) => ({ key: twin.key, twins: [twin] }));
  const varies = (field: "source" | "destination", { twins }: Kind) =>
    dependsOnAddress(
      was,
      bounds[0],
      field,
      twins.map((twin) => twin.before),
    ) ||
    dependsOnAddress(
      will,
      bounds[1],
      field,
      twins.map((twin) => twin.after),
    );
  const [splits, parts] = [varies("source", from), varies("destination", to)];
  if (splits || parts) {
    const sources = splits || from === to ? alone(from) : [from];
    const targets = parts || from === to ? alone(to) : [to];
    return sources.flatMap((source) =>
      targets.flatMap((target) =>
        source.key === target.key ? [] : differences(sides, bounds, source, target, via),
      ),
    );
  }
  const old = side(was, bounds[0], [a.before, b.before]);
  const planned = side(will, bounds[1], [a.after, b.after]);
  const { algebra } = bounds[1];
  const { subtract } = algebra;
  return (["opened", "closed"] as const).flatMap((kind) => {
    const [more, less] = kind === "opened" ? [planned, old] : [old, planned];
    const sure = subtract(more.must, less.may);
    const maybe = [
      subtract(more.may, less.may),
      subtract(more.must, less.must),
      beyond({ ...more, ways: more.ways.filter((way) => isChosen(way, more.ends)) }, [less], more.ends),
    ];
    const may = subtract(algebra.unionOf(maybe), sure);
    return [
      { set: sure, sure: true },
      { set: may, sure: false },
    ].flatMap((one) => (one.set === NONE ? [] : [{ ...one, kind, via, from: from.twins, to: to.twins }]));
  });
}

/** The ways of a pair in one of the networks, with what gets along them. */
const side = (ways: readonly Way[], bounds: Bounds, ends: readonly [End | undefined, End | undefined]) => ({
  ways,
  bounds,
  ends,
  ...trafficOn(ways, bounds, ends),
});

/** Pairs with one and the same difference said at once: first by their targets, then by their sources. */
function merged(found: readonly Difference[]): readonly Difference[] {
  const merge = (all: readonly Difference[], by: "from" | "to", other: "from" | "to"): Difference[] => {
    const groups = new Map<string, Difference>();
    for (const one of all) {
      const names = one[by].map(({ key }) => key).toSorted();
      const key = [one.kind, one.sure, one.via, one.set.id, ...names].join("\n");
      const same = groups.get(key);
      const twins = same ? [...new Set([...same[other], ...one[other]])] : one[other];
      groups.set(key, { ...one, [other]: twins });
    }
    return [...groups.values()];
  };
  return merge(merge(found, "from", "to"), "to", "from");
}

/** Calls ends by their names, and all the ends of a subnet by that of the subnet. */
class Sayings {
  readonly #sizes: Readonly<Record<Change["kind"], ReadonlyMap<string, number>>>;

  constructor(before: Reachability, after: Reachability) {
    const sizes = (r: Reachability) => {
      const all = new Map<string, number>();
      for (const end of r.ends) {
        const name = subnetOf(end);
        if (name !== undefined) all.set(name, (all.get(name) ?? 0) + 1);
      }
      return all;
    };
    this.#sizes = { opened: sizes(after), closed: sizes(before) };
  }

  names(twins: readonly Twin[], kind: Change["kind"]): string[] {
    const ends = twins.flatMap((twin) => (kind === "opened" ? twin.after : twin.before) ?? []);
    const bySubnet = new Map<string | undefined, End[]>();
    for (const end of ends) bySubnet.set(subnetOf(end), [...(bySubnet.get(subnetOf(end)) ?? []), end]);
    return [...bySubnet].flatMap(([subnet, inside]) =>
      subnet !== undefined && inside.length > 1 && inside.length === this.#sizes[kind].get(subnet)
        ? [subnet]
        : inside.map(({ label }) => label),
    );
  }
}

const subnetOf = (end: End): string | undefined => (end.kind === "nic" ? end.places?.subnet : undefined);

/** The addresses of the internet left out of what is so for all of them; the rest with its own. */
export function brief({ bounds: { algebra } }: Reachability, set: PacketSet, outside: Outside): PacketSet {
  if (outside === undefined) return set;
  const parts = ([4, 6] as const).map((family) =>
    INTERNET.filter((range) => range.family === family)
      .map((range) => algebra.project(set, outside, range.interval, "every"))
      .reduce(algebra.intersect, algebra.box(everything(family))),
  );
  const everywhere = algebra.unionOf(parts);
  return algebra.union(everywhere, algebra.subtract(set, everywhere));
}

/** The field that holds an address of the internet. */
export type Outside = "source" | "destination" | undefined;
export const outsideOf = (from: Twin, to: Twin): Outside =>
  isOutside(from) ? "source" : isOutside(to) ? "destination" : undefined;
