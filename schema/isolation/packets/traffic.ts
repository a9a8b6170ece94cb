import {
  ALL_PORTS,
  everything,
  protocolNumber,
  protocolOf,
  TCP,
  UDP,
  type Box,
  type Interval,
} from "./fields.js";

/** What of the traffic a question is about; everything by default. Plain data. */
export interface Traffic {
  readonly family?: 4 | 6;
  /** Name or number. */
  readonly protocol?: string;
  /** Destination ports, of tcp and udp: `443`, `8000-8100`. */
  readonly ports?: readonly string[];
}

/** The boxes of some traffic. Throws a RangeError when a protocol or port is none. */
export const boxesOfTraffic = (traffic: Traffic | readonly Traffic[]): Box[] =>
  (isMany(traffic) ? traffic : [traffic]).flatMap(boxesOf);

const isMany = (traffic: Traffic | readonly Traffic[]): traffic is readonly Traffic[] =>
  Array.isArray(traffic);

function boxesOf({ family, protocol, ports }: Traffic): Box[] {
  const families = family === undefined ? ([4, 6] as const) : [family];
  const number = protocol === undefined ? undefined : protocolNumber(protocol);
  if (protocol !== undefined && number === undefined) throw new RangeError(`"${protocol}" is no protocol`);
  const ranges = ports?.map((text): Interval => {
    const [, first = "", last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
    if (first === "" || Number(first) > Number(last) || Number(last) > Number(ALL_PORTS[1]))
      throw new RangeError(`"${text}" is no port and no range of ports`);
    return [Number(first), Number(last)];
  });
  const numbers = number !== undefined ? [number] : ranges ? [TCP, UDP] : undefined;
  return families.flatMap((one): Box[] => {
    const whole = everything(one);
    const boxes = numbers?.map((n): Box => ({
      ...whole,
      protocol: [protocolOf(one, n), protocolOf(one, n)],
    })) ?? [whole];
    return ranges ? boxes.flatMap((box) => ranges.map((port): Box => ({ ...box, port }))) : boxes;
  });
}

/** `tcp/443`, `udp/5000-5010`, `any protocol over IPv6`. */
export const formatTraffic = (traffic: Traffic | readonly Traffic[]): string =>
  (isMany(traffic) ? traffic : [traffic])
    .map(({ family, protocol = "any protocol", ports }) =>
      [protocol, ...(ports ? [`/${ports.join(",")}`] : []), ...(family ? [` over IPv${family}`] : [])].join(
        "",
      ),
    )
    .join(", ");
