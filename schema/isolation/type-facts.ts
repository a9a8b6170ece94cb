import type { Placement } from "../definition.js";
import type { TypeTables } from "./tables.js";
import { kindOf } from "./values.js";

const PLACE_ATTRIBUTES = ["site", "vpc", "subnets", "line", "port"] as const;
type PlaceAttribute = (typeof PLACE_ATTRIBUTES)[number];

/** What may be put into an attribute that takes an id. */
export interface Taken {
  readonly types: readonly string[];
  readonly place: PlaceAttribute | undefined;
}

/** What is known of a resource type. */
interface TypeFacts {
  readonly kind: string;
  /** Undefined for what has no place. */
  readonly placement: Placement | undefined;
  readonly role: Placement["role"];
  /** The attributes that take an id, by pattern. */
  readonly pointers: readonly (readonly [pattern: string, taken: Taken])[];
}

/** A NIC outside of the configuration, as the API tells it. */
const PORT: Placement = { role: "other", site: "site_id", subnets: "network_id" };

/** Tells what is known of a type. It is asked for every resource, of which many share a type. */
export function factsOfTypes({ placements, refs }: TypeTables): (type: string) => TypeFacts {
  const known = new Map<string, TypeFacts>();
  return (type) => {
    let facts = known.get(type);
    if (facts === undefined) {
      const kind = kindOf(type);
      const placement = placements[kind] ?? (type === "iec_port" ? PORT : undefined);
      const pointers = pointersOf(refs[kind] ?? {}, placement);
      facts = { kind, placement, role: placement?.role ?? "other", pointers };
      known.set(type, facts);
    }
    return facts;
  };
}

function pointersOf(
  refs: Readonly<Record<string, readonly string[]>>,
  placement: Placement | undefined,
): TypeFacts["pointers"] {
  const types = new Map(Object.entries(refs));
  const places = new Map<string, PlaceAttribute>();
  for (const place of PLACE_ATTRIBUTES) {
    const pattern = placement?.[place];
    if (pattern !== undefined) places.set(pattern, place);
  }
  return [...new Set([...types.keys(), ...places.keys()])].map((pattern) => [
    pattern,
    { types: types.get(pattern) ?? [], place: places.get(pattern) },
  ]);
}
