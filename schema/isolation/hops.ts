import { isUnknown } from "../unknown.js";
import { parseRange, type Range } from "./cidr.js";
import { identify, literal, open, type Identity } from "./identity.js";
import type { Placed, Topology } from "./topology.js";
import { kindOf, locate } from "./values.js";

/** The next hop of a route. */
export interface Hop {
  readonly identity: Identity;
  /** A server, or a virtual IP; undefined when it is not known which. */
  readonly target: Placed | undefined;
  /** The address, where that is what is written. */
  readonly address: string | undefined;
}

/** The route table of a route; undefined where it is not known, or something else. */
export function tableOf(topology: Topology, { node }: Placed): Placed | undefined {
  const [object] = topology.objectsOf(topology.written(node, "route_table_id"));
  return object && kindOf(object.type) === "iec_route_table" ? topology.placed(object) : undefined;
}

export function hopOf(topology: Topology, { node }: Placed): Hop | undefined {
  const [at] = locate(node, "nexthop");
  if (at === undefined) return undefined;
  const value = topology.follow(at.value);
  const source = isUnknown(at.value) ? at.value.source : undefined;
  const owner =
    source?.path.join(".") === "ip_address" ? topology.graph.nodes.get(source.address) : undefined;
  const object = owner ?? topology.objectsOf(value)[0];
  const identity = object ? identify(object) : (literal(value) ?? open(value, node, at.path));
  return {
    identity,
    target: object && topology.placed(object),
    address: typeof value === "string" && /^[\d.]+$/.test(value) ? value : undefined,
  };
}

const EVERYTHING: Range = { first: 0, last: 2 ** 32 - 1 };

/** Where the routes of all tables lead; one that is not known may lead anywhere. */
export const destinationsOf = (topology: Topology): readonly Range[] =>
  topology.ofType("iec_route").flatMap(({ node }) => {
    const destination = topology.written(node, "destination");
    if (isUnknown(destination)) return [EVERYTHING];
    return typeof destination === "string" ? (parseRange(destination) ?? []) : [];
  });
