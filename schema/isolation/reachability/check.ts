import type { Line } from "../network/filters.js";
import type { Step, Way } from "../network/ways.js";
import { FIELDS, type Box, type Field, type Interval, type Point } from "../packets/fields.js";
import { boxesOfTraffic } from "../packets/traffic.js";
import type { PlainBox, Certificate } from "./certificate.js";
import type { End, Question, Via } from "./model.js";

/** The network model, as far as the checker asks it. */
export interface Ground {
  endOf(name: string): readonly End[];
  waysOf(from: End, to: End, via: Via): readonly Way[] | { readonly kind: "vpc" | "site" };
}

/**
 * Verifies a certificate: that every way between the ends is in it, that what each stage holds covers all that its
 * filter may let through of the stage before, and that nothing is left at the end. It knows boxes and lists of rules
 * only: neither sets of packets nor how the analysis came to its answer. Returns what is wrong, or undefined.
 */
export function checkCertificate(
  ground: Ground,
  question: Question,
  certificate: Certificate,
): string | undefined {
  const traffic = boxesOfTraffic(question.traffic ?? {});
  if (JSON.stringify(certificate.traffic) !== JSON.stringify(question.traffic ?? {}))
    return "it is about other traffic";
  const named = new Map(
    certificate.ways.map((way) => [`${way.from}\n${way.to}\n${way.via}\n${way.way}`, way.stages]),
  );
  const ends = (given: string | readonly End[]) => (typeof given === "string" ? ground.endOf(given) : given);
  for (const from of ends(question.from)) {
    for (const to of ends(question.to)) {
      if (from.key === to.key || isItself(from, to)) continue;
      for (const via of question.via ? [question.via] : (["private", "internet"] as const)) {
        const ways = ground.waysOf(from, to, via);
        if ("kind" in ways) continue;
        for (const [number, way] of ways.entries()) {
          const stages = named.get(`${from.key}\n${to.key}\n${via}\n${number}`);
          const where = `way ${number} from ${from.label} to ${to.label}`;
          if (stages === undefined) return `${where} is not in it`;
          const wrong = checkWay(way, traffic, stages);
          if (wrong !== undefined) return `${where}: ${wrong}`;
        }
      }
    }
  }
  return undefined;
}

/** A NIC and itself, by a virtual IP that is in front of no other. */
function isItself(from: End, to: End): boolean {
  const nics = [from, to].flatMap((end) =>
    end.kind === "nic" ? [end.nic] : end.kind === "vip" ? end.vip.backers.map(({ nic }) => nic) : [undefined],
  );
  return nics.length > 1 && nics[0] !== undefined && nics.every((nic) => nic === nics[0]);
}

function checkWay(
  way: Way,
  traffic: readonly Box[],
  stages: readonly (readonly PlainBox[])[],
): string | undefined {
  const family = way.family === 4 ? 0 : 256;
  const domain = {
    protocol: [family, family + 255] as const,
    source: way.source.addresses.interval,
    destination: way.destination.addresses.interval,
  };
  let held = traffic.flatMap((box) => meet(box, { ...box, ...domain }) ?? []);
  for (const [i, step] of way.steps.entries()) {
    if (held.length === 0) return undefined;
    const stage = stages[i]?.map(unplain);
    if (stage === undefined) return `stage ${i + 1} is missing`;
    for (const box of held) {
      for (const passing of through(step, box))
        if (!covered(passing, stage)) return `stage ${i + 1} lacks packets that its filter lets through`;
    }
    held = stage;
  }
  return held.length === 0 ? undefined : "packets are left at the end";
}

/** What of a box a step may let through: the first line that fits decides, about the addresses that the step sees. */
function through({ filter, maybe, source, destination }: Step, box: Box): Box[] {
  if (maybe || filter.open.length > 0) return [box];
  const seen: Box = {
    ...box,
    source: source?.interval ?? box.source,
    destination: destination?.interval ?? box.destination,
  };
  const { passing, rest } = firstFit(filter.may, seen);
  const passed = filter.otherwise.may ? [...passing, ...rest] : passing;
  return passed.map((one) => ({
    ...one,
    source: source ? box.source : one.source,
    destination: destination ? box.destination : one.destination,
  }));
}

function firstFit(
  lines: readonly Line[],
  box: Box,
): { readonly passing: Box[]; readonly rest: readonly Box[] } {
  const passing: Box[] = [];
  let rest: readonly Box[] = [box];
  for (const { boxes, allows } of lines) {
    for (const one of boxes) {
      if (rest.length === 0) return { passing, rest };
      if (allows) passing.push(...rest.flatMap((left) => meet(left, one) ?? []));
      rest = rest.flatMap((left) => without(left, one));
    }
  }
  return { passing, rest };
}

const covered = (box: Box, by: readonly Box[]): boolean =>
  by.reduce<readonly Box[]>((left, one) => left.flatMap((piece) => without(piece, one)), [box]).length === 0;

function meet(a: Box, b: Box): Box | undefined {
  const fields = FIELDS.map((field): readonly [Field, Interval] => [
    field,
    [later(a[field][0], b[field][0]), earlier(a[field][1], b[field][1])],
  ]);
  return fields.every(([, [first, last]]) => first <= last)
    ? (Object.fromEntries(fields) as unknown as Box)
    : undefined;
}

/** The pieces of a box that lie outside of another. */
function without(box: Box, other: Box): Box[] {
  const common = meet(box, other);
  if (common === undefined) return [box];
  const pieces: Box[] = [];
  let left = box;
  for (const field of FIELDS) {
    const [[first, last], [from, to]] = [left[field], common[field]];
    if (first < from) pieces.push({ ...left, [field]: [first, step(from, -1)] });
    if (to < last) pieces.push({ ...left, [field]: [step(to, 1), last] });
    left = { ...left, [field]: common[field] };
  }
  return pieces;
}

const later = (a: Point, b: Point): Point => (a > b ? a : b);
const earlier = (a: Point, b: Point): Point => (a < b ? a : b);
const step = (point: Point, by: 1 | -1): Point =>
  typeof point === "bigint" ? point + BigInt(by) : point + by;

/** Addresses of IPv6 are bigints in the model, so bounds beyond what a number holds must become so too. */
function unplain(box: PlainBox): Box {
  const isV6 = Number(box.protocol[0]) >= 256;
  const read = (field: Field): Interval => {
    const [first, last] = box[field];
    return isV6 && (field === "source" || field === "destination")
      ? [BigInt(first), BigInt(last)]
      : [Number(first), Number(last)];
  };
  return Object.fromEntries(FIELDS.map((field) => [field, read(field)])) as unknown as Box;
}
