import { findLine, findSite, openSite } from "../catalog.js";
import { isoSeconds } from "../clock.js";
import type { Cloud } from "../cloud.js";
import { codes, notFound, Refusal } from "../errors.js";
import type { Coverage, Deployment, Edgecloud, Stack } from "../model-edge-services.js";
import {
  type Answer,
  type Call,
  fits,
  noContent,
  ok,
  type Operations,
  page,
  param,
  text,
} from "../operation.js";
import { chooseBandwidth } from "./bandwidths.js";
import { carryOut } from "./deployment-run.js";
import { checkFlavor, checkQuotas, checkSettings, maskedPassword } from "./instance-create.js";
import { checkPairs } from "./ports.js";
import { checkCoverage, schedule, type StackNeed, viewPlacement } from "./scheduling.js";
import { systemVpc } from "./system-subnets.js";

interface EdgecloudInput {
  name?: string;
  id?: string;
  description?: string;
  coverage: Coverage;
  stack: Stack;
}

export function viewDeployment(_cloud: Cloud, deployment: Deployment): object {
  const { id, edgecloud_id, name, description, coverage, stack, placements } = deployment;
  return {
    id,
    distribution: placements.map(viewPlacement),
    edgecloud: { id: edgecloud_id, name, description, coverage, stacks: stack },
  };
}

