import { catalog, findSite, type Line, offers, type Site } from "../catalog.js";
import { badParameter } from "../errors.js";
import type { Coverage, CoverageLevel, CoveragePolicy, Demand, Placement } from "../model-edge-services.js";

/** Places that one edge service may name (BEHAVIOUR.md section 7). */
const mostPlaces = 10;

/** What a stack takes from the site it goes to. */
export interface StackNeed {
  readonly instances: number;
  readonly flavors: readonly string[];
  readonly volumeTypes: readonly string[];
}

const siteKeys = { area: "area", prov: "province", city: "city", site: "id" } as const;

/**
 * How many of the wanted stacks each site gets, given how many it has room for. `centralize` takes as few sites as
 * possible, the roomiest first; `discrete` puts each stack where the fewest are. What has no room is left out.
 */
export function spread(policy: CoveragePolicy, wanted: number, rooms: readonly number[]): number[] {
  const placed = rooms.map(() => 0);
  const order = rooms.map((_, index) => index);
  const roomOf = (index: number): number => (rooms[index] ?? 0) - (placed[index] ?? 0);
  if (policy === "centralize") order.sort((a, b) => roomOf(b) - roomOf(a));
  for (let left = wanted; left > 0; left -= 1) {
    const open = order.filter((index) => roomOf(index) > 0);
    const fewest = Math.min(...open.map((index) => placed[index] ?? 0));
    const next = open.find((index) => policy === "centralize" || placed[index] === fewest);
    if (next === undefined) break;
    placed[next] = (placed[next] ?? 0) + 1;
  }
  return placed;
}

/** Refuses a coverage that breaks the rules between its parts. */
export function checkCoverage(coverage: Coverage): void {
  const { coverage_level: level, coverage_policy: policy, coverage_sites: places } = coverage;
  if (level === "site" && policy !== "centralize")
    throw badParameter("coverage_policy", "level site allows centralize only");
  if (places.length === 0) throw badParameter("coverage_sites", "there is no place");
  if (places.length > mostPlaces)
    throw badParameter("coverage_sites", `there are more than ${mostPlaces} places`);
  for (const { site, demands } of places) {
    if (demands.length === 0) throw badParameter("demands", `${site} has none`);
    if ((level === "area" || level === "prov") && demands.some((demand) => demand.pool_id !== undefined))
      throw badParameter("pool_id", `level ${level} does not allow it`);
  }
}

/** Where the stacks go; `roomAt` tells how many instances a site still takes. */
export function schedule(
  coverage: Coverage,
  need: StackNeed,
  roomAt: (siteId: string) => number,
): Placement[] {
  const placements: Placement[] = [];
  const room = (site: Site): number => {
    const here = placements.filter((placement) => placement.site_id === site.id);
    const taken = here.reduce((sum, placement) => sum + placement.stack_count, 0);
    return Math.floor(roomAt(site.id) / need.instances) - taken;
  };
  for (const { site: key, demands } of coverage.coverage_sites) {
    const sites = offering(sitesOf(coverage.coverage_level, key), need, key);
    for (const demand of demands) {
      const fitting = withLines(sites, demand, key);
      const rooms = fitting.map(({ site }) => room(site));
      spread(coverage.coverage_policy, demand.demand_count, rooms).forEach((stack_count, index) => {
        const place = fitting[index];
        if (place && stack_count > 0) placements.push(placement(place, demand, stack_count));
      });
    }
  }
  return placements;
}

/** The stacks that a coverage asks for. */
export function stackCount(coverage: Coverage): number {
  const demands = coverage.coverage_sites.flatMap((place) => place.demands);
  return demands.reduce((sum, demand) => sum + demand.demand_count, 0);
}

/** The place's name for people, in the way of its level. */
export function displayName(level: CoverageLevel, key: string): string {
  const site = sitesAt(level, key)[0];
  if (!site) return key;
  return { area: site.i18n_area, prov: site.i18n_province, city: site.i18n_city, site: site.i18n_city }[
    level
  ];
}

