import { Construct } from "constructs";
import { DataIecSites, type DataIecSitesConfig } from "../generated/data-iec-sites";
import type { Known } from "./place";

/** An edge site. `City` is its city where the program says it literally. */
export class EdgeSite<City extends string = string> extends Construct {
  /** For the compiler only. */
  declare readonly place: { readonly city: Known<City> };
  private constructor(
    scope: Construct,
    id: string,
    readonly siteId: string,
  ) {
    super(scope, id);
  }

  /** The first site of a city, such as `guangzhou`. */
  static byCity<City extends string>(scope: Construct, id: string, city: City): EdgeSite<City> {
    return new EdgeSite<City>(scope, id, firstOf(scope, id, { city }));
  }

  /** The site nearest to a place, in degrees. */
  static nearest(
    scope: Construct,
    id: string,
    place: { readonly latitude: number; readonly longitude: number },
  ): EdgeSite {
    return new EdgeSite(scope, id, firstOf(scope, id, { nearest: { ...place, count: 1 } }));
  }

  static fromId(scope: Construct, id: string, siteId: string): EdgeSite {
    return new EdgeSite(scope, id, siteId);
  }
}

const firstOf = (scope: Construct, id: string, filter: DataIecSitesConfig): string =>
  new DataIecSites(scope, `${id}-sites`, filter).sites.get(0).id;
