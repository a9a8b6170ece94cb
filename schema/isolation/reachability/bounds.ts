import type { Bound, Line } from "../network/filters.js";
import type { Step, Way } from "../network/ways.js";
import type { AddressChoice } from "../network/model.js";
import {
  ALL_PORTS,
  allProtocols,
  everything,
  type Box,
  type Family,
  type Interval,
  type Point,
} from "../packets/fields.js";
import { ALL, cutsOf, floorOf, NONE, PacketAlgebra, type PacketSet } from "../packets/sets.js";

/** How much one filter may add to all sets: 100,000 rules of one kind fit, those that cut each other up do not. */
const ALLOWANCE = 2_000_000;

/** Packets by protocol and ports, whatever their addresses. */
export type Region = Pick<Box, "protocol" | "port" | "sourcePort">;
export const EVERYWHERE: Region = {
  protocol: [allProtocols(4)[0], allProtocols(6)[1]],
  port: ALL_PORTS,
  sourcePort: ALL_PORTS,
};

interface Placed {
  readonly cuts: readonly Point[];
  readonly sets: PacketSet[];
}

/** Computes the sets of packets that filters and ways let through; each once. */
export class Bounds {
  readonly #filters = new Map<string, PacketSet | undefined>();
  readonly #steps = {
    may: new Map<number | string, PacketSet | undefined>(),
    must: new Map<number | string, PacketSet | undefined>(),
  };
  readonly #families = new Map<Family, PacketSet>();
  /** Sets with an address put in: the same between two cuts. */
  readonly #placed = {
    source: new Map<PacketSet, Placed>(),
    destination: new Map<PacketSet, Placed>(),
  };

  /** @param region the packets that are asked for: sets say nothing of others */
  constructor(
    readonly algebra = new PacketAlgebra(),
    readonly region = EVERYWHERE,
  ) {}

  /**
   * What passes all steps. It says so of packets in the way's domain only: addresses that are known are put in before
   * filters are combined, which keeps sets small and makes them the same for many ways.
   */
  through(way: Way, steps: readonly Step[], bound: Bound): PacketSet {
    let left = this.#family(way.family);
    for (const step of steps) {
      left = this.algebra.intersect(left, this.#at(this.step(step, bound), way));
      if (left === NONE) break;
    }
    return left;
  }

  /** The same within the way's domain. */
  onWay(way: Way, steps: readonly Step[], bound: Bound): PacketSet {
    const through = this.through(way, steps, bound);
    return through === NONE ? NONE : this.algebra.intersect(through, this.domain(way));
  }

  #family(family: Family): PacketSet {
    let set = this.#families.get(family);
    if (set === undefined) {
      const box = clip(everything(family), this.region);
      this.#families.set(family, (set = box ? this.algebra.box(box) : NONE));
    }
    return set;
  }

  #at(set: PacketSet, { source, destination }: Way): PacketSet {
    return this.#withAddress(this.#withAddress(set, "source", source), "destination", destination);
  }

  #withAddress(set: PacketSet, field: "source" | "destination", { addresses }: AddressChoice): PacketSet {
    const [first, last] = addresses.interval;
    if (first !== last || set === ALL || set === NONE) return set;
    const placed = this.#placedIn(set, field);
    const between = floorOf(placed.cuts, first);
    return (placed.sets[between] ??= this.algebra.project(set, field, addresses.interval, "some"));
  }

  /** Where along a field a set changes. */
  cuts = (set: PacketSet, field: "source" | "destination"): readonly Point[] =>
    this.#placedIn(set, field).cuts;

  #placedIn(set: PacketSet, field: "source" | "destination"): Placed {
    let placed = this.#placed[field].get(set);
    if (placed === undefined) this.#placed[field].set(set, (placed = { cuts: cutsOf(set, field), sets: [] }));
    return placed;
  }

  step(step: Step, bound: Bound): PacketSet {
    const { filter, maybe } = step;
    if (maybe && bound === "may") return ALL;
    if (filter.open.length > 0) return bound === "may" ? ALL : NONE;
    const which = isExact(step) ? "may" : bound;
    const steps = this.#steps[which];
    const key = keyOf(step);
    let set = steps.get(key);
    if (set === undefined && !steps.has(key)) steps.set(key, (set = this.#seen(step, which)));
    return set ?? (bound === "may" ? ALL : NONE);
  }

  /** Whether a filter had too many rules to tell, and counts as unknown. */
  isTooLarge = ({ filter, reply }: Step): boolean =>
    (["may", "must"] as const).some((bound) => {
      const key = `${bound} ${reply} ${filter.id}`;
      return this.#filters.has(key) && this.#filters.get(key) === undefined;
    });

  /** The packets that a way is for. */
  domain(way: Way): PacketSet {
    return this.algebra.box(boxOf(way));
  }

  /** Undefined when it is too large to tell. */
  #seen(step: Step, bound: Bound): PacketSet | undefined {
    const { filter, reply } = step;
    const key = `${bound} ${reply} ${filter.id}`;
    if (!this.#filters.has(key)) {
      const work = () => this.#compile(filter[bound], filter.otherwise[bound], reply);
      this.#filters.set(key, this.algebra.bounded(ALLOWANCE, work));
    }
    const set = this.#filters.get(key);
    if (set === undefined) return undefined;
    const how = bound === "may" ? "some" : "every";
    return (["source", "destination"] as const).reduce((result, field) => {
      const addresses = step[field];
      return addresses ? this.algebra.project(result, field, addresses.interval, how) : result;
    }, set);
  }

  #compile(lines: readonly Line[], otherwise: boolean, reply: boolean): PacketSet {
    const { union, subtract } = this.algebra;
    interface Part {
      readonly decided: PacketSet;
      readonly allowed: PacketSet;
    }
    const fitting = lines.flatMap(({ boxes, allows }) => {
      const inside = boxes.flatMap((box) => clip(reply ? answerTo(box) : box, this.region) ?? []);
      return inside.length > 0 ? { boxes: inside, allows } : [];
    });
    const part = (from: number, to: number): Part => {
      const [line] = fitting.slice(from, from + 1);
      if (line !== undefined && to - from === 1) {
        const decided = this.algebra.unionOf(line.boxes.map((box) => this.algebra.box(box)));
        return { decided, allowed: line.allows ? decided : NONE };
      }
      const middle = (from + to) >> 1;
      const [first, rest] = [part(from, middle), part(middle, to)];
      return {
        decided: union(first.decided, rest.decided),
        allowed: union(first.allowed, subtract(rest.allowed, first.decided)),
      };
    };
    if (fitting.length === 0) return otherwise ? ALL : NONE;
    const { decided, allowed } = part(0, fitting.length);
    return otherwise ? union(allowed, subtract(ALL, decided)) : allowed;
  }
}

