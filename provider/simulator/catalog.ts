import data from "../../schema/api/catalog.json" with { type: "json" };
import { badParameter } from "./errors.js";

export type Site = (typeof data.sites)[number];
export type Line = Site["pools"][number];
export type Flavor = (typeof data.flavors)[number];
export type Image = (typeof data.images)[number];

export const catalog = data;

const sites = new Map(data.sites.map((site) => [site.id, site]));
const support = new Map(data.site_support.items.map((item) => [item.site_id, item]));

export function findSite(id: string): Site | undefined {
  return sites.get(id);
}

/** The site a request names; refuses an unknown or closed one. */
export function openSite(id: string, parameter: string): Site {
  const site = sites.get(id);
  if (!site) throw badParameter(parameter, `there is no site ${id}`);
  if (site.status.toLowerCase() === "offline") throw badParameter(parameter, `site ${site.name} is offline`);
  return site;
}

/** What the site offers: flavors, disk types, its availability zone. */
export function offers(siteId: string): (typeof data.site_support.items)[number] {
  return support.get(siteId) ?? { site_id: siteId, volume_types: [], flavor_ids: [], availability_zone: "" };
}

/** Location text `country/area/province/city`. */
export function siteInfo(site: Site | undefined): string {
  return site ? [site.country, site.area, site.province, site.city].join("/") : "";
}

/** A line of the site by its text id (`pools[].pool_id`); without one, the first IPv4 line. */
export function findLine(site: Site, poolId: string | undefined, parameter: string): Line {
  const line = site.pools.find((pool) => (poolId ? pool.pool_id === poolId : pool.ip_version === "4"));
  if (!line) throw badParameter(parameter, `site ${site.name} has no line ${poolId ?? "for IPv4"}`);
  if (line.ip_version !== "4") throw badParameter(parameter, `line ${line.pool_id} is not an IPv4 line`);
  return line;
}
