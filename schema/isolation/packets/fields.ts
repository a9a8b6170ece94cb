/**
 * The fields of a packet, in the order in which sets of packets branch on them. A protocol is one number with its IP
 * family: 0 to 255 of IPv4, then 256 to 511 of IPv6. Protocols without ports have every value in the port fields.
 */
export const FIELDS = ["protocol", "port", "sourcePort", "source", "destination"] as const;
export type Field = (typeof FIELDS)[number];
export type Family = 4 | 6;

/** IPv4 addresses are numbers, IPv6 addresses are bigints: JavaScript compares the two as one would wish. */
export type Point = number | bigint;
/** First and last value. */
export type Interval = readonly [first: Point, last: Point];
/** A product of intervals. All protocols of a box are of one family. */
export type Box = Readonly<Record<Field, Interval>>;

export const LAST_PORT = 65_535;
export const PROTOCOLS_OF_FAMILY = 256;
export const ALL_PORTS: Interval = [0, LAST_PORT];
export const ADDRESSES: Readonly<Record<Family, Interval>> = {
  4: [0, 2 ** 32 - 1],
  6: [0n, 2n ** 128n - 1n],
};

const NUMBERS: Readonly<Record<string, number>> = { icmp: 1, tcp: 6, udp: 17, gre: 47, icmpv6: 58 };
export const TCP = 6;
export const UDP = 17;

/** A protocol's number from its name or number; undefined when it is none. */
export function protocolNumber(text: string): number | undefined {
  const named = Object.hasOwn(NUMBERS, text.toLowerCase()) ? NUMBERS[text.toLowerCase()] : undefined;
  if (named !== undefined) return named;
  return /^\d{1,3}$/.test(text) && Number(text) < PROTOCOLS_OF_FAMILY ? Number(text) : undefined;
}

export const protocolName = (number: number): string =>
  Object.keys(NUMBERS).find((name) => NUMBERS[name] === number) ?? `protocol ${number}`;

export const protocolOf = (family: Family, number: number): number =>
  family === 4 ? number : PROTOCOLS_OF_FAMILY + number;

export const familyOf = (protocol: Point): Family => (protocol < PROTOCOLS_OF_FAMILY ? 4 : 6);

export const allProtocols = (family: Family): Interval => [protocolOf(family, 0), protocolOf(family, 255)];

export const hasPorts = (protocol: Point): boolean => {
  const number = Number(protocol) % PROTOCOLS_OF_FAMILY;
  return number === TCP || number === UDP;
};

/** Every packet of a family. */
export const everything = (family: Family): Box => ({
  protocol: allProtocols(family),
  port: ALL_PORTS,
  sourcePort: ALL_PORTS,
  source: ADDRESSES[family],
  destination: ADDRESSES[family],
});

/** One packet, as people and JSON have it. */
export interface Packet {
  readonly family: Family;
  /** A name such as `tcp`, or a number as text. */
  readonly protocol: string;
  /** Destination port, for protocols with ports. */
  readonly port?: number;
  readonly sourcePort?: number;
  readonly source: string;
  readonly destination: string;
}
