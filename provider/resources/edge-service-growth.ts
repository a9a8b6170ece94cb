import type { Demand, Places } from "./edge-service-coverage.js";

/** What one demand of a request may ask for at most. Source: API Explorer. */
const MOST_AT_ONCE = 10;

/** Demands that differ in nothing but their number are one. */
interface Total {
  readonly site: string;
  readonly demand: Demand;
  readonly count: number;
}

/** What has to be added to `before` to come to `after`; undefined when something would have to go. */
export function growth(before: Places, after: Places): Places | undefined {
  const had = totals(before);
  const wanted = totals(after);
  const shrinks = [...had].some(([key, { count }]) => (wanted.get(key)?.count ?? 0) < count);
  if (shrinks) return undefined;
  const added = new Map<string, Demand[]>();
  for (const [key, { site, demand, count }] of wanted) {
    const parts = portions(count - (had.get(key)?.count ?? 0));
    if (parts.length === 0) continue;
    const demands = parts.map((demand_count) => ({ ...demand, demand_count }));
    added.set(site, [...(added.get(site) ?? []), ...demands]);
  }
  return [...added].map(([site, demands]) => ({ site, demands }));
}

function totals(places: Places): Map<string, Total> {
  const found = new Map<string, Total>();
  for (const { site, demands } of places) {
    for (const { demand_count, ...what } of demands) {
      const given = Object.entries(what).filter(([, value]) => value !== null);
      const key = JSON.stringify([site, ...given.sort(([a], [b]) => (a < b ? -1 : 1))]);
      const count = demand_count + (found.get(key)?.count ?? 0);
      found.set(key, { site, demand: { ...what, demand_count }, count });
    }
  }
  return found;
}

const portions = (count: number): number[] =>
  count <= 0 ? [] : [Math.min(count, MOST_AT_ONCE), ...portions(count - MOST_AT_ONCE)];