function sitesAt(level: CoverageLevel, key: string): Site[] {
  return catalog.sites.filter((site) => site[siteKeys[level]] === key);
}

/** The open sites of a place. */
function sitesOf(level: CoverageLevel, key: string): Site[] {
  const sites = sitesAt(level, key);
  if (sites.length === 0) throw badParameter("coverage_sites.site", `there is no ${level} ${key}`);
  const open = sites.filter((site) => !["sellout", "offline"].includes(site.status.toLowerCase()));
  if (open.length === 0) throw badParameter("coverage_sites.site", `${key} is sold out`);
  return open;
}

function offering(sites: readonly Site[], need: StackNeed, key: string): Site[] {
  const able = sites.filter((site) => {
    const { flavor_ids, volume_types } = offers(site.id);
    return (
      need.flavors.every((id) => flavor_ids.includes(id)) &&
      need.volumeTypes.every((type) => volume_types.includes(type))
    );
  });
  if (able.length > 0) return able;
  const wanted = [...new Set([...need.flavors, ...need.volumeTypes])].join(", ");
  throw badParameter("coverage_sites.site", `no site of ${key} offers ${wanted}`);
}

interface Place {
  readonly site: Site;
  readonly line: Line;
}

/** The sites that have the line a demand asks for; without wishes, their first IPv4 line. */
function withLines(sites: readonly Site[], demand: Demand, key: string): Place[] {
  const { pool_id, operator, bandwidth_type, pool_id_v6 } = demand;
  const places = sites.flatMap((site) => {
    const line = site.pools.find(
      (pool) =>
        pool.ip_version === "4" &&
        (pool_id === undefined || pool.pool_id === pool_id) &&
        (operator === undefined || pool.operator.name === operator) &&
        (bandwidth_type === undefined || pool.allow_share_bandwidth_types.includes(bandwidth_type)),
    );
    const v6 = pool_id_v6 === undefined || hasIpv6Line(site, pool_id_v6);
    return line && v6 ? [{ site, line }] : [];
  });
  if (places.length > 0) return places;
  const wishes = [pool_id, operator, bandwidth_type, pool_id_v6].filter((wish) => wish !== undefined);
  throw badParameter("demands", `no site of ${key} has a line for ${wishes.join(", ")}`);
}

function hasIpv6Line(site: Site, poolId: string): boolean {
  return site.pools.some((pool) => pool.ip_version === "6" && pool.pool_id === poolId);
}

function placement({ site, line }: Place, demand: Demand, stack_count: number): Placement {
  const { bandwidth_type, pool_id_v6, ipv6_bandwidth_enable } = demand;
  return {
    site_id: site.id,
    pool_id: line.pool_id,
    stack_count,
    ...(bandwidth_type === undefined ? {} : { bandwidth_type }),
    ...(pool_id_v6 === undefined ? {} : { pool_id_v6 }),
    ...(ipv6_bandwidth_enable === undefined ? {} : { ipv6_bandwidth_enable }),
  };
}

/** A placement as the API shows it. */
export function viewPlacement(placement: Placement): object {
  const { site_id, pool_id, stack_count, pool_id_v6, ipv6_bandwidth_enable } = placement;
  const site = findSite(site_id);
  const line = site?.pools.find((pool) => pool.pool_id === pool_id);
  return {
    site_id,
    pool_id,
    stack_count,
    area: site?.area ?? "",
    province: site?.province ?? "",
    city: site?.city ?? "",
    city_short_name: site?.city_short_name ?? "",
    operator: line?.operator.name ?? "",
    ipv6_enable: pool_id_v6 !== undefined,
    ...(pool_id_v6 === undefined ? {} : { pool_id_v6 }),
    ...(ipv6_bandwidth_enable === undefined ? {} : { ipv6_bandwidth_enable }),
  };
}
