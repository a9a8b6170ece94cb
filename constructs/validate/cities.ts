import type { ResourceGraph, ResourceNode } from "../../schema/graph.js";
import type { SiteFacts, SiteTable } from "../../schema/isolation/index.js";
import { locate } from "../../schema/isolation/values.js";
import type { Placement } from "../../schema/definition.js";
import { isUnknown, mapObject, type ObjectValue, type Value } from "../../schema/unknown.js";
import { withValues } from "./graph";

/** A graph in which sites have identities before the cloud was asked, and their names for messages. */
export interface Placed {
  readonly graph: ResourceGraph;
  readonly sites: SiteTable;
}

/**
 * Tells sites apart by their cities: `sites[0].id` of a search for "guangzhou" is no site of a search for "xi'an".
 *
 * Only where no id of a site is written out: whether that one lies in a city, only the cloud knows.
 */
export function nameSitesByCity(
  graph: ResourceGraph,
  placements: Readonly<Record<string, Placement>>,
): Placed {
  const sites = new Map<string, SiteFacts>();
  const cities = new Map<string, string>();
  for (const node of graph.nodes.values()) {
    const city = cityOf(node);
    if (city !== undefined) cities.set(node.address, city);
    if (locate(node, placements[node.type]?.site).some(({ value }) => typeof value === "string"))
      return { graph, sites };
  }
  const name = (value: Value): Value => {
    if (Array.isArray(value)) return value.map(name);
    if (!isUnknown(value))
      return typeof value === "object" && value !== null ? mapObject(value as ObjectValue, name) : value;
    const [list, index, attribute, ...more] = value.source?.path ?? [];
    const city = value.source && cities.get(value.source.address);
    if (
      city === undefined ||
      list !== "sites" ||
      typeof index !== "number" ||
      attribute !== "id" ||
      more.length > 0
    )
      return value;
    const id = `${city} ${index}`;
    sites.set(id, { name: index === 0 ? city : `${city} (site ${index + 1})`, city });
    return id;
  };
  const nodes = new Map(graph.nodes);
  for (const [address, node] of graph.nodes) {
    if (node.references.some(({ to }) => cities.has(to)))
      nodes.set(address, withValues(node, name(node.values) as ObjectValue));
  }
  return { graph: { nodes }, sites };
}

/** The city of a search for sites by nothing else. Only keys are compared: a Chinese name may be the same city. */
function cityOf(node: ResourceNode): string | undefined {
  if (node.type !== "iec_sites" || node.mode !== "data") return undefined;
  const { city, ...others } = node.values;
  const alone = Object.values(others).every((value) => value === null);
  return alone && typeof city === "string" && /^[a-z' -]+$/i.test(city) ? city.toLowerCase() : undefined;
}
