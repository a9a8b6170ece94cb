import type { ResourceGraph } from "../graph.js";
import { isList, isObject, type Value } from "../unknown.js";
import { kindOf } from "./values.js";

/** What is known of a site. */
export interface SiteFacts {
  readonly name?: string | undefined;
  /** Keys, as the cloud's list of sites has them. */
  readonly area?: string | undefined;
  readonly province?: string | undefined;
  readonly city?: string | undefined;
  /** Every line id (`pool_id`) of the site; undefined when not known. */
  readonly lines?: readonly string[] | undefined;
}
/** Sites by id. */
export type SiteTable = ReadonlyMap<string, SiteFacts>;

/** The given sites and those that `iec_sites` data sources of the graph tell. */
export function collectSites(graph: ResourceGraph, given: SiteTable = new Map()): SiteTable {
  const sites = new Map(given);
  for (const node of graph.nodes.values()) {
    if (node.mode !== "data" || kindOf(node.type) !== "iec_sites") continue;
    for (const site of objects(node.values["sites"])) {
      if (typeof site["id"] === "string" && !sites.has(site["id"])) sites.set(site["id"], factsOf(site));
    }
  }
  return sites;
}

function factsOf(site: Readonly<Record<string, Value>>): SiteFacts {
  const lines = isList(site["lines"]) ? objects(site["lines"]).map((line) => line["pool_id"]) : undefined;
  const text = (name: string) => (typeof site[name] === "string" ? site[name] : undefined);
  return {
    name: text("name") ?? text("city"),
    area: text("area"),
    province: text("province"),
    city: text("city"),
    lines: lines?.every((line) => typeof line === "string") === true ? lines : undefined,
  };
}

const objects = (value: Value | undefined) => (isList(value) ? value.filter(isObject) : []);

/** A site as people call it: its name, with its id where several share the name. */
export function siteLabels(sites: SiteTable): (id: string) => string {
  const count = new Map<string, number>();
  for (const { name } of sites.values()) if (name !== undefined) count.set(name, (count.get(name) ?? 0) + 1);
  return (id) => {
    const name = sites.get(id)?.name;
    if (name === undefined) return JSON.stringify(id);
    return count.get(name) === 1 ? name : `${name} (${id})`;
  };
}