export const boxOf = ({ family, source, destination }: Way): Box => ({
  ...everything(family),
  source: source.addresses.interval,
  destination: destination.addresses.interval,
});

/** What of a box is in a region; undefined when nothing is. */
function clip(box: Box, region: Region): Box | undefined {
  const protocol = both(box.protocol, region.protocol);
  const port = both(box.port, region.port);
  const sourcePort = both(box.sourcePort, region.sourcePort);
  return protocol && port && sourcePort && { ...box, protocol, port, sourcePort };
}

/** The smallest region with all of some boxes; undefined when there are none. */
export function regionOf(boxes: readonly Box[]): Region | undefined {
  const hull = (a: Interval, b: Interval): Interval => [a[0] < b[0] ? a[0] : b[0], a[1] > b[1] ? a[1] : b[1]];
  const [first, ...others] = boxes;
  return (
    first &&
    others.reduce<Region>(
      (region, { protocol, port, sourcePort }) => ({
        protocol: hull(region.protocol, protocol),
        port: hull(region.port, port),
        sourcePort: hull(region.sourcePort, sourcePort),
      }),
      first,
    )
  );
}

function both(a: Interval, b: Interval): Interval | undefined {
  if (b[0] <= a[0] && a[1] <= b[1]) return a;
  const [first, last] = [a[0] > b[0] ? a[0] : b[0], a[1] < b[1] ? a[1] : b[1]];
  return first <= last ? [first, last] : undefined;
}

/** The packets whose answers are in the box. */
const answerTo = (box: Box): Box => ({
  protocol: box.protocol,
  port: box.sourcePort,
  sourcePort: box.port,
  source: box.destination,
  destination: box.source,
});

/** Whether both bounds of a step are the same. */
function isExact({ filter, source, destination }: Step): boolean {
  const one = (addresses: Step["source"]) =>
    addresses === undefined || addresses.interval[0] === addresses.interval[1];
  return (
    filter.may === filter.must &&
    filter.otherwise.may === filter.otherwise.must &&
    one(source) &&
    one(destination)
  );
}

/** Most steps see the packet as it is, and are told apart by their filters. */
const keyOf = ({ filter, source, destination, reply }: Step): number | string =>
  source || destination || reply
    ? `${filter.id} ${source?.interval.join("-") ?? ""} ${destination?.interval.join("-") ?? ""} ${reply}`
    : filter.id;
