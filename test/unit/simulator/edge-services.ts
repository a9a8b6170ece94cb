import { addVpc, asText, ids, type Json, type World } from "./harness.js";

/** What a test says of a plan; the rest is a small one. */
export interface PlanSpec {
  readonly vpc: string;
  readonly name?: string;
  /** Of the service to expand. */
  readonly id?: string;
  readonly level?: string;
  readonly policy?: string;
  /** Places with the demand for each, one stack by default. */
  readonly places?: Readonly<Record<string, object>>;
  readonly resource?: object;
  readonly more?: object;
}

export function planBody(spec: PlanSpec): object {
  const { id, name = "edge", level = "city", policy = "centralize", places = { guangzhou: {} } } = spec;
  return {
    edgecloud: {
      ...(id === undefined ? { name } : { id }),
      coverage: {
        coverage_level: level,
        coverage_policy: policy,
        coverage_sites: Object.entries(places).map(([site, demand]) => ({
          site,
          demands: [{ demand_count: 1, ...demand }],
        })),
      },
      stack: {
        name: "stack",
        resources: [
          {
            name: "web",
            image_ref: ids.ubuntu,
            flavor_ref: "c6.large.2",
            net_config: { vpc_id: spec.vpc, nic_num: 1 },
            root_volume: { size: 40, volume_type: "SAS" },
            ...spec.resource,
          },
        ],
      },
      ...spec.more,
    },
  };
}

export const systemVpc = (world: World, name = "sys"): Promise<string> =>
  addVpc(world, name, "10.0.0.0/16", "SYSTEM");

/** The answer's plan: its id and where instances go. */
export async function addPlan(world: World, spec: PlanSpec): Promise<{ id: string; locations: Json }> {
  const { body } = await world.call("POST", "/v1/deployments", planBody(spec));
  return { id: asText(body["id"]), locations: body["locations"]! };
}

/** Plans and carries out; the result is the id of the edge service, in its last status. */
export async function addEdgeService(world: World, spec: PlanSpec): Promise<string> {
  const plan = await addPlan(world, spec);
  const verb = spec.id === undefined ? "deploy" : "expand";
  const { body } = await world.call("POST", `/v1/deployments/${plan.id}/${verb}`);
  world.pass(1500);
  return asText(body["id"]);
}

export async function readService(world: World, id: string): Promise<Json> {
  return (await world.call("GET", `/v1/edgeclouds/${id}`)).body;
}

export async function instancesOf(world: World, id: string): Promise<Json[]> {
  const { body } = await world.call("GET", `/v1/cloudservers?edgecloud_id=${id}&limit=1000`);
  return body["servers"] as unknown as Json[];
}

export async function removeInstances(world: World, id: string): Promise<void> {
  const servers = (await instancesOf(world, id)).map((server) => ({ id: server["id"] }));
  await world.call("POST", "/v1/cloudservers/delete", { servers });
  world.pass(600);
}
