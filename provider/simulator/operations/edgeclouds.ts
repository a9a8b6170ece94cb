import type { Cloud } from "../cloud.js";
import { codes, notFound, Refusal } from "../errors.js";
import type { Coverage, Demand, Edgecloud } from "../model-edge-services.js";
import { type Call, fits, ok, type Operations, page, param, text } from "../operation.js";
import { displayName } from "./scheduling.js";

/** A coverage as reads show it: of lines and operators nothing is left but the IPv6 part. */
function viewCoverage({ coverage_level, coverage_policy, coverage_sites }: Coverage): object {
  return {
    coverage_policy,
    coverage_level,
    coverage_sites: coverage_sites.map(({ site, demands }) => ({
      site,
      i18n_site: displayName(coverage_level, site),
      demands: demands.map(viewDemand),
    })),
  };
}

function viewDemand({ demand_count, pool_id_v6, ipv6_bandwidth_enable }: Demand): object {
  return {
    demand_count,
    ...(pool_id_v6 === undefined ? {} : { pool_id_v6 }),
    ...(ipv6_bandwidth_enable === undefined ? {} : { ipv6_bandwidth_enable }),
  };
}

function summary(service: Edgecloud): object {
  const { id, name, description, status, coverage, success_num, failed_num, edge_regions } = service;
  return {
    id,
    name,
    description,
    status,
    coverage: viewCoverage(coverage),
    success_num,
    failed_num,
    edge_regions,
  };
}

export function viewEdgecloud(_cloud: Cloud, service: Edgecloud): object {
  const { stacks, fail_reason, create_at, update_at } = service;
  return { ...summary(service), stacks, fail_reason, create_at, update_at };
}

function shown(cloud: Cloud, call: Call): Edgecloud {
  const id = param(call, "edgecloud_id");
  const service = cloud.tables.edgeclouds.show(id);
  if (!service) throw notFound("edge service", id);
  return service;
}

/** Edge services come to be by plans only. */
export const edgecloudOperations: Operations = {
  ListEdgeCloud: (cloud, call) => {
    const [id, name] = [text(call, "id"), text(call, "name")];
    const found = cloud.tables.edgeclouds.list((service) => fits(id, service.id) && fits(name, service.name));
    return ok({ edgeclouds: page(call, found).map(summary), count: found.length });
  },

  ShowEdgeCloud: (cloud, call) => ok(viewEdgecloud(cloud, shown(cloud, call))),

  DeleteEdgeCloud: (cloud, call) => {
    const service = shown(cloud, call);
    if (["creating", "scheduling", "updating", "deleting"].includes(service.status)) {
      const state = `The edge service ${service.id} is ${service.status}.`;
      throw new Refusal(400, codes.edgecloudBusy, state);
    }
    const left = cloud.tables.servers.count((server) => server.edgecloud_id === service.id);
    if (left > 0) {
      const text = `The edge service ${service.id} still has ${left} instances.`;
      throw new Refusal(400, codes.edgecloudInUse, text);
    }
    const at = cloud.after("edgecloudDelete");
    const fails = call.mishaps.has("jobFailed");
    const steps = fails ? [{ at, patch: { status: "delFailed" as const } }] : [];
    cloud.tables.edgeclouds.change(service.id, { status: "deleting" }, ...steps);
    if (!fails) cloud.tables.edgeclouds.end(service.id, at);
    return { status: 202, body: { job_id: cloud.newId(), order_ids: [] } };
  },
};
