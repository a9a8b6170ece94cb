import { element, list, number, string } from "../../schema/attributes.js";
import { defineDataSource, emptyAsNull, sent } from "../resources/define.js";
import { fromApi } from "../resources/deployment-plan.js";
import { byName, fits, shaped } from "./common.js";

const location = {
  site_id: string({ computed: true, description: "Id of the edge site." }),
  area: string({ computed: true, description: "Area key." }),
  province: string({ computed: true, description: "Province key." }),
  city: string({ computed: true, description: "City key." }),
  operator: string({ computed: true, description: "Operator key." }),
  pool_id: string({ computed: true, description: "Line id." }),
  stack_count: number({ computed: true, description: "Number of stacks that go there." }),
};
const plan = {
  id: string({ computed: true, description: "Id of the plan." }),
  description: string({ computed: true, description: "Description of the edge service." }),
  edgecloud_id: string({ computed: true, description: "Id of the edge service it expands, or made." }),
  coverage_level: string({ computed: true, description: "area, prov, city or site." }),
  coverage_policy: string({ computed: true, description: "centralize or discrete." }),
  locations: list({
    computed: true,
    element: element.object(location),
    description: "Where the stacks would go.",
  }),
};
const told = {
  ...plan,
  edgecloud_name: string({
    computed: true,
    description: "Name of the edge service that the plan makes or expands.",
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
    element: element.object(told),
    description: "The plans, ordered by id.",
  }),
};

/** The deployment plans of the account. Their templates are left out: they may hold secrets. */
export const deploymentPlans = defineDataSource({
  type: "iec_deployment_plans",
  description: "Deployment plans: where the cloud would place the servers of an edge service.",
  attributes,
  api: ["GET /v1/deployments"],
  async read({ id, status, edgecloud_id }, api) {
    const found = await api.list("/v1/deployments", sent({ id, status, edgecloud_id }));
    return {
      deployment_plans: found
        .map((p) => ({
          ...shaped(plan, fromApi(p)),
          edgecloud_name: emptyAsNull(p.edgecloud?.name) ?? null,
        }))
        .filter(fits({ id, edgecloud_id }))
        .sort(byName),
    };
  },
});
