import { element, id, list, number, string, type ObservedOf, type PlanOf } from "../../schema/attributes.js";
import { minutes } from "../../schema/definition.js";
import type { components } from "../../schema/generated/iec-api.js";
import { isList, isWhollyKnown, type ObjectValue, type Path } from "../../schema/unknown.js";
import type { Api } from "../client/index.js";
import { checkPlaces } from "./edge-service-check.js";
import { defineResource, emptyAsNull, sent, told } from "./define.js";
import { dropUsedPlans, openPlan, type DeploymentRequest } from "./deployment-request.js";
import {
  checkCoverage,
  coverageAttributes,
  coverageFromApi,
  coverageToApi,
  stackCount,
  type Places,
} from "./edge-service-coverage.js";
import { growth } from "./edge-service-growth.js";
import {
  checkLogin,
  serversPerStack,
  stackAttributes,
  stackFromApi,
  stackToApi,
} from "./edge-service-stack.js";
import { DESCRIPTION, onlyUnlessKnown, SERVICE_NAME } from "./edge-service-text.js";
import { serverStatus } from "./server-read.js";

const grows = { changesWith: ["coverage_sites"] } as const;

const attributes = {
  id: id("Id of the edge service."),
  name: string({ required: true, requiresReplace: true, ...SERVICE_NAME, description: "Name." }),
  description: string({
    optional: true,
    requiresReplace: true,
    ...DESCRIPTION,
    description: "Free text.",
  }),
  ...coverageAttributes,
  ...stackAttributes,
  status: string({
    computed: true,
    ...grows,
    description:
      "inService when all servers run; failed when some could not be made: then it can only be deleted.",
  }),
  success_num: number({ computed: true, ...grows, description: "Number of servers that were made." }),
  failed_num: number({ computed: true, ...grows, description: "Number of servers that could not be made." }),
  fail_reason: string({ computed: true, ...grows, description: "Why servers could not be made." }),
  edge_regions: number({ computed: true, ...grows, description: "Number of sites it covers." }),
  instance_num: number({ computed: true, ...grows, description: "Number of servers it has now." }),
  instances: list({
    computed: true,
    volatile: true,
    ...grows,
    element: element.object({
      id: string({ computed: true, description: "Id of the server." }),
      name: string({ computed: true, description: "Name of the server." }),
      site_id: string({ computed: true, description: "Id of the edge site it is in." }),
      addresses: list({
        computed: true,
        element: element.string({}),
        description: "Private IPv4 addresses, one for each NIC.",
      }),
      public_ip: string({ computed: true, description: "The public address bound to it, if any." }),
      port_ids: list({
        computed: true,
        element: element.string({}),
        description: "Ports, one for each NIC.",
      }),
    }),
    description: "The servers, ordered by name.",
  }),
  created_at: string({ computed: true, description: "Time of creation." }),
};
type Observed = ObservedOf<typeof attributes> & { id: string };
type Plan = PlanOf<typeof attributes>;
type Service = components["schemas"]["ShowEdgeCloudResponse"] | components["schemas"]["EdgeCloud"];
type Instance = components["schemas"]["Instance"];

/** A plan for a new service, or for more of the service `expand`. */
export const toApi = (plan: Plan, places: Places, expand?: string): DeploymentRequest => ({
  ...(expand === undefined
    ? { name: plan.name, ...sent({ description: plan.description }) }
    : { id: expand }),
  coverage: coverageToApi(plan, places),
  stack: stackToApi(plan),
});

export function fromApi(service: Service, servers: readonly Instance[]): Observed {
  const { stacks, fail_reason: failure, create_at } = "stacks" in service ? service : {};
  const { fail_code: code, fail_message: text } = failure ?? {};
  const instances = servers.filter((server) => serverStatus(server) !== undefined).map(instanceFromApi);
  return {
    id: told(service.id, "the edge service's id"),
    name: service.name,
    description: emptyAsNull(service.description) ?? null,
    ...coverageFromApi(service.coverage),
    ...stackFromApi(stacks?.[0]),
    status: service.status,
    success_num: service.success_num,
    failed_num: service.failed_num,
    fail_reason: failure && ([text, code && `(${code})`].filter(Boolean).join(" ") || null),
    edge_regions: service.edge_regions,
    instance_num: instances.length,
    instances: instances.sort((a, b) => (a.name ?? "").localeCompare(b.name ?? "", "en")),
    created_at: create_at,
  };
}

function instanceFromApi(server: Instance) {
  const addresses = Object.values(server.addresses ?? {}).flat();
  const fixed = addresses.filter((a) => a["OS-EXT-IPS:type"] !== "floating" && a.version !== "6");
  return {
    id: server.id ?? null,
    name: server.name ?? null,
    site_id: server.geolocation?.id ?? null,
    addresses: fixed.flatMap((a) => a.addr ?? []),
    public_ip: addresses.find((a) => a["OS-EXT-IPS:type"] === "floating")?.addr ?? null,
    port_ids: fixed.flatMap((a) => a["OS-EXT-IPS:port_id"] ?? []),
  };
}

const idOf = (state: { readonly id?: string | null | undefined }) => told(state.id, "the edge service's id");
const serversOf = (edgecloud_id: string, api: Api) => api.list("/v1/cloudservers", { edgecloud_id });
const show = (edgecloud_id: string, api: Api) =>
  api.get("/v1/edgeclouds/{edgecloud_id}", { params: { path: { edgecloud_id } } });
const runOf = (deployment_id: string) => ({ params: { path: { deployment_id } } });

