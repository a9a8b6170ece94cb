import { block, element, list, number, string, type StateOf } from "../../schema/attributes.js";
import type { components } from "../../schema/generated/iec-api.js";
import { defineDataSource, sent } from "../resources/define.js";
import { cityOf, distanceKm, type Coordinates } from "../../schema/cities.js";
import { byName } from "./common.js";

const line = {
  id: string({ computed: true, description: "The same as `pool_id`." }),
  record_id: string({
    computed: true,
    description: "The line's own id, a UUID: what an IPv6 subnet takes as its `pool_id`.",
  }),
  pool_id: string({
    computed: true,
    description: "Line id that EIPs and servers take, such as `5_sbgp_site1`.",
  }),
  name: string({ computed: true, description: "Display name." }),
  ip_version: string({ computed: true, description: "4 or 6." }),
  operator: string({ computed: true, description: "Operator key, such as `chinatelecom`." }),
  bandwidth_types: list({
    computed: true,
    element: element.string({}),
    description: "Bandwidth types usable on the line.",
  }),
};
const site = {
  id: string({ computed: true, description: "Id of the site." }),
  name: string({ computed: true, description: "Name." }),
  area: string({ computed: true, description: "Area key, such as `south`." }),
  province: string({ computed: true, description: "Province key." }),
  city: string({ computed: true, description: "City key, such as `guangzhou`." }),
  status: string({
    computed: true,
    description: "Sale state: Normal, Promotion, Obt, Gray, sellout or Offline.",
  }),
  lines: list({ computed: true, element: element.object(line), description: "IP lines of the site." }),
  distance_km: number({
    computed: true,
    unit: "km",
    description:
      "Distance in km from the place of `nearest` to the centre of the city; null without `nearest`, or when the place of the city is not known.",
  }),
};
const OPERATOR = "Only sites with an IPv4 line of this operator (key or short code: `chinatelecom`, `CTCC`).";
const attributes = {
  id: string({ optional: true, description: "Only the site of this id." }),
  name: string({ optional: true, description: "Only sites of exactly this name." }),
  area: string({
    optional: true,
    description: "Only sites of this area (north, central, south, ...); several separated by commas.",
  }),
  province: string({
    optional: true,
    description: "Only sites of this province; several separated by commas.",
  }),
  city: string({ optional: true, description: "Only sites of this city; several separated by commas." }),
  operator: string({ optional: true, description: OPERATOR }),
  flavor: string({ optional: true, description: "Only sites that offer this flavor." }),
  volume_type: string({
    optional: true,
    description: "Only sites that offer this disk type; several separated by commas.",
  }),
  nearest: block({
    optional: true,
    maxItems: 1,
    description: "Orders the sites by the distance of their cities from a place, nearest first.",
    attributes: {
      latitude: number({
        required: true,
        minimum: -90,
        maximum: 90,
        description: "Degrees north of the equator (south is negative).",
      }),
      longitude: number({
        required: true,
        minimum: -180,
        maximum: 180,
        description: "Degrees east of Greenwich (west is negative).",
      }),
      operator: string({ optional: true, description: OPERATOR }),
      count: number({
        optional: true,
        integer: true,
        minimum: 1,
        description: "How many sites to tell at most; all when not set.",
      }),
    },
  }),
  sites: list({
    computed: true,
    element: element.object(site),
    description:
      "The sites, ordered by name, or by distance when `nearest` is set: those of `unlocated_cities` come last.",
  }),
  unlocated_cities: list({
    computed: true,
    element: element.string({}),
    description:
      "City keys whose place iec-cdk does not know, when `nearest` is set: how far their sites are cannot be told.",
  }),
};

type Site = components["schemas"]["Site"];

export const fromApi = (found: Site, place?: Coordinates): StateOf<typeof site> => {
  const centre = cityOf(found.city ?? "");
  return {
    id: found.id ?? null,
    name: found.name ?? null,
    area: found.area ?? null,
    province: found.province ?? null,
    city: found.city ?? null,
    status: found.status ?? null,
    lines: (found.pools ?? []).map((pool) => ({
      id: pool.pool_id ?? null,
      record_id: pool.id ?? null,
      pool_id: pool.pool_id ?? null,
      name: pool.display_name ?? null,
      ip_version: pool.ip_version ?? null,
      operator: pool.operator?.name ?? null,
      bandwidth_types: pool.allow_share_bandwidth_types ?? [],
    })),
    distance_km: place && centre ? Math.round(distanceKm(place, centre)) : null,
  };
};

/** Whether a site has an IPv4 line of the operator, by key or short code. */
const offers = (operator: string | null | undefined) => (s: Site) =>
  operator === null ||
  operator === undefined ||
  (s.pools ?? []).some(
    (p) => p.ip_version === "4" && (p.operator?.name === operator || p.operator?.sa === operator),
  );

const byDistance = (a: StateOf<typeof site>, b: StateOf<typeof site>): number =>
  a.distance_km === b.distance_km ? byName(a, b) : (a.distance_km ?? Infinity) - (b.distance_km ?? Infinity);

/** The edge sites of the cloud. */
export const sites = defineDataSource({
  type: "iec_sites",
  description: "Edge sites: physically separate places, not connected with each other.",
  attributes,
  api: ["GET /v1/sites"],
  async read(config, api) {
    const { id, name, area, province, city, flavor, volume_type, operator } = config;
    const [nearest] = config.nearest;
    const answer = await api.list("/v1/sites", sent({ id, area, province, city, flavor, volume_type }));
    const found = answer
      .filter((s) => name === null || s.name === name)
      .filter(offers(operator))
      .filter(offers(nearest?.operator))
      .map((s) => fromApi(s, nearest));
    const unlocated = found.filter((s) => nearest !== undefined && s.distance_km === null);
    return {
      sites: found.sort(byDistance).slice(0, nearest?.count ?? undefined),
      unlocated_cities: [...new Set(unlocated.map((s) => s.city ?? ""))].sort(),
    };
  },
});