/** Refuses a stack with a bad resource; in whatever it is bad, the code is that of stacks. */
function checkStack(cloud: Cloud, stack: Stack): void {
  try {
    if (stack.resources.length === 0) throw new Refusal(400, codes.stack, "The stack has no resources.");
    for (const resource of stack.resources) {
      systemVpc(cloud, resource.net_config.vpc_id);
      checkSettings(cloud, resource);
      checkPairs(resource.net_config.allowed_address_pairs ?? []);
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal(400, codes.stack, error.message);
  }
}

function needOf(stack: Stack): StackNeed {
  return {
    instances: stack.resources.reduce((sum, { count = 1 }) => sum + count, 0),
    flavors: stack.resources.map((resource) => resource.flavor_ref),
    volumeTypes: stack.resources.flatMap(({ root_volume, data_volumes = [] }) =>
      [root_volume, ...data_volumes].map((disk) => disk.volume_type),
    ),
  };
}

/** Refuses a plan that would exceed a quota, or whose lines take no bandwidth. */
function checkPlan(cloud: Cloud, plan: Pick<Deployment, "stack" | "placements">): void {
  for (const { site_id, pool_id, bandwidth_type } of plan.placements) {
    const site = openSite(site_id, "coverage_sites.site");
    if (plan.stack.resources.some((resource) => resource.bandwidth))
      chooseBandwidth(cloud, site, findLine(site, pool_id, "pool_id"), { type: bandwidth_type });
  }
  const site = findSite(plan.placements[0]?.site_id ?? "");
  const stacks = plan.placements.reduce((sum, { stack_count }) => sum + stack_count, 0);
  for (const { flavor_ref, root_volume, data_volumes = [], bandwidth, count = 1 } of plan.stack.resources) {
    if (!site) return;
    const flavor = checkFlavor(site, flavor_ref);
    checkQuotas(cloud, stacks * count, flavor, [root_volume, ...data_volumes], bandwidth ? 1 : 0);
  }
}

/** The service that a plan expands: in service, not of level site, and of the level that the plan has. */
function expandable(cloud: Cloud, id: string, level: string): Edgecloud {
  const service = cloud.tables.edgeclouds.get(id);
  if (!service) throw new Refusal(400, codes.notFound, `The edge service ${id} could not be found.`);
  if (service.status === "failed" || service.status === "delFailed")
    throw new Refusal(400, codes.edgecloudFailed, `The edge service ${id} failed: it can only be deleted.`);
  if (service.status !== "inService")
    throw new Refusal(400, codes.edgecloudBusy, `The edge service ${id} is ${service.status}.`);
  const own = service.coverage.coverage_level;
  if (own === "site") throw levelRefusal("a service of level site cannot be expanded");
  if (own !== level) throw levelRefusal(`the service has level ${own}, not ${level}`);
  return service;
}

function levelRefusal(reason: string): Refusal {
  return new Refusal(400, codes.badParameter, `The parameter coverage_level is invalid: ${reason}.`);
}

/** Passwords are not kept. */
function masked(stack: Stack): Stack {
  return {
    ...stack,
    resources: stack.resources.map((resource) =>
      resource.admin_pass === undefined ? resource : { ...resource, admin_pass: maskedPassword },
    ),
  };
}

function shown(cloud: Cloud, call: Call): Deployment {
  const id = param(call, "deployment_id");
  const deployment = cloud.tables.deployments.show(id);
  if (!deployment) throw notFound("deployment plan", id);
  return deployment;
}

/** An open plan that names an existing service, or none, as wanted. */
function runnable(cloud: Cloud, call: Call, expands: boolean): Deployment {
  const deployment = shown(cloud, call);
  if (deployment.status !== "open")
    throw new Refusal(400, codes.deploymentClosed, `The plan ${deployment.id} was carried out before.`);
  if (deployment.expands !== expands) {
    const reason = expands ? "it makes a new edge service: deploy it" : "it expands an edge service";
    throw new Refusal(400, codes.deploymentKind, `The plan ${deployment.id} does not fit: ${reason}.`);
  }
  checkStack(cloud, deployment.stack);
  checkPlan(cloud, deployment);
  return deployment;
}

function accepted(cloud: Cloud, deployment: Deployment, service: Edgecloud): Answer {
  const { id, name, status } = service;
  return ok({ id, name, deployment_id: deployment.id, status, job_id: cloud.newId() });
}

export const deploymentOperations: Operations = {
  ListDeployments: (cloud, call) => {
    const [id, status, service] = [text(call, "id"), text(call, "status"), text(call, "edgecloud_id")];
    const found = cloud.tables.deployments.list(
      (plan) => fits(id, plan.id) && fits(status, plan.status) && fits(service, plan.edgecloud_id),
    );
    const deployments = page(call, found).map((plan) => viewDeployment(cloud, plan));
    return ok({ deployments, count: found.length });
  },

  /** A plan keeps what fits; what finds no room shows when it is carried out. */
  CreateDeployment: (cloud, call) => {
    const input = (call.body as { edgecloud: EdgecloudInput }).edgecloud;
    const { coverage, stack } = input;
    const service = input.id === undefined ? undefined : expandable(cloud, input.id, coverage.coverage_level);
    checkCoverage(coverage);
    checkStack(cloud, stack);
    const placements = schedule(coverage, needOf(stack), (siteId) => cloud.room(siteId));
    checkPlan(cloud, { stack, placements });
    if (!service) cloud.demand("edgeclouds");
    const deployment = cloud.tables.deployments.add({
      id: cloud.newId(),
      status: "open",
      edgecloud_id: service?.id ?? "",
      expands: service !== undefined,
      name: service?.name ?? input.name ?? "",
      description: input.description ?? "",
      coverage,
      stack: masked(stack),
      placements,
    });
    return ok({ id: deployment.id, locations: placements.map(viewPlacement) });
  },

  DeleteDeployment: (cloud, call) => {
    cloud.tables.deployments.end(shown(cloud, call).id, cloud.now);
    return noContent;
  },

  ExecuteDeployment: (cloud, call) => {
    const deployment = runnable(cloud, call, false);
    cloud.demand("edgeclouds");
    const { name, description, coverage } = deployment;
    const service = cloud.tables.edgeclouds.add({
      id: cloud.newId(),
      name,
      description,
      status: "creating",
      coverage: { ...coverage, coverage_sites: [] },
      stacks: [],
      success_num: 0,
      failed_num: 0,
      fail_reason: { fail_code: "", fail_message: "" },
      edge_regions: 0,
      create_at: isoSeconds(cloud.now),
      update_at: isoSeconds(cloud.now),
      numbered: {},
    });
    carryOut(cloud, call, deployment, service);
    return accepted(cloud, deployment, service);
  },

  ExpandEdgecloud: (cloud, call) => {
    const deployment = runnable(cloud, call, true);
    const service = expandable(cloud, deployment.edgecloud_id, deployment.coverage.coverage_level);
    carryOut(cloud, call, deployment, service);
    return accepted(cloud, deployment, service);
  },
};