/** Servers that the cloud schedules over many sites. */
export const edgeService = defineResource({
  type: "iec_edge_service",
  description:
    "An edge service: servers of one make that the cloud schedules over many sites. Growing a demand adds servers; anything else replaces the service with all its servers.",
  schemaVersion: 0,
  attributes,
  placement: { role: "other", vpc: "stack_resources[].vpc_id" },
  timeouts: { create: minutes(60), update: minutes(60), delete: minutes(60) },
  statuses: {
    ready: ["inService"],
    failed: ["failed", "delFailed"],
    one: async (service, api) => (await show(service, api)).status,
    many: async (api) => {
      const services = await api.list("/v1/edgeclouds");
      return new Map(services.flatMap(({ id, status }) => (id && status ? [[id, status]] : [])));
    },
    why: ({ success_num: made, failed_num: failed, fail_reason: reason }) =>
      typeof made === "number" && typeof failed === "number"
        ? `Of its servers ${made} were made and ${failed} failed${typeof reason === "string" ? `: ${reason}` : ""}.`
        : undefined,
  },
  api: [
    "GET /v1/deployments",
    "POST /v1/deployments",
    "DELETE /v1/deployments/{deployment_id}",
    "POST /v1/deployments/{deployment_id}/deploy",
    "POST /v1/deployments/{deployment_id}/expand",
    "GET /v1/edgeclouds",
    "GET /v1/edgeclouds/{edgecloud_id}",
    "DELETE /v1/edgeclouds/{edgecloud_id}",
    "GET /v1/cloudservers",
    "POST /v1/cloudservers/delete",
  ],
  adoptBy: ["name", "description", "coverage_level", "coverage_policy"],
  deletesLater: true,
  validate: (config) => [...checkCoverage(config), ...checkLogin(config)],
  quotas: (planned) => ({ edgeclouds: 1, instance: serversOfPlan(planned) }),
  check: checkPlaces,
  replaces,

  async create(plan, api) {
    const deployment = await openPlan(toApi(plan, plan.coverage_sites), plan.coverage_sites, api);
    const answer = await api.post("/v1/deployments/{deployment_id}/deploy", runOf(deployment));
    return { id: told(answer.id, "the edge service's id"), status: answer.status };
  },
  async configure(_plan, created, api) {
    // A plan that stays does no harm, and the delete tries again.
    await dropUsedPlans(idOf(created), api).catch(() => undefined);
    return true;
  },
  async read(state, api) {
    const [service, servers] = await Promise.all([show(state.id, api), serversOf(state.id, api)]);
    return fromApi(service, servers);
  },
  async list(api, maxPages) {
    const [services, servers] = await Promise.all([
      api.list("/v1/edgeclouds", {}, { maxPages }),
      api.list("/v1/cloudservers", {}, { maxPages }),
    ]);
    return (
      servers &&
      services?.map((s) =>
        fromApi(
          s,
          servers.filter((server) => server.edgecloud_id === s.id),
        ),
      )
    );
  },
  interpret: (observed, known) =>
    onlyUnlessKnown(observed, known, ["coverage_sites", "stack_name", "stack_resources"]),
  async update(prior, plan, api, steps) {
    const service = idOf(prior);
    // What an interrupted run began comes to its end first: it may have been all there is to do.
    const { success_num: made } = await steps.until("inService");
    const wanted = stackCount(plan.coverage_sites) * serversPerStack(plan.stack_resources);
    const added = growth(prior.coverage_sites, plan.coverage_sites) ?? [];
    if (added.length > 0 && !(typeof made === "number" && made >= wanted)) {
      const deployment = await openPlan(toApi(plan, added, service), added, api);
      await api.post("/v1/deployments/{deployment_id}/expand", runOf(deployment));
      await steps.until("inService");
    }
    await dropUsedPlans(service, api).catch(() => undefined);
    return undefined;
  },
  async makeWay(state, api) {
    const service = idOf(state);
    const { status } = await show(service, api);
    if (status === "creating" || status === "scheduling" || status === "updating") return status;
    const servers = (await serversOf(service, api)).filter((server) => serverStatus(server) !== undefined);
    const staying = servers.filter((server) => server["OS-EXT-STS:task_state"] !== "deleting");
    if (staying.length > 0) {
      const ids = staying.map((server) => ({ id: told(server.id, "a server's id") }));
      await api.post("/v1/cloudservers/delete", { body: { servers: ids } });
    }
    if (servers.length > 0) return `${servers.length} servers to go`;
    await dropUsedPlans(service, api).catch(() => undefined);
    return undefined;
  },
  async delete(state, api) {
    const edgecloud_id = idOf(state);
    await api.delete("/v1/edgeclouds/{edgecloud_id}", { params: { path: { edgecloud_id } } });
  },
});

/** Number of servers asked for; 0 while that is not known. */
function serversOfPlan({ coverage_sites: places, stack_resources: templates }: ObjectValue): number {
  if (!isWhollyKnown(places ?? null) || !isWhollyKnown(templates ?? null)) return 0;
  const { coverage_sites, stack_resources } = {
    coverage_sites: places,
    stack_resources: templates,
  } as unknown as Plan;
  return stackCount(coverage_sites) * serversPerStack(stack_resources);
}

/** Only growth happens in place, of a service that works, and of a level that the API expands. */
function replaces(prior: ObjectValue, planned: ObjectValue): readonly Path[] {
  if (prior["status"] === "failed" || prior["status"] === "delFailed") return [["status"]];
  const [before, after] = [prior["coverage_sites"] ?? null, planned["coverage_sites"] ?? null];
  if (!isList(before) || !isList(after)) return [];
  if (!isWhollyKnown(after)) return [["coverage_sites"]];
  // Decoded by the attributes above.
  const added = growth(before as unknown as Places, after as unknown as Places);
  const inPlace = added !== undefined && (added.length === 0 || prior["coverage_level"] !== "site");
  return inPlace ? [] : [["coverage_sites"]];
}
