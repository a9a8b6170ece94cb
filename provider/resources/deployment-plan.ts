import { element, id, list, number, string, type ObservedOf, type PlanOf } from "../../schema/attributes.js";
import { errorDiagnostic, type Diagnostic } from "../../schema/diagnostics.js";
import type { components } from "../../schema/generated/iec-api.js";
import type { ObjectValue } from "../../schema/unknown.js";
import { isGiven } from "./common.js";
import { defineResource, emptyAsNull, sent, told } from "./define.js";
import type { DeploymentRequest } from "./deployment-request.js";
import {
  checkCoverage,
  coverageFromApi,
  coverageToApi,
  fixedCoverageAttributes,
} from "./edge-service-coverage.js";
import { checkPlaces } from "./edge-service-check.js";
import { checkLogin, stackAttributes, stackFromApi, stackToApi } from "./edge-service-stack.js";
import { DESCRIPTION, onlyUnlessKnown, SERVICE_NAME } from "./edge-service-text.js";

const attributes = {
  id: id("Id of the plan."),
  name: string({
    optional: true,
    requiresReplace: true,
    ...SERVICE_NAME,
    description: "Name of the edge service that the plan would make. Excludes `edgecloud_id`.",
  }),
  edgecloud_id: string({
    optional: true,
    requiresReplace: true,
    ref: ["iec_edge_service"],
    description: "Id of the edge service that the plan would expand. Excludes `name`.",
  }),
  description: string({
    optional: true,
    requiresReplace: true,
    ...DESCRIPTION,
    description: "Description of the edge service.",
  }),
  ...fixedCoverageAttributes,
  ...stackAttributes,
  locations: list({
    computed: true,
    element: element.object({
      site_id: string({ computed: true, description: "Id of the edge site." }),
      area: string({ computed: true, description: "Area." }),
      province: string({ computed: true, description: "Province." }),
      city: string({ computed: true, description: "City." }),
      operator: string({ computed: true, description: "Network operator." }),
      pool_id: string({ computed: true, description: "Line." }),
      stack_count: number({ computed: true, description: "Number of stacks that go there." }),
    }),
    description: "Where the stacks would go.",
  }),
};
type Observed = ObservedOf<typeof attributes> & { id: string };

export const toApi = (plan: PlanOf<typeof attributes>): DeploymentRequest => ({
  ...sent({ name: plan.name, id: plan.edgecloud_id, description: plan.description }),
  coverage: coverageToApi(plan, plan.coverage_sites),
  stack: stackToApi(plan),
});

type Location = components["schemas"]["Location"];
const locationFromApi = (location: Location) => ({
  site_id: location.site_id ?? null,
  area: location.area ?? null,
  province: location.province ?? null,
  city: location.city ?? null,
  operator: location.operator ?? null,
  pool_id: location.pool_id ?? null,
  stack_count: location.stack_count ?? null,
});

export function fromApi(plan: components["schemas"]["Deployment"]): Observed {
  const service = plan.edgecloud;
  const edgecloud_id = emptyAsNull(service?.id);
  return {
    id: told(plan.id, "the plan's id"),
    // A plan that expands a service may tell that service's name.
    name: edgecloud_id ? null : emptyAsNull(service?.name),
    edgecloud_id,
    description: emptyAsNull(service?.description),
    ...coverageFromApi(service?.coverage),
    ...stackFromApi(service?.stacks),
    locations: plan.distribution?.map(locationFromApi),
  };
}

/** A deployment plan that is not carried out. */
export const deploymentPlan = defineResource({
  type: "iec_deployment_plan",
  description:
    "Where the cloud would place an edge service, or more of one, without making it. An `iec_edge_service` needs none: it plans by itself. A plan equal to what such a service is about to ask for is used up by it.",
  schemaVersion: 0,
  attributes,
  placement: { role: "other", vpc: "stack_resources[].vpc_id" },
  api: ["POST /v1/deployments", "GET /v1/deployments", "DELETE /v1/deployments/{deployment_id}"],
  adoptBy: ["name", "edgecloud_id", "description", "coverage_level", "coverage_policy"],
  validate: (config) => [...checkPurpose(config), ...checkCoverage(config), ...checkLogin(config)],
  check: checkPlaces,

  async create(plan, api) {
    const request = toApi(plan);
    const answer = await api.post("/v1/deployments", { body: { edgecloud: request } });
    return {
      id: told(answer.id, "the plan's id"),
      stack_name: request.stack.name,
      locations: answer.locations?.map(locationFromApi),
    };
  },
  async read({ id: wanted }, api) {
    const plans = await api.list("/v1/deployments", { id: wanted });
    const found = plans.find((plan) => plan.id === wanted);
    return found && fromApi(found);
  },
  async list(api, maxPages) {
    return (await api.list("/v1/deployments", {}, { maxPages }))?.map(fromApi);
  },
  interpret: (observed, known) =>
    onlyUnlessKnown(observed, known, [
      "name",
      "edgecloud_id",
      "description",
      "coverage_level",
      "coverage_policy",
      "coverage_sites",
      "stack_name",
      "stack_resources",
    ]),
  async delete(state, api) {
    const path = { deployment_id: told(state.id, "the plan's id") };
    await api.delete("/v1/deployments/{deployment_id}", { params: { path } });
  },
});

function checkPurpose({ name, edgecloud_id: service }: ObjectValue): Diagnostic[] {
  const wrong = (summary: string) => [
    errorDiagnostic("IEC2013", summary, {
      path: ["name"],
      detail: "Set name for a plan of a new edge service, or edgecloud_id for one that expands a service.",
    }),
  ];
  if (isGiven(name) && isGiven(service)) return wrong("Both name and edgecloud_id are set");
  return name === null && service === null ? wrong("Neither name nor edgecloud_id is set") : [];
}
