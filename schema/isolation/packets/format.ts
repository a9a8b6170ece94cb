import { formatAddress, formatAddresses } from "./addresses.js";
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

/** Values that people meet, tried first where a set leaves the choice. */
const USUAL: Readonly<Record<Field, readonly Point[]>> = {
  protocol: [6, 17, 1, PROTOCOLS_OF_FAMILY + 6, PROTOCOLS_OF_FAMILY + 17, PROTOCOLS_OF_FAMILY + 58],
  port: [443, 80, 22, 53],
  sourcePort: [40_000],
  source: [],
  destination: [],
};

/** One packet of a box, as usual a one as there is. */
export function pointIn(box: Box): Record<Field, Point> {
  const choose = (field: Field): Point => {
    const [first, last] = box[field];
    return USUAL[field].find((point) => first <= point && point <= last) ?? first;
  };
  return {
    protocol: choose("protocol"),
    port: choose("port"),
    sourcePort: choose("sourcePort"),
    source: choose("source"),
    destination: choose("destination"),
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
