import type { Origin } from "../../diagnostics.js";
import type { Traffic } from "../packets/traffic.js";

/**
 * What a team demands of its own designs, beyond what the cloud demands. Plain data: it travels in the metadata of a
 * synthesized stack (`"//".metadata.iec.policies`), so that synth, plan, apply and review hold a design against the
 * same text.
 */
export type Policy = Residency | Latency | Separation | NeverReach | InternetPorts;

interface Common {
  /** Path of its construct, or a name. Several policies may share it. */
  readonly id: string;
  readonly origin?: Origin | undefined;
}

/** Addresses of resources; `*` stands for any text: `iec_server.web`, `iec_server.db-*`. */
export type Selector = readonly string[];

/** Keeps resources, and what is made of their data, in some places. A site fits when one of the three names it. */
export interface Residency extends Common {
  readonly kind: "residency";
  readonly on: Selector;
  readonly areas?: readonly string[];
  readonly provinces?: readonly string[];
  readonly cities?: readonly string[];
}

/** Keeps resources near a place. What a site is from there is estimated: see `latency.ts`. */
export interface Latency extends Common {
  readonly kind: "latency";
  readonly on: Selector;
  /** Degrees, north and east positive. */
  readonly of: { readonly latitude: number; readonly longitude: number };
  /** Round trip in ms: 5 to 20 is the near edge, where IEC is. */
  readonly withinMs: number;
}

/** Keeps two sets of resources apart. */
export interface Separation extends Common {
  readonly kind: "separation";
  readonly on: Selector;
  readonly from: Selector;
  readonly by: "site" | "vpc" | "security-group";
}

/** No packet of the traffic gets from one of `from` to one of `on`, on any path. */
export interface NeverReach extends Common {
  readonly kind: "never-reach";
  readonly on: Selector;
  /** Addresses of resources, ranges such as `10.1.0.0/16`, or `internet`. */
  readonly from: Selector;
  /** Everything when not set. */
  readonly traffic?: readonly Traffic[] | undefined;
}

/** The Internet reaches nothing of the resources but this traffic. */
export interface InternetPorts extends Common {
  readonly kind: "internet-ports";
  readonly on: Selector;
  readonly traffic: readonly Traffic[];
}

const SELECTOR = { type: "array", items: { type: "string", minLength: 1 }, minItems: 1 } as const;
const KEYS = { type: "array", items: { type: "string", minLength: 1 }, minItems: 1 } as const;
const COMMON = {
  id: { type: "string", minLength: 1 },
  origin: { type: "object" },
  on: SELECTOR,
} as const;
const TRAFFIC = {
  type: "array",
  items: {
    type: "object",
    additionalProperties: false,
    properties: {
      family: { enum: [4, 6] },
      protocol: { type: "string", pattern: "^(tcp|udp|icmp|icmpv6|gre|\\d{1,3})$" },
      ports: { type: "array", items: { type: "string", pattern: "^\\d{1,5}(-\\d{1,5})?$" }, minItems: 1 },
    },
  },
} as const;
const shape = (kind: Policy["kind"], properties: object, required: readonly string[]) => ({
  type: "object",
  additionalProperties: false,
  required: ["id", "kind", "on", ...required],
  properties: { ...COMMON, kind: { const: kind }, ...properties },
});

/** JSON Schema of each kind of policy. */
export const POLICY_SHAPES: Readonly<Record<Policy["kind"], object>> = {
  residency: shape("residency", { areas: KEYS, provinces: KEYS, cities: KEYS }, []),
  latency: shape(
    "latency",
    {
      of: {
        type: "object",
        additionalProperties: false,
        required: ["latitude", "longitude"],
        properties: {
          latitude: { type: "number", minimum: -90, maximum: 90 },
          longitude: { type: "number", minimum: -180, maximum: 180 },
        },
      },
      withinMs: { type: "number", exclusiveMinimum: 5, maximum: 100 },
    },
    ["of", "withinMs"],
  ),
  separation: shape("separation", { from: SELECTOR, by: { enum: ["site", "vpc", "security-group"] } }, [
    "from",
    "by",
  ]),
  "never-reach": shape("never-reach", { from: SELECTOR, traffic: { ...TRAFFIC, minItems: 1 } }, ["from"]),
  "internet-ports": shape("internet-ports", { traffic: TRAFFIC }, ["traffic"]),
};

const patterns = new WeakMap<Selector, RegExp>();

/** Whether a selector means the resource; an address without an index means every instance. */
export function selects(selector: Selector, address: string): boolean {
  let pattern = patterns.get(selector);
  if (pattern === undefined) {
    const texts = selector.map((text) =>
      text.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll("*", ".*"),
    );
    patterns.set(selector, (pattern = new RegExp(String.raw`^(?:${texts.join("|")})(?:\[.*\])?$`, "s")));
  }
  return pattern.test(address);
}
