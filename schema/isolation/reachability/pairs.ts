import type { Nic } from "../network/model.js";
import { barrierBetween, type Way } from "../network/ways.js";
import type { Addresses } from "../packets/addresses.js";
import { everything, type Box, type Point } from "../packets/fields.js";
import type { PacketAlgebra, PacketSet } from "../packets/sets.js";
import { kindOf } from "../values.js";
import type { Bounds } from "./bounds.js";
import type { Reachability } from "./index.js";
import type { End, NicEnd, Via, VipEnd } from "./model.js";

/** One end in two graphs; it may be in only one of them. */
export interface Twin {
  readonly key: string;
  readonly before: End | undefined;
  readonly after: End | undefined;
}

/** Ends that differ in nothing but their own addresses. */
export interface Kind {
  readonly key: string;
  readonly twins: readonly Twin[];
}

export interface Bounded {
  readonly may: PacketSet;
  readonly must: PacketSet;
}

export const nodeOf = ({ before, after }: Twin): string => (after ?? before)?.node?.address ?? "";
export const isOutside = ({ before, after }: Twin): boolean => (after ?? before)?.kind === "outside";

/** An end does not reach itself, nor does a NIC by a virtual IP in front of it alone. */
export function isSame(a: End, b: End): boolean {
  if (a.key === b.key) return true;
  if (a.kind === "outside" || b.kind === "outside") return false;
  const [nic, ...others] = new Set([...nicsIn(a), ...nicsIn(b)]);
  return nic !== undefined && others.length === 0;
}

const nicsIn = (end: NicEnd | VipEnd): readonly Nic[] =>
  end.kind === "nic" ? [end.nic] : end.vip.backers.map(({ nic }) => nic);

/** The ends of two graphs by kind. A NIC that might be put into an empty subnet is none. */
export function kindsOf(before: Reachability, after: Reachability): readonly Kind[] {
  const byKey = ({ ends }: Reachability) => new Map(ends.map((end) => [end.key, end]));
  const [were, are] = [byKey(before), byKey(after)];
  const kinds = new Map<string, Twin[]>();
  for (const key of new Set([...were.keys(), ...are.keys()])) {
    const [was, is] = [were.get(key), are.get(key)];
    const { node } = was ?? is ?? {};
    if (node && kindOf(node.type) === "iec_vpc_subnet") continue;
    const before = was && classOf(was);
    const name = `${before}\n${was === is ? before : is && classOf(is)}`;
    const twin = { key, before: was, after: is };
    const twins = kinds.get(name);
    if (twins === undefined) kinds.set(name, [twin]);
    else twins.push(twin);
  }
  return [...kinds].map(([key, twins]) => ({ key, twins }));
}

function classOf(end: End): string {
  if (end.kind !== "nic") return end.key;
  const { nic } = end;
  return JSON.stringify([
    nic.subnet.identity.key,
    nic.groups.key,
    [nic.vpc, nic.site].map((places) => places.map(({ key }) => key)),
    nic.addresses.map(({ addresses, sure }) => [addresses.family, sure]),
    nic.access.map(({ family, sure }) => [family, sure]),
    nic.halted !== undefined,
    nic.forwards === "no" ? "" : nic.key,
  ]);
}

/** Whether no private path can be between two ends, whichever of their versions are there at the time. */
export function areApart(a: Twin, b: Twin): boolean {
  return nicsOf(a).every((one) => nicsOf(b).every((other) => barrierBetween(one, other) !== undefined));
}

const nics = new WeakMap<Twin, readonly Nic[]>();
function nicsOf(twin: Twin): readonly Nic[] {
  let found = nics.get(twin);
  if (found === undefined) {
    found = [twin.before, twin.after].flatMap((end) =>
      end === undefined || end.kind === "outside" ? [] : nicsIn(end),
    );
    nics.set(twin, found);
  }
  return found;
}

/** The ways of a pair: none where a wall, or an end that is not there, leaves none. */
export function waysBetween(
  r: Reachability,
  [from, to]: readonly [End | undefined, End | undefined],
  via: Via,
): readonly Way[] {
  const found = from && to ? r.waysOf(from, to, via) : [];
  return "kind" in found ? [] : found;
}

/**
 * What gets along the ways from one end to another, by protocols, ports and addresses of the internet: the ends' own
 * addresses are left out. Those that the cloud chooses stand for each that it may choose.
 */
