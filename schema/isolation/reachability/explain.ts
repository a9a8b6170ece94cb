import { formatPath } from "../../unknown.js";
import type { Line } from "../network/filters.js";
import type { Place } from "../network/model.js";
import type { Step, Way } from "../network/ways.js";
import { parseAddresses, type Addresses } from "../packets/addresses.js";
import {
  FIELDS,
  hasPorts,
  protocolNumber,
  protocolOf,
  type Box,
  type Field,
  type Packet,
  type Point,
} from "../packets/fields.js";
import { holds } from "../packets/sets.js";
import type { Reachability } from "./index.js";
import type { End, Hop, RuleReference, Trace, Via } from "./model.js";

type Fields = Readonly<Record<Field, Point>>;
const RANK = { no: 0, unknown: 1, yes: 2 };

/** Follows one packet along the way on which it comes furthest. */
export function explainPacket(r: Reachability, from: End, to: End, packet: Packet, via: Via): Trace {
  const found = r.waysOf(from, to, via);
  if ("kind" in found) {
    const fact =
      found.kind === "vpc"
        ? "subnets of different VPCs are not connected"
        : "there is no network path between sites";
    const detail = `${from.label} is in ${found.from}, ${to.label} in ${found.to}: ${fact}`;
    return { arrives: "no", answered: "no", hops: [{ at: "wall", verdict: "stops", detail }], back: [] };
  }
  const fields = fieldsOf(packet);
  const traces = found.map((way) => traceOf(r, way, fields));
  const none: Trace = {
    arrives: "no",
    answered: "no",
    hops: [
      {
        at: via === "private" ? "wall" : "eip",
        verdict: "stops",
        detail: `no way leads from ${from.label} to ${to.label} over ${via === "private" ? "the private network" : "the internet"}`,
      },
    ],
    back: [],
  };
  return traces.reduce(
    (best, trace) =>
      RANK[trace.arrives] > RANK[best.arrives] || (best === none && trace.hops.length > 0) ? trace : best,
    none,
  );
}

function traceOf(r: Reachability, way: Way, fields: Fields): Trace {
  const meant = holds(r.bounds.domain(way), fields);
  const hops: Hop[] = way.accesses.map((access) => ({
    at: "eip",
    verdict: access.sure ? "passes" : "unknown",
    detail: access.sure
      ? `${access.place.node.address} gives a public address`
      : `whether there is a public address depends on ${access.unknowns.join(", ")}`,
    rule: referenceTo(access.place),
  }));
  for (const step of way.steps) {
    hops.push(hopOf(r, step, fields));
    if (hops.at(-1)?.verdict === "stops") break;
  }
  const back = r.ways.back(way).map((step) => hopOf(r, step, fields));
  const arrives = meant ? verdictOf(hops, way.sure) : "no";
  const answered = arrives === "no" ? "no" : verdictOf([...hops, ...back], way.sure);
  return { arrives, answered, hops, back };
}

function verdictOf(hops: readonly Hop[], sure: boolean): Trace["arrives"] {
  if (hops.some(({ verdict }) => verdict === "stops")) return "no";
  return sure && hops.every(({ verdict }) => verdict === "passes") ? "yes" : "unknown";
}

function hopOf(r: Reachability, step: Step, fields: Fields): Hop {
  const { filter, at, owner } = step;
  const verdict = holds(r.bounds.step(step, "must"), fields)
    ? "passes"
    : holds(r.bounds.step(step, "may"), fields)
      ? "unknown"
      : "stops";
  const line = filter[verdict === "passes" ? "must" : "may"].find((one) => fits(one, step, fields));
  if (line === undefined && isUnguarded(step)) {
    const nobody = `no network ACL guards ${owner.label}`;
    return { at, verdict, detail: step.reply ? `of the answer, ${nobody}` : nobody };
  }
  const says = { passes: "lets it through", stops: "stops it", unknown: "may let it through" }[verdict];
  const who = `${step.reply ? "the answer meets " : ""}${filter.label} of ${owner.label}`;
  const why = line
    ? line.rule.label
    : filter.open.length > 0
      ? `${filter.open.join(", ")} not known`
      : filter.reason;
  return { at, verdict, detail: `${who} ${says}: ${why}`, ...(line ? { rule: referenceTo(line.rule) } : {}) };
}

/** A border without a network ACL: nothing there says anything. */
const isUnguarded = ({ at, owner, filter }: Step): boolean =>
  (at === "aclEgress" || at === "aclIngress") &&
  "acl" in owner &&
  !owner.acl.label &&
  filter.open.length === 0;

function fits({ boxes }: Line, step: Step, fields: Fields): boolean {
  const seen = (box: Box, field: Field): boolean => {
    const view: Addresses | undefined =
      field === "source" || field === "destination" ? step[field] : undefined;
    const [first, last] = view
      ? view.interval
      : [fields[swapped(field, step.reply)], fields[swapped(field, step.reply)]];
    return box[field][0] <= last && first <= box[field][1];
  };
  return boxes.some((box) => FIELDS.every((field) => seen(box, field)));
}

const SWAPPED: Readonly<Record<Field, Field>> = {
  protocol: "protocol",
  port: "sourcePort",
  sourcePort: "port",
  source: "destination",
  destination: "source",
};
const swapped = (field: Field, reply: boolean): Field => (reply ? SWAPPED[field] : field);

const referenceTo = ({ node, path }: Place): RuleReference => ({
  address: node.address,
  path: formatPath(path),
  origin: node.origin,
});

/** Throws a RangeError when the packet is none. */
export function fieldsOf({ family, protocol, port, sourcePort, source, destination }: Packet): Fields {
  const number = protocolNumber(protocol);
  const [from, to] = [parseAddresses(source), parseAddresses(destination)];
  if (number === undefined) throw new RangeError(`"${protocol}" is no protocol`);
  if (from?.family !== family || to?.family !== family)
    throw new RangeError(`"${source}" or "${destination}" is no IPv${family} address`);
  const ported = hasPorts(number);
  return {
    protocol: protocolOf(family, number),
    port: ported ? (port ?? 0) : 0,
    sourcePort: ported ? (sourcePort ?? 40_000) : 0,
    source: from.interval[0],
    destination: to.interval[0],
  };
}
