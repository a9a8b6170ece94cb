import type { Traffic } from "../../schema/isolation/packets/traffic.js";

/** Which traffic a rule is about. */
export class Port {
  private constructor(
    /** Undefined is every protocol. */
    readonly protocol: "tcp" | "udp" | "icmp" | undefined,
    readonly first?: number,
    readonly last = first,
  ) {}

  /** One port, or a range of them. */
  static tcp(first: number, last = first): Port {
    return new Port("tcp", ...checked(first, last));
  }
  static udp(first: number, last = first): Port {
    return new Port("udp", ...checked(first, last));
  }
  static allTcp(): Port {
    return new Port("tcp");
  }
  static allUdp(): Port {
    return new Port("udp");
  }
  /** Of IPv4, or of IPv6 where the other side is an IPv6 range. */
  static icmp(): Port {
    return new Port("icmp");
  }
  static all(): Port {
    return new Port(undefined);
  }

  /** `tcp-443`, `udp-5000-5010`, `tcp`, `icmp`, `all`. */
  toString(): string {
    const ports = this.first === this.last ? [this.first] : [this.first, this.last];
    return [this.protocol ?? "all", ...ports.filter((port) => port !== undefined)].join("-");
  }
}

/** As reachability takes it. */
export const trafficOf = ({ protocol, first, last }: Port): Traffic => ({
  ...(protocol === undefined ? {} : { protocol }),
  ...(first === undefined ? {} : { ports: [first === (last ?? first) ? `${first}` : `${first}-${last}`] }),
});

function checked(first: number, last: number): [number, number] {
  for (const port of [first, last]) {
    if (!Number.isInteger(port) || port < 1 || port > 65_535)
      throw new Error(`Port ${port} is none: ports are whole numbers from 1 to 65535.`);
  }
  if (first > last) throw new Error(`Ports ${first} to ${last}: the first must not be above the last.`);
  return [first, last];
}