export function trafficOn(
  ways: readonly Way[],
  bounds: Bounds,
  [from, to]: readonly [End | undefined, End | undefined],
): Bounded {
  const { algebra } = bounds;
  const passing = (way: Way, bound: "may" | "must"): PacketSet =>
    withoutAddresses(algebra, way, bounds.through(way, way.steps, bound), [from, to], bound);
  const all = (some: readonly Way[], bound: "may" | "must") =>
    algebra.unionOf(some.map((way) => passing(way, bound)));
  return {
    may: all(ways, "may"),
    must: all(
      ways.filter(({ sure }) => sure),
      "must",
    ),
  };
}

/** What of a way's packets is left when the ends' own addresses are. */
function withoutAddresses(
  algebra: PacketAlgebra,
  way: Way,
  packets: PacketSet,
  [from, to]: readonly [End | undefined, End | undefined],
  bound: "may" | "must",
): PacketSet {
  let set = packets;
  let box: Box = everything(way.family);
  for (const [field, end] of [
    ["source", from],
    ["destination", to],
  ] as const) {
    const { interval } = way[field].addresses;
    if (end?.kind === "outside") box = { ...box, [field]: interval };
    else set = algebra.project(set, field, interval, bound === "may" ? "some" : "every");
  }
  return algebra.intersect(set, algebra.box(box));
}

/** Ways of a pair, and the sets of the network that they are in. */
export interface WaysIn {
  readonly bounds: Bounds;
  readonly ways: readonly Way[];
}

/**
 * What may get along some ways with addresses that the cloud chooses, and along none of some others with the very same
 * address. Without the addresses the two can look alike: one lets all but one address through, the other that one too.
 */
export function beyond(
  { bounds, ways }: WaysIn,
  others: readonly WaysIn[],
  ends: readonly [End | undefined, End | undefined],
): PacketSet {
  const { algebra } = bounds;
  const passing = (way: Way, sets: Bounds) => sets.through(way, way.steps, "may");
  return algebra.unionOf(
    ways.filter(isOpen).flatMap((way) => {
      const same = others.flatMap((other) =>
        other.ways.filter((one) => haveSameAddresses(way, one)).map((one) => passing(one, other.bounds)),
      );
      if (same.length === 0) return [];
      const more = algebra.subtract(passing(way, bounds), algebra.unionOf(same));
      return [withoutAddresses(algebra, way, more, ends, "may")];
    }),
  );
}

const FIELDS = ["source", "destination"] as const;
const isRange = (way: Way, field: (typeof FIELDS)[number]): boolean =>
  way[field].addresses.interval[0] !== way[field].addresses.interval[1];
const isOpen = (way: Way): boolean => FIELDS.some((field) => isRange(way, field));

/** Whether the cloud chooses an address of one of the ends; which one of the internet it is is no choice. */
export const isChosen = (way: Way, ends: readonly [End | undefined, End | undefined]): boolean =>
  FIELDS.some((field, i) => ends[i]?.kind !== "outside" && isRange(way, field));

const haveSameAddresses = (a: Way, b: Way): boolean =>
  a.family === b.family &&
  FIELDS.every((field) =>
    a[field].addresses.interval.every((end, i) => end === b[field].addresses.interval[i]),
  );

/** Whether it depends on which of its twins a kind's end is, at the source or the destination of ways. */
export function dependsOnAddress(
  ways: readonly Way[],
  bounds: Bounds,
  field: "source" | "destination",
  twins: readonly (End | undefined)[],
): boolean {
  if (twins.length < 2) return false;
  return ways.some((way) => {
    const [low, high] = hull(twins, way.family);
    return way.steps.some((step) =>
      (["may", "must"] as const).some((bound) =>
        bounds.cuts(bounds.step(step, bound), field).some((cut) => cut > low && cut <= high),
      ),
    );
  });
}

function hull(ends: readonly (End | undefined)[], family: Addresses["family"]): readonly [Point, Point] {
  let low: Point | undefined;
  let high: Point | undefined;
  for (const end of ends) {
    if (end?.kind !== "nic") continue;
    for (const { addresses } of end.nic.addresses) {
      if (addresses.family !== family) continue;
      const first = addresses.interval[0];
      const last = addresses.interval[1];
      if (low === undefined || first < low) low = first;
      if (high === undefined || last > high) high = last;
    }
  }
  return [low ?? 0, high ?? 0];
}
