import type { Way } from "../network/ways.js";
import { boxesOf, NONE, type PacketSet } from "../packets/sets.js";
import type { Box } from "../packets/fields.js";
import { packetOf, sample } from "../packets/format.js";
import { boxesOfTraffic } from "../packets/traffic.js";
import { boxOf } from "./bounds.js";
import { plain, type Certificate, type CertifiedWay } from "./certificate.js";
import type { Reachability } from "./index.js";
import type { Counterexample, End, Obstacle, Question, Verdict, Via } from "./model.js";
import { isSame } from "./pairs.js";

export interface JudgeOptions {
  /** Whether a PROVED comes with its certificate. */
  readonly certificate?: boolean;
}

/** A pair of ends, the path, and its ways. */
interface Case {
  readonly from: End;
  readonly to: End;
  readonly via: Via;
  readonly ways: readonly Way[];
}

/** Answers whether any packet of the traffic gets from one of the ends to one of the others. */
export function judge(r: Reachability, question: Question, options: JudgeOptions = {}): Verdict {
  const { except = [] } = question;
  const forbidden = packetsOf(r, question);
  const unknowns = new Set<string>();
  let possible: Counterexample | undefined;
  for (const one of casesOf(r, question)) {
    for (const way of one.ways) {
      if (r.bounds.through(way, way.steps, "may") === NONE) continue;
      const may = r.bounds.algebra.intersect(r.bounds.onWay(way, way.steps, "may"), forbidden);
      if (may === NONE) continue;
      const certain = way.sure ? whateverTheAddresses(r, one, way, forbidden) : NONE;
      if (certain !== NONE)
        return { verdict: "REFUTED", counterexample: exampleOf(r, one, way, certain), unknowns: [] };
      possible ??= exampleOf(r, one, way, may);
      for (const name of r.unknownsOf(way)) unknowns.add(name);
    }
  }
  if (possible) return { verdict: "CONDITIONAL", counterexample: possible, unknowns: [...unknowns] };
  if (options.certificate !== true || except.length > 0) return { verdict: "PROVED", unknowns: [] };
  return { verdict: "PROVED", unknowns: [], certificate: certify(r, question, forbidden) };
}

/**
 * What keeps the traffic of a question that is PROVED from getting there: of all its ends and paths, the one on which a
 * packet comes furthest. Undefined when the question is about no pair of ends.
 */
export function obstacleOf(r: Reachability, question: Question): Obstacle | undefined {
  const wanted = packetsOf(r, question);
  let furthest: Obstacle | undefined;
  for (const one of casesOf(r, question)) {
    for (const obstacle of obstaclesOf(r, one, wanted)) {
      if (furthest === undefined || obstacle.trace.hops.length > furthest.trace.hops.length)
        furthest = obstacle;
    }
  }
  return furthest;
}

/** One for each way of a pair that the traffic could take. */
function* obstaclesOf(r: Reachability, one: Case, wanted: PacketSet): Generator<Obstacle> {
  const { from, to, via } = one;
  let ways = 0;
  for (const way of one.ways) {
    const point = sample(r.bounds.algebra.intersect(r.bounds.domain(way), wanted));
    if (point === undefined) continue;
    ways++;
    const packet = packetOf(point);
    yield { packet, trace: r.explain(from, to, packet, via) };
  }
  const point = sample(wanted);
  if (ways === 0 && point !== undefined) yield { trace: r.explain(from, to, packetOf(point), via) };
}

/** What a question asks about. */
function packetsOf(r: Reachability, { traffic, except = [] }: Question): PacketSet {
  const { algebra } = r.bounds;
  const setOf = (some: Question["traffic"]) =>
    algebra.unionOf(boxesOfTraffic(some ?? {}).map((box) => algebra.box(box)));
  return algebra.subtract(setOf(traffic), except.length === 0 ? NONE : setOf(except));
}

/** The pairs that a question is about, with the ways between them. */
export function* casesOf(r: Reachability, { from, to, via }: Question): Generator<Case> {
  const ends = (given: string | readonly End[]) => (typeof given === "string" ? r.endOf(given) : given);
  for (const a of ends(from)) {
    for (const b of ends(to)) {
      if (isSame(a, b)) continue;
      for (const one of via ? [via] : (["private", "internet"] as const)) {
        const ways = r.waysOf(a, b, one);
        yield { from: a, to: b, via: one, ways: "kind" in ways ? [] : ways };
      }
    }
  }
}

/** What surely gets there with each of the addresses that the cloud may choose; the internet has all of its own. */
function whateverTheAddresses(
  r: Reachability,
  { from, to }: Case,
  way: Way,
  forbidden: PacketSet,
): PacketSet {
  const { algebra } = r.bounds;
  const passing = algebra.intersect(r.bounds.through(way, way.steps, "must"), forbidden);
  const chosen = (
    [
      ["source", from],
      ["destination", to],
    ] as const
  ).filter(([, end]) => end.kind !== "outside");
  const uniform = chosen.reduce(
    (set, [field]) => algebra.project(set, field, way[field].addresses.interval, "every"),
    passing,
  );
  return algebra.intersect(uniform, r.bounds.domain(way));
}

function exampleOf(r: Reachability, { from, to, via }: Case, way: Way, set: PacketSet): Counterexample {
  const within = r.bounds.algebra.intersect(set, r.bounds.domain(way));
  const point = sample(within);
  if (point === undefined) throw new Error("a set that is not empty has no packet");
  const packet = packetOf(point);
  return { from, to, via, packet, trace: r.explain(from, to, packet, via) };
}

/** Beyond so many boxes nobody would check a certificate. */
const MOST_BOXES = 100_000;

function certify(r: Reachability, question: Question, forbidden: PacketSet): Certificate {
  const { intersect } = r.bounds.algebra;
  const ways: CertifiedWay[] = [];
  for (const { from, to, via, ways: all } of casesOf(r, question)) {
    for (const [number, way] of all.entries()) {
      let left = intersect(r.bounds.domain(way), forbidden);
      const stages: Box[][] = [];
      for (const step of way.steps) {
        if (left === NONE) break;
        left = intersect(left, r.bounds.step(step, "may"));
        stages.push(boxesWithin(left, boxOf(way)));
      }
      ways.push({
        from: from.key,
        to: to.key,
        via,
        way: number,
        stages: stages.map((boxes) => boxes.map(plain)),
      });
    }
  }
  return { traffic: question.traffic ?? {}, ways };
}

function boxesWithin(set: PacketSet, box: Box): Box[] {
  const boxes: Box[] = [];
  for (const one of boxesOf(set, box)) {
    boxes.push(one);
    if (boxes.length > MOST_BOXES) throw new RangeError("the certificate would be too large");
  }
  return boxes;
}
