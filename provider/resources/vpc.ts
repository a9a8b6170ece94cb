import { id, number, string, type ObservedOf, type PlanOf } from "../../schema/attributes.js";
import type { components } from "../../schema/generated/iec-api.js";
import { NAME } from "./common.js";
import { defineResource, told } from "./define.js";

const attributes = {
  id: id("Id of the VPC."),
  name: string({ required: true, ...NAME, description: "Name, unique in the account." }),
  cidr: string({
    required: true,
    format: "ipv4-cidr",
    description:
      "Private IPv4 range. SYSTEM: 10.0.0.0/8 to /16, 172.16.0.0/12 to /16, or 192.168.0.0/16. CUSTOMER: the same blocks, down to /24. A change must keep every subnet inside.",
  }),
  mode: string({
    optional: true,
    computed: true,
    requiresReplace: true,
    enum: ["SYSTEM", "CUSTOMER"],
    default: "SYSTEM",
    description:
      "Who plans the subnets: the cloud (SYSTEM, for edge services) or you (CUSTOMER, for servers and subnets of your own).",
  }),
  subnet_num: number({ computed: true, volatile: true, description: "Number of subnets in the VPC." }),
};

export const toApi = (plan: PlanOf<typeof attributes>) => ({
  name: plan.name,
  cidr: plan.cidr,
  mode: plan.mode ?? "SYSTEM",
});

export const fromApi = (
  vpc: components["schemas"]["Vpc"],
): ObservedOf<typeof attributes> & { id: string } => ({
  id: told(vpc.id, "the VPC's id"),
  name: vpc.name,
  cidr: vpc.cidr,
  mode: vpc.mode,
  subnet_num: vpc.subnet_num,
});

/** A private network of the account. It spans sites in name only: each of its subnets lies in one site, unconnected to those of other sites. */
export const vpc = defineResource({
  type: "iec_vpc",
  description:
    "A VPC of Intelligent EdgeCloud: an isolated private network, unrelated to the central cloud's VPC.",
  schemaVersion: 0,
  attributes,
  placement: { role: "vpc", cidr: "cidr" },
  api: [
    "POST /v1/vpcs",
    "GET /v1/vpcs/{vpc_id}",
    "GET /v1/vpcs",
    "PUT /v1/vpcs/{vpc_id}",
    "DELETE /v1/vpcs/{vpc_id}",
  ],
  adoptBy: ["name", "cidr", "mode"],

  quotas: () => ({ vpc: 1 }),

  async create(plan, api) {
    const answer = await api.post("/v1/vpcs", { body: { vpc: toApi(plan) } });
    return fromApi(told(answer.vpc, "the VPC"));
  },
  async read({ id: vpc_id }, api) {
    const answer = await api.get("/v1/vpcs/{vpc_id}", { params: { path: { vpc_id } } });
    return fromApi(told(answer.vpc, "the VPC"));
  },
  async list(api, maxPages) {
    return (await api.list("/v1/vpcs", {}, { maxPages }))?.map(fromApi);
  },
  async update(prior, plan, api) {
    const path = { vpc_id: told(prior.id, "the VPC's id") };
    const answer = await api.put("/v1/vpcs/{vpc_id}", {
      params: { path },
      body: { vpc: { name: plan.name, cidr: plan.cidr } },
    });
    return fromApi(told(answer.vpc, "the VPC"));
  },
  async delete(state, api) {
    await api.delete("/v1/vpcs/{vpc_id}", { params: { path: { vpc_id: told(state.id, "the VPC's id") } } });
  },
});
