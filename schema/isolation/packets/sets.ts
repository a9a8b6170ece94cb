/* eslint-disable @typescript-eslint/no-non-null-assertion -- indexes stay within arrays of one length */
import {
  ADDRESSES,
  FIELDS,
  LAST_PORT,
  PROTOCOLS_OF_FAMILY,
  type Box,
  type Field,
  type Interval,
  type Point,
} from "./fields.js";

/**
 * A set of packets, as an interval decision diagram: a node splits one field into intervals, each with the set of
 * what may follow. Nodes are shared and canonical: two sets are equal exactly when they are the same object.
 */
export interface PacketSet {
  readonly id: number;
  /** Index of the field; that of the two leaves is behind all fields. */
  readonly level: number;
  /** Where the intervals begin, the first at 0; neighbours have different children. */
  readonly starts: readonly Point[];
  readonly children: readonly PacketSet[];
}

const LEAF = FIELDS.length;
const leaf = (id: number): PacketSet => ({ id, level: LEAF, starts: [], children: [] });
/** The leaves are common to all algebras. */
export const NONE = leaf(0);
export const ALL = leaf(1);

/** Thrown when sets grow beyond the algebra's bound. Whoever asks answers "not known" instead. */
export class TooLarge extends Error {
  constructor() {
    super("the sets of packets grow too large");
    this.name = "TooLarge";
  }
}

type Operation = (a: PacketSet, b: PacketSet) => PacketSet | undefined;
const OPERATIONS = {
  union: (a, b) => (a === ALL || b === ALL ? ALL : a === NONE || a === b ? b : b === NONE ? a : undefined),
  intersect: (a, b) =>
    a === NONE || b === NONE ? NONE : a === ALL || a === b ? b : b === ALL ? a : undefined,
  subtract: (a, b) => (a === NONE || b === ALL || a === b ? NONE : b === NONE ? a : undefined),
} satisfies Record<string, Operation>;

/** Ids of two nodes fit into one exact number as long as there are no more nodes than this. */
const PAIRS = 2 ** 26;

/** The last values of the fields: an interval up to one of them has no end. */
const LASTS: readonly (readonly Point[])[] = FIELDS.map((field) =>
  field === "protocol"
    ? [2 * PROTOCOLS_OF_FAMILY - 1]
    : field === "port" || field === "sourcePort"
      ? [LAST_PORT]
      : [ADDRESSES[4][1], ADDRESSES[6][1]],
);

/** The operations on sets. Sets of one algebra must not be given to another, but for NONE and ALL. */
export class PacketAlgebra {
  /** By hash: texts as keys would cost more than everything else. */
  readonly #nodes = new Map<number, PacketSet[]>();
  readonly #results = new Map<Operation, Map<number, PacketSet>>();
  #next = 2;
  #intervals = 0;

  #limit: number;

  /** @param limit how many intervals all sets together may have */
  constructor(limit = 8_000_000) {
    this.#limit = limit;
  }

  /** Does a piece of work that may add no more than so many intervals; undefined when that is too few. */
  bounded(allowance: number, work: () => PacketSet): PacketSet | undefined {
    const limit = this.#limit;
    this.#limit = Math.min(limit, this.#intervals + allowance);
    try {
      return work();
    } catch (error) {
      if (error instanceof TooLarge) return undefined;
      throw error;
    } finally {
      this.#limit = limit;
    }
  }

  union = (a: PacketSet, b: PacketSet): PacketSet => this.#apply(OPERATIONS.union, a, b);
  intersect = (a: PacketSet, b: PacketSet): PacketSet => this.#apply(OPERATIONS.intersect, a, b);
  subtract = (a: PacketSet, b: PacketSet): PacketSet => this.#apply(OPERATIONS.subtract, a, b);

  /** The union of many, halves first: no set is larger than it has to be. */
  unionOf(sets: readonly PacketSet[]): PacketSet {
    if (sets.length <= 1) return sets[0] ?? NONE;
    const half = sets.length >> 1;
    return this.union(this.unionOf(sets.slice(0, half)), this.unionOf(sets.slice(half)));
  }

  box(box: Box): PacketSet {
    return FIELDS.reduceRight((set, field, level) => this.#slice(level, box[field], set), ALL);
  }

  /** What has a value of the interval in the field. */
  within(field: Field, interval: Interval): PacketSet {
    return this.#slice(FIELDS.indexOf(field), interval, ALL);
  }

  /** The packets that are in the set with some value of the interval in the field, or with every one. */
  project(set: PacketSet, field: Field, [first, last]: Interval, how: "some" | "every"): PacketSet {
    const level = FIELDS.indexOf(field);
    const combine = how === "some" ? this.union : this.intersect;
    const done = new Map<PacketSet, PacketSet>();
    const visit = (node: PacketSet): PacketSet => {
      if (node.level > level) return node;
      let result = done.get(node);
      if (result === undefined) {
        result =
          node.level < level
            ? this.#node(node.level, node.starts, node.children.map(visit))
            : node.children
                .filter((_, i) => node.starts[i]! <= last && (node.starts[i + 1] ?? Infinity) > first)
                .reduce(combine);
        done.set(node, result);
      }
      return result;
    };
    return visit(set);
  }

  #slice(level: number, [first, last]: Interval, inside: PacketSet): PacketSet {
    const starts: Point[] = [0];
    const children: PacketSet[] = [first > 0 ? NONE : inside];
    if (first > 0) {
      starts.push(first);
      children.push(inside);
    }
    if (!LASTS[level]!.includes(last)) {
      starts.push(typeof last === "bigint" ? last + 1n : last + 1);
      children.push(NONE);
    }
    return this.#node(level, starts, children);
  }

