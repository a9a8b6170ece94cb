import { bool, element, list, number, string, type StateOf } from "../../schema/attributes.js";
import type { components } from "../../schema/generated/iec-api.js";
import { defineDataSource, emptyAsNull, sent } from "../resources/define.js";
import { byName, fits } from "./common.js";

const share = {
  site_id: string({ computed: true, description: "Id of the edge site." }),
  area: string({ computed: true, description: "Area key." }),
  province: string({ computed: true, description: "Province key." }),
  city: string({ computed: true, description: "City key." }),
  operator: string({ computed: true, description: "Operator key." }),
  pool_id: string({ computed: true, description: "Line id." }),
  stack_count: number({ computed: true, description: "How often the template comes to the site." }),
  ipv6_enable: bool({ computed: true, description: "Whether IPv6 is on." }),
  ipv6_bandwidth_enable: bool({ computed: true, description: "Whether there is an IPv6 bandwidth." }),
  pool_id_v6: string({ computed: true, description: "IPv6 line." }),
};
const plan = {
  id: string({ computed: true, description: "Id of the plan." }),
  name: string({
    computed: true,
    description: "Name of the edge service it makes; null when it expands one.",
  }),
  description: string({ computed: true, description: "Description of the edge service." }),
  edgecloud_id: string({ computed: true, description: "Id of the edge service it expands." }),
  coverage_level: string({ computed: true, description: "area, prov, city or site." }),
  coverage_policy: string({ computed: true, description: "centralize or discrete." }),
  distribution: list({
    computed: true,
    element: element.object(share),
    description: "Where the cloud would place what is wanted.",
  }),
};
const attributes = {
  id: string({ optional: true, description: "Only the plan of this id." }),
  status: string({
    optional: true,
    enum: ["open", "closed"],
    description: "Only plans that can be executed (open), or that were (closed).",
  }),
  edgecloud_id: string({ optional: true, description: "Only plans for this edge service." }),
  deployment_plans: list({
    computed: true,
    element: element.object(plan),
    description: "The plans, ordered by name, then id.",
  }),
};

export const fromApi = (found: components["schemas"]["Deployment"]): StateOf<typeof plan> => ({
  id: found.id ?? null,
  name: emptyAsNull(found.edgecloud?.name) ?? null,
  description: emptyAsNull(found.edgecloud?.description) ?? null,
  edgecloud_id: emptyAsNull(found.edgecloud?.id) ?? null,
  coverage_level: found.edgecloud?.coverage?.coverage_level ?? null,
  coverage_policy: found.edgecloud?.coverage?.coverage_policy ?? null,
  distribution: (found.distribution ?? []).map((d) => ({
    site_id: emptyAsNull(d.site_id) ?? null,
    area: d.area ?? null,
    province: d.province ?? null,
    city: d.city ?? null,
    operator: emptyAsNull(d.operator) ?? null,
    pool_id: emptyAsNull(d.pool_id) ?? null,
    stack_count: d.stack_count ?? null,
    ipv6_enable: d.ipv6_enable ?? null,
    ipv6_bandwidth_enable: d.ipv6_bandwidth_enable ?? null,
    pool_id_v6: emptyAsNull(d.pool_id_v6) ?? null,
  })),
});

/** The deployment plans of the account. Their templates are left out: they may hold secrets. */
export const deploymentPlans = defineDataSource({
  type: "iec_deployment_plans",
  description: "Deployment plans: where the cloud would place the servers of an edge service.",
  attributes,
  api: ["GET /v1/deployments"],
  async read({ id, status, edgecloud_id }, api) {
    const found = await api.list("/v1/deployments", sent({ id, status, edgecloud_id }));
    return { deployment_plans: found.map(fromApi).filter(fits({ id })).sort(byName) };
  },
});
