import type { IConstruct } from "constructs";
import type { EdgeServiceCoverageSites, EdgeServiceCoverageSitesDemands } from "../generated/edge-service";
import type { EdgeSite } from "./edge-site";
import { hintAt, type AreaKey, type CityKey, type OperatorKey, type ProvinceKey } from "./places";

export interface Demand {
  /** Stacks of servers, 1 to 10. */
  readonly count: number;
  /** Whose line they get, such as `chinatelecom`; any when not set. */
  readonly operator?: OperatorKey;
  /** Id of the line; of cities and sites only. */
  readonly line?: string;
}

/** A place of an edge service, and how much it gets. */
export class Coverage {
  private constructor(
    readonly level: "area" | "prov" | "city" | "site",
    readonly place: string,
    readonly demands: readonly Demand[] = [],
  ) {}

  /** All sites of an area, such as `south`. */
  static area(area: AreaKey): Coverage {
    return new Coverage("area", area);
  }
  static province(province: ProvinceKey): Coverage {
    return new Coverage("prov", province);
  }
  static city(city: CityKey): Coverage {
    return new Coverage("city", city);
  }
  /** One site. Such a service cannot grow. */
  static site(site: Pick<EdgeSite, "siteId">): Coverage {
    return new Coverage("site", site.siteId);
  }

  /** The same place, with a further demand. */
  demand(demand: Demand): Coverage {
    const { count } = demand;
    if (!Number.isInteger(count) || count < 1 || count > 10)
      throw new Error(
        `Coverage of ${this.place}: count ${count} of a demand is no whole number from 1 to 10. More take another demand.`,
      );
    return new Coverage(this.level, this.place, [...this.demands, demand]);
  }
}

/** As the resource takes it. */
export const coverageSite = ({ place, demands }: Coverage): EdgeServiceCoverageSites => ({
  site: place,
  demands: demands.map(({ count, operator, line }): EdgeServiceCoverageSitesDemands => ({
    demandCount: count,
    ...(operator === undefined ? {} : { operator }),
    ...(line === undefined ? {} : { poolId: line }),
  })),
});

const PROPS = { area: "area", prov: "province", city: "city" } as const;

/** Warns of places and operators that look like slips. */
export function hintAtCoverage(construct: IConstruct, { level, place, demands }: Coverage): void {
  if (level !== "site") hintAt(construct, PROPS[level], place);
  for (const { operator } of demands) hintAt(construct, "operator", operator);
}
