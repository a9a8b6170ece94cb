import { formatPath, isUnknown } from "../../unknown.js";
import { formatRange, freeRange, overlaps, sizeOf, type Range } from "../cidr.js";
import { conditional, refuted, type Judgement, type Rule } from "../rule.js";
import type { Placed, Topology } from "../topology.js";
import { namesOf } from "../values.js";

/** Enough to see what is wrong; a thousand equal subnets make half a million pairs. */
const MOST_PAIRS = 100;

export const subnetOverlap: Rule = {
  code: "IEC1005",
  severity: "error",
  reason: "Subnets of one VPC must not overlap, whatever their sites.",
  source: "[inferred]",
  *check(topology) {
    const subjects = new Set([...topology.subjects("subnet")].map((subnet) => subnet.node.address));
    if (subjects.size === 0) return;
    const groups = siblings(topology);
    for (const subnets of groups) {
      if (!subnets.some((subnet) => subjects.has(subnet.node.address))) continue;
      for (const subnet of subnets) {
        if (subjects.has(subnet.node.address)) yield* open(subnet, subnets.length > 1, groups.length > 1);
      }
      let left = MOST_PAIRS;
      for (const both of overlapping(subnets)) {
        const [later, other] = both[0].node.address > both[1].node.address ? both : both.toReversed();
        if (later === undefined || other === undefined) continue;
        if (subjects.has(later.node.address)) yield pair(later, other, subnets);
        else if (subjects.has(other.node.address)) yield pair(other, later, subnets);
        else continue;
        if (--left === 0) break;
      }
    }
  },
};

/** Subnets by VPC, the same object counted once. A VPC that is not known makes a group of its own. */
function siblings(topology: Topology): readonly (readonly Placed[])[] {
  const groups = new Map<string, Map<string, Placed>>();
  for (const subnet of topology.all("subnet")) {
    if (subnet.vpc === undefined) continue;
    const { key } = subnet.vpc.identity;
    const group = groups.get(key) ?? new Map<string, Placed>();
    groups.set(key, group);
    const known = group.get(subnet.identity.key);
    if (known?.node.mode !== "managed") group.set(subnet.identity.key, subnet);
  }
  return [...groups.values()].map((group) => [...group.values()]);
}

/** Every overlapping pair, in one sweep over the ranges in order. */
function* overlapping(subnets: readonly Placed[]): Generator<[Placed, Placed]> {
  const ranges = subnets.flatMap((subnet) => (subnet.range ? [{ subnet, range: subnet.range }] : []));
  ranges.sort((a, b) => a.range.first - b.range.first || b.range.last - a.range.last);
  // Ranges are nested or apart: those that reach the current one form a stack.
  const around: typeof ranges = [];
  for (const current of ranges) {
    while (around.length > 0 && !overlaps(around.at(-1)?.range ?? current.range, current.range)) around.pop();
    for (const { subnet } of around) yield [subnet, current.subnet];
    around.push(current);
  }
}

function pair(later: Placed, other: Placed, subnets: readonly Placed[]): Judgement {
  const path = later.cidr?.path ?? [];
  const range = (subnet: Placed) => (subnet.range ? formatRange(subnet.range) : "unknown");
  const vpc = later.vpc?.identity.label ?? "the VPC";
  const free = freeIn(later, subnets);
  return refuted(
    later,
    path,
    `${formatPath(path)} is ${range(later)}, which overlaps ${range(other)} of ${other.identity.label}; both are subnets of ${vpc}.`,
    free
      ? `Use a range that is free in ${vpc}, such as ${formatRange(free)}.`
      : `Use a range that is free in ${vpc}, or a VPC of its own.`,
  );
}

function freeIn(subnet: Placed, subnets: readonly Placed[]): Range | undefined {
  const outer = subnet.vpc?.target?.range;
  if (outer === undefined || subnet.range === undefined) return undefined;
  return freeRange(
    outer,
    sizeOf(subnet.range),
    subnets.flatMap(({ range }) => range ?? []),
  );
}

/** What may still turn out to overlap: a range, or a VPC, that is not known yet. */
function* open(subnet: Placed, hasSibling: boolean, hasOthers: boolean): Generator<Judgement> {
  const { cidr, node, vpc } = subnet;
  if (cidr === undefined || vpc === undefined) return;
  const unknowns = isUnknown(cidr.value) ? namesOf(cidr.value, node, cidr.path) : [];
  if (!vpc.identity.settled && hasOthers) unknowns.push(...vpc.identity.unknowns);
  else if (!hasSibling) return;
  if (unknowns.length > 0) {
    yield conditional(subnet, cidr.path, "the range is free of other subnets of its VPC", unknowns);
  }
}
