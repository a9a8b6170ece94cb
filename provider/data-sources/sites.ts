import { element, list, string, type StateOf } from "../../schema/attributes.js";
import type { components } from "../../schema/generated/iec-api.js";
import { defineDataSource, sent } from "../resources/define.js";

const line = {
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
};
const attributes = {
  area: string({ optional: true, description: "Only sites of this area (north, central, south, ...)." }),
  province: string({ optional: true, description: "Only sites of this province." }),
  city: string({ optional: true, description: "Only sites of this city." }),
  operator: string({
    optional: true,
    description: "Only sites with an IPv4 line of this operator (key or short code: `chinatelecom`, `CTCC`).",
  }),
  flavor: string({ optional: true, description: "Only sites that offer this flavor." }),
  volume_type: string({ optional: true, description: "Only sites that offer this disk type." }),
  sites: list({ computed: true, element: element.object(site), description: "The sites, ordered by name." }),
};

export const fromApi = (found: components["schemas"]["Site"]): StateOf<typeof site> => ({
  id: found.id ?? null,
  name: found.name ?? null,
  area: found.area ?? null,
  province: found.province ?? null,
  city: found.city ?? null,
  status: found.status ?? null,
  lines: (found.pools ?? []).map((pool) => ({
    pool_id: pool.pool_id ?? null,
    name: pool.display_name ?? null,
    ip_version: pool.ip_version ?? null,
    operator: pool.operator?.name ?? null,
    bandwidth_types: pool.allow_share_bandwidth_types ?? [],
  })),
});

/** The edge sites of the cloud. */
export const sites = defineDataSource({
  type: "iec_sites",
  description: "Edge sites: physically separate places, not connected with each other.",
  attributes,
  api: ["GET /v1/sites"],
  async read(config, api) {
    const { area, province, city, flavor, volume_type, operator } = config;
    const found = await api.list("/v1/sites", sent({ area, province, city, flavor, volume_type }));
    const offers = (s: (typeof found)[number]) =>
      operator === null ||
      (s.pools ?? []).some(
        (p) => p.ip_version === "4" && (p.operator?.name === operator || p.operator?.sa === operator),
      );
    return {
      sites: found
        .filter(offers)
        .map(fromApi)
        .sort((a, b) => (a.name ?? "").localeCompare(b.name ?? "", "en")),
    };
  },
});
