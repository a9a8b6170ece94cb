import { conditional, Fn, FOR_EXPRESSION_VALUE, forExpression, Op, propertyAccess, Token } from "cdktf";
import type { Construct } from "constructs";
import { DataIecSites, type DataIecSitesConfig } from "../generated/data-iec-sites";
import { EdgeConstruct } from "./construct";
import type { SitePlace } from "./place";
import { hintAt, type CityKey, type OperatorKey, type SiteName } from "./places";
import { checkProps, optional, text, type Kind } from "./props";

export interface EdgeSiteFilter {
  /** Only a site with a line of this operator, such as `chinatelecom`. */
  readonly operator?: OperatorKey;
}

/** An edge site. `City` is its city where the program says it literally. */
export class EdgeSite<City extends string = string> extends EdgeConstruct {
  declare readonly place: SitePlace<City>;
  readonly siteId: string;
  readonly #filter: DataIecSitesConfig;
  #resource?: DataIecSites;

  private constructor(scope: Construct, id: string, filter: DataIecSitesConfig) {
    super(scope, id);
    this.#filter = filter;
    this.siteId = filter.id ?? this.resource.sites.get(0).id;
  }

  /** What looks it up; a site of a known id is looked up once something else of it is wanted. */
  get resource(): DataIecSites {
    return (this.#resource ??= new DataIecSites(this, "sites", this.#filter));
  }

  /** The first site of a city, such as `guangzhou` or `xi'an`: case and signs count. */
  static byCity<City extends CityKey>(
    scope: Construct,
    id: string,
    city: City,
    filter: EdgeSiteFilter = {},
  ): EdgeSite<City> {
    const site = new EdgeSite<City>(scope, id, { city, ...filter });
    checkProps(site, { city, ...filter }, { city: text, operator: optional(text) });
    hintAt(site.resource, "city", city);
    hintAt(site.resource, "operator", filter.operator);
    return site;
  }

  static byName(scope: Construct, id: string, name: SiteName): EdgeSite {
    const site = new EdgeSite(scope, id, { name });
    checkProps(site, { name }, { name: text });
    hintAt(site.resource, "name", name);
    return site;
  }

  /** The site nearest to a place, in degrees. */
  static nearest(
    scope: Construct,
    id: string,
    place: { readonly latitude: number; readonly longitude: number } & EdgeSiteFilter,
  ): EdgeSite {
    const site = new EdgeSite(scope, id, { nearest: { ...place, count: 1 } });
    checkProps(site, place, {
      latitude: degrees(90),
      longitude: degrees(180),
      operator: optional(text),
    });
    hintAt(site.resource, "operator", place.operator);
    return site;
  }

  static fromId(scope: Construct, id: string, siteId: string): EdgeSite {
    const site = new EdgeSite(scope, id, { id: siteId });
    checkProps(site, { siteId }, { siteId: text });
    return site;
  }

  /** Its IPv4 line of an operator, such as `chinatelecom`. A plan fails when it has none. */
  lineOf(operator: OperatorKey): string {
    checkProps(this, { operator }, { operator: text });
    hintAt(this.resource, "operator", operator);
    const is = (name: string, value: string) => Op.eq(propertyAccess(FOR_EXPRESSION_VALUE, [name]), value);
    const id = conditional(
      Op.and(is("operator", operator), is("ip_version", "4")),
      propertyAccess(FOR_EXPRESSION_VALUE, ["pool_id"]),
      "",
    );
    const { lines } = this.resource.sites.get(0);
    return Token.asString(Fn.element(Fn.compact(forExpression(lines, id) as unknown as string[]), 0));
  }
}

const degrees = (most: number): Kind => ({
  what: `degrees from ${-most} to ${most}`,
  accepts: (value) => typeof value === "number" && (Math.abs(value) <= most || Token.isUnresolved(value)),
});
