import { bool, element, list, number, string, type StateOf } from "../../schema/attributes.js";
import type { components } from "../../schema/generated/iec-api.js";
import { defineDataSource, emptyAsNull, sent } from "../resources/define.js";
import { fromApi } from "../resources/edge-service.js";
import { byName, fits, shaped } from "./common.js";

const demand = {
  demand_count: number({ computed: true, description: "Number of stacks wanted there." }),
  pool_id_v6: string({ computed: true, description: "IPv6 line." }),
  ipv6_bandwidth_enable: bool({ computed: true, description: "Whether there is an IPv6 bandwidth." }),
};
const place = {
  site: string({ computed: true, description: "Site id, or key of the city, province or area." }),
  i18n_site: string({ computed: true, description: "Display name." }),
  demands: list({ computed: true, element: element.object(demand), description: "What is wanted there." }),
};
const service = {
  id: string({ computed: true, description: "Id of the edge service." }),
  name: string({ computed: true, description: "Name." }),
  description: string({ computed: true, description: "Free text." }),
  status: string({
    computed: true,
    description:
      "inService when all is well; else creating, scheduling, updating, failed, deleting or delFailed.",
  }),
  coverage_level: string({ computed: true, description: "area, prov, city or site." }),
  coverage_policy: string({ computed: true, description: "centralize or discrete." }),
  success_num: number({ computed: true, description: "Servers that were made." }),
  failed_num: number({ computed: true, description: "Servers that failed." }),
  edge_regions: number({ computed: true, description: "Number of sites it is in." }),
};
const told = {
  ...service,
  coverage_sites: list({
    computed: true,
    element: element.object(place),
    description: "The places it covers.",
  }),
};
const attributes = {
  id: string({ optional: true, description: "Only the edge service of this id." }),
  name: string({ optional: true, description: "Only edge services of exactly this name." }),
  edge_services: list({
    computed: true,
    element: element.object(told),
    description: "The edge services, ordered by name. `iec_servers` finds the servers of one.",
  }),
};

const tell = (found: components["schemas"]["EdgeCloud"]): StateOf<typeof told> => ({
  ...shaped(service, fromApi(found, [])),
  coverage_sites: (found.coverage?.coverage_sites ?? []).map(({ site, i18n_site, demands }) => ({
    site,
    i18n_site: i18n_site ?? null,
    demands: demands.map((d) => ({
      demand_count: d.demand_count,
      pool_id_v6: emptyAsNull(d.pool_id_v6) ?? null,
      ipv6_bandwidth_enable: d.ipv6_bandwidth_enable ?? null,
    })),
  })),
});

/** The edge services of the account. */
export const edgeServices = defineDataSource({
  type: "iec_edge_services",
  description: "Edge services: servers that the cloud schedules over many sites.",
  attributes,
  api: ["GET /v1/edgeclouds"],
  async read({ id, name }, api) {
    const found = await api.list("/v1/edgeclouds", sent({ id, name }));
    return { edge_services: found.map(tell).filter(fits({ id, name })).sort(byName) };
  },
});
