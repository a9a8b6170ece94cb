import { cityOf, placeKey } from "../../cities.js";
import type { ResourceNode } from "../../graph.js";
import { isUnknown, type Path, type Value } from "../../unknown.js";
import type { Identity } from "../identity.js";
import type { SiteFacts } from "../sites.js";
import type { Placed, Topology } from "../topology.js";
import { kindOf, locate, namesOf } from "../values.js";

/** Where a resource is, or may be put, as one of its attributes tells. */
export interface Place {
  readonly path: Path;
  readonly facts: Pick<SiteFacts, "area" | "province" | "city">;
  readonly label: string;
  /** Whether it is all of the area, province or city: the cloud chooses the site. */
  readonly whole: boolean;
  /** What would tell more of it. */
  readonly unknowns: readonly string[];
}

/** Every place that the attributes of a resource name. */
export function* placesOf(topology: Topology, placed: Placed): Generator<Place> {
  for (const { path, identity } of placed.sites) {
    const facts = siteFacts(topology, identity);
    const unknowns =
      identity.unknowns.length > 0 ? identity.unknowns : [`the place of site ${identity.label}`];
    yield { path, facts, label: `site ${identity.label}`, whole: false, unknowns };
  }
  yield* coverageOf(topology, placed.node);
}

/** Undefined facts are not known. */
function siteFacts(topology: Topology, { id, source }: Identity): Place["facts"] {
  if (id !== undefined) return completed(topology.sites.get(id) ?? {});
  // `data.iec_sites.south.sites[0].id`: what it was searched by holds for whatever is found.
  const search = source && topology.graph.nodes.get(source.address);
  if (
    source?.path[0] !== "sites" ||
    source.path.at(-1) !== "id" ||
    kindOf(search?.type ?? "") !== "iec_sites"
  )
    return {};
  const filter = (name: string) => single(search?.values[name] ?? null);
  return completed({ area: filter("area"), province: filter("province"), city: filter("city") });
}

/** One key; several are separated by commas. Filters take a display name too, which says nothing here. */
const single = (value: Value): string | undefined =>
  typeof value === "string" && /^[a-z' -]+$/i.test(value) ? value.toLowerCase() : undefined;

const completed = (facts: Place["facts"]): Place["facts"] => ({
  ...facts,
  province: facts.province ?? (facts.city === undefined ? undefined : cityOf(facts.city)?.province),
});

/** Which fact of a place an edge service's level names. */
const LEVELS = { area: "area", prov: "province", city: "city" } as const;

function* coverageOf(topology: Topology, node: ResourceNode): Generator<Place> {
  const written = node.values["coverage_level"];
  const level = written === undefined ? null : topology.follow(written);
  for (const { path, value } of locate(node, "coverage_sites[].site")) {
    const site = topology.follow(value);
    const unknown = [level, site].find(isUnknown);
    if (unknown !== undefined) {
      yield { path, facts: {}, label: "a place", whole: true, unknowns: namesOf(unknown, node, path) };
    } else if (typeof site === "string" && typeof level === "string") {
      const fact = LEVELS[level as keyof typeof LEVELS] as (typeof LEVELS)[keyof typeof LEVELS] | undefined;
      const facts = fact === undefined ? (topology.sites.get(site) ?? {}) : { [fact]: site };
      const label = fact === undefined ? `site ${topology.siteLabel(site)}` : `${fact} ${site}`;
      const whole = fact !== undefined;
      yield { path, facts: completed(facts), label, whole, unknowns: [`the place of ${label}`] };
    }
  }
}

/** Whether both name one place. */
export const samePlace = (a: string, b: string): boolean => placeKey(a) === placeKey(b);