  #node(level: number, starts: readonly Point[], children: readonly PacketSet[]): PacketSet {
    const from: Point[] = [];
    const to: PacketSet[] = [];
    for (let i = 0; i < children.length; i++) {
      if (i > 0 && children[i] === to[to.length - 1]) continue;
      from.push(starts[i]!);
      to.push(children[i]!);
    }
    if (to.length === 1) return to[0]!;
    const hash = hashOf(level, from, to);
    const alike = this.#nodes.get(hash);
    const known = alike?.find(
      (node) => node.level === level && isEqual(node.starts, from) && isEqual(node.children, to),
    );
    if (known !== undefined) return known;
    this.#intervals += to.length;
    if (this.#intervals > this.#limit || this.#next >= PAIRS) throw new TooLarge();
    const node = { id: this.#next++, level, starts: from, children: to };
    if (alike === undefined) this.#nodes.set(hash, [node]);
    else alike.push(node);
    return node;
  }

  #apply(operation: Operation, a: PacketSet, b: PacketSet): PacketSet {
    const easy = operation(a, b);
    if (easy !== undefined) return easy;
    let results = this.#results.get(operation);
    if (results === undefined) this.#results.set(operation, (results = new Map<number, PacketSet>()));
    const key = a.id * PAIRS + b.id;
    let result = results.get(key);
    if (result === undefined) results.set(key, (result = this.#merge(operation, a, b)));
    return result;
  }

  #merge(operation: Operation, a: PacketSet, b: PacketSet): PacketSet {
    const level = Math.min(a.level, b.level);
    const left = splitAt(level, a);
    const right = splitAt(level, b);
    const starts: Point[] = [];
    const children: PacketSet[] = [];
    let i = 0;
    let j = 0;
    for (;;) {
      starts.push(left.starts[i]! > right.starts[j]! ? left.starts[i]! : right.starts[j]!);
      children.push(this.#apply(operation, left.children[i]!, right.children[j]!));
      const next = left.starts[i + 1];
      const other = right.starts[j + 1];
      if (next === undefined && other === undefined) break;
      if (other === undefined || (next !== undefined && next <= other)) i++;
      if (next === undefined || (other !== undefined && other <= next)) j++;
    }
    return this.#node(level, starts, children);
  }
}

/** The set as if it split the field of a level: in one interval where it does not. */
const splitAt = (level: number, set: PacketSet): Pick<PacketSet, "starts" | "children"> =>
  set.level === level ? set : { starts: [0], children: [set] };

/** Where a set may change along a field: between two of these it is the same for every value. Ordered, from 0. */
export function cutsOf(set: PacketSet, field: Field): readonly Point[] {
  const level = FIELDS.indexOf(field);
  const [cuts, seen] = [new Set<Point>([0]), new Set<PacketSet>()];
  const visit = (node: PacketSet): void => {
    if (node.level > level || seen.size === seen.add(node).size) return;
    if (node.level === level) for (const start of node.starts) cuts.add(start);
    else node.children.forEach(visit);
  };
  visit(set);
  return [...cuts].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/** The index of the last of some ordered values that is not above another. */
export function floorOf(values: readonly Point[], value: Point): number {
  let [low, high] = [0, values.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (values[middle]! <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

function hashOf(level: number, starts: readonly Point[], children: readonly PacketSet[]): number {
  let hash = level;
  for (const start of starts) {
    const low = typeof start === "bigint" ? Number(BigInt.asUintN(32, start ^ (start >> 64n))) : start;
    hash = Math.imul(hash ^ low, 0x01000193) ^ (hash >>> 15);
  }
  for (const { id } of children) hash = Math.imul(hash ^ id, 0x01000193) ^ (hash >>> 15);
  return hash;
}

const isEqual = <T>(a: readonly T[], b: readonly T[]): boolean =>
  a.length === b.length && a.every((item, i) => item === b[i]);

/** Whether a packet, given by its fields, is in the set. */
export function holds(set: PacketSet, packet: Readonly<Record<Field, Point>>): boolean {
  let node = set;
  while (node.level < LEAF) {
    node = node.children[floorOf(node.starts, packet[FIELDS[node.level]!])]!;
  }
  return node === ALL;
}

/**
 * The set as boxes that do not overlap. Each is within `within`, of which the boxes of one family must be asked for at
 * a time: where a set leaves a field open, only `within` tells how far it goes.
 */
export function* boxesOf(set: PacketSet, within: Box): Generator<Box> {
  function* visit(node: PacketSet, box: Box): Generator<Box> {
    if (node === NONE) return;
    if (node === ALL) {
      yield box;
      return;
    }
    const field = FIELDS[node.level]!;
    const [first, last] = box[field];
    for (const [i, child] of node.children.entries()) {
      const next = node.starts[i + 1];
      const from = node.starts[i]! > first ? node.starts[i]! : first;
      const end = next === undefined ? last : typeof next === "bigint" ? next - 1n : next - 1;
      const to = end < last ? end : last;
      if (from <= to) yield* visit(child, { ...box, [field]: [from, to] });
    }
  }
  yield* visit(set, within);
}
