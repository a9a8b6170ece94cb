import { formatAddress, formatAddresses, parseAddresses } from "./addresses.js";
import {
  everything,
  familyOf,
  hasPorts,
  protocolName,
  PROTOCOLS_OF_FAMILY,
  type Box,
  type Family,
  type Field,
  type Interval,
  type Packet,
  type Point,
} from "./fields.js";
import { boxesOf, type PacketSet } from "./sets.js";

/** `tcp/443 from 10.1.0.0/24 to 10.2.0.5`: each box of a set as a person writes it, and how many more there are. */
export function formatSet(set: PacketSet, most = 4): string {
  const texts = new Set<string>();
  let more = 0;
  for (const family of [4, 6] as const) {
    for (const box of boxesOf(set, everything(family))) {
      const text = formatBox(box);
      if (texts.has(text)) continue;
      if (texts.size < most) texts.add(text);
      // Counting further would not tell more.
      else if (++more >= 100) break;
    }
  }
  if (texts.size === 0) return "nothing";
  return `${[...texts].join("; ")}${more > 0 ? `; and ${more >= 100 ? "at least 100" : more} more` : ""}`;
}

export function formatBox(box: Box): string {
  const family = familyOf(box.protocol[0]);
  const whole = everything(family);
  const isWhole = (field: Field) => box[field][0] === whole[field][0] && box[field][1] === whole[field][1];
  const [first, last] = box.protocol.map((point) => Number(point) % PROTOCOLS_OF_FAMILY) as [number, number];
  const protocol = isWhole("protocol")
    ? "everything"
    : first === last
      ? protocolName(first)
      : `protocols ${first}-${last}`;
  const parts = [
    isWhole("port") ? protocol : `${protocol}/${formatPorts(box.port)}`,
    ...(family === 6 ? ["over IPv6"] : []),
    ...(isWhole("sourcePort") ? [] : [`of source port ${formatPorts(box.sourcePort)}`]),
    ...(isWhole("source") ? [] : [`from ${formatAddresses({ family, interval: box.source })}`]),
    ...(isWhole("destination") ? [] : [`to ${formatAddresses({ family, interval: box.destination })}`]),
  ];
  return parts.join(" ");
}

const formatPorts = ([first, last]: Interval): string =>
  first === last ? String(first) : `${first}-${last}`;

const pointOf = (address: string): Point => parseAddresses(address)?.interval[0] ?? 0;
/** Of the ranges for documentation (RFC 5737, RFC 3849), and one known to everybody. */
const STRANGERS = ["203.0.113.10", "198.51.100.10", "8.8.8.8", "2001:db8::10"].map(pointOf);

/** Values that people meet, tried first where a set leaves the choice. */
const USUAL = {
  protocol: [6, 17, 1, PROTOCOLS_OF_FAMILY + 6, PROTOCOLS_OF_FAMILY + 17, PROTOCOLS_OF_FAMILY + 58],
  port: [443, 80, 22, 53],
  sourcePort: [40_000],
} as const satisfies Partial<Record<Field, readonly Point[]>>;

/** How far from the first address: neither the address of the network nor its gateway, if it can be. */
const HOSTS = [10, 20, 2, 1, 0];

/** An address of a range, as usual a one as there is, and not the one given. */
function hostIn([first, last]: Interval, other: Point | undefined): Point {
  const hosts = HOSTS.map((far) => (typeof first === "bigint" ? first + BigInt(far) : first + far));
  const fits = (point: Point) => first <= point && point <= last;
  return [...STRANGERS, ...hosts].find((point) => fits(point) && point !== other) ?? first;
}

/** One packet of a box, as usual a one as there is. */
export function pointIn(box: Box): Record<Field, Point> {
  const choose = (field: keyof typeof USUAL): Point => {
    const [first, last] = box[field];
    return USUAL[field].find((point) => first <= point && point <= last) ?? first;
  };
  const source = hostIn(box.source, undefined);
  return {
    protocol: choose("protocol"),
    port: choose("port"),
    sourcePort: choose("sourcePort"),
    source,
    destination: hostIn(box.destination, source),
  };
}

export function packetOf(point: Readonly<Record<Field, Point>>): Packet {
  const family: Family = familyOf(point.protocol);
  const name = protocolName(Number(point.protocol) % PROTOCOLS_OF_FAMILY);
  return {
    family,
    protocol: name.replace("protocol ", ""),
    ...(hasPorts(point.protocol) ? { port: Number(point.port), sourcePort: Number(point.sourcePort) } : {}),
    source: formatAddress(family, point.source),
    destination: formatAddress(family, point.destination),
  };
}

/** The most telling packet of a set: its first boxes are looked at. */
export function sample(set: PacketSet): Record<Field, Point> | undefined {
  let best: Box | undefined;
  for (const family of [4, 6] as const) {
    let tried = 0;
    for (const box of boxesOf(set, everything(family))) {
      const usual = USUAL.protocol.some((p) => box.protocol[0] <= p && p <= box.protocol[1]);
      if (best === undefined || (usual && box.port[0] <= 443 && 443 <= box.port[1])) best = box;
      if (++tried >= 32) break;
    }
    if (best !== undefined) return pointIn(best);
  }
  return undefined;
}
