import { id, string, type ObservedOf } from "../../schema/attributes.js";
import { minutes } from "../../schema/definition.js";
import type { components } from "../../schema/generated/iec-api.js";
import { NO_ANGLE_BRACKETS } from "./common.js";
import { defineResource, emptyAsNull, sent, told } from "./define.js";

const attributes = {
  id: id("Id of the security group."),
  name: string({
    required: true,
    requiresReplace: true,
    minLength: 1,
    maxLength: 64,
    ...NO_ANGLE_BRACKETS,
    description: "Name; need not be unique. The name `default` is reserved.",
  }),
  description: string({
    optional: true,
    requiresReplace: true,
    maxLength: 64,
    ...NO_ANGLE_BRACKETS,
    description: "Free text.",
  }),
};

export const fromApi = (
  group: components["schemas"]["SecurityGroup"],
): ObservedOf<typeof attributes> & { id: string } => ({
  id: told(group.id, "the security group's id"),
  name: group.name,
  description: emptyAsNull(group.description),
});

const pathOf = (state: { readonly id: string | null }) => ({
  path: { security_group_id: told(state.id, "the security group's id") },
});

/** A set of rules for ports. The API cannot change one: any change replaces it. */
export const securityGroup = defineResource({
  type: "iec_security_group",
  description:
    "A security group: stateful rules for the NICs that are its members. It belongs to the account, not to a site.",
  schemaVersion: 0,
  attributes,
  placement: { role: "security-group" },
  timeouts: { create: minutes(10), delete: minutes(10) },
  api: [
    "POST /v1/security-groups",
    "GET /v1/security-groups/{security_group_id}",
    "GET /v1/security-groups",
    "DELETE /v1/security-groups/{security_group_id}",
  ],
  adoptBy: ["name", "description"],
  deletesLater: true,

  quotas: () => ({ securityGroup: 1 }),

  async create(plan, api) {
    const answer = await api.post("/v1/security-groups", {
      body: { security_group: { name: plan.name, ...sent({ description: plan.description }) } },
    });
    return fromApi(answer.security_group);
  },
  async read(state, api) {
    const answer = await api.get("/v1/security-groups/{security_group_id}", { params: pathOf(state) });
    return fromApi(told(answer.security_group, "the security group"));
  },
  async list(api, maxPages) {
    return (await api.list("/v1/security-groups", {}, { maxPages }))?.map(fromApi);
  },
  async delete(state, api) {
    await api.delete("/v1/security-groups/{security_group_id}", { params: pathOf(state) });
  },
});
