import { element, list, number, string } from "../../schema/attributes.js";
import type { Api } from "../client/index.js";
import { defineDataSource } from "../resources/define.js";
import { fromApi as ruleFromApi } from "../resources/security-group-rule.js";
import { fromApi } from "../resources/security-group.js";
import { byName, fits, shaped, type Asked } from "./common.js";

const rule = {
  id: string({ computed: true, description: "Id of the rule." }),
  security_group_id: string({ computed: true, description: "Id of the security group." }),
  description: string({ computed: true, description: "Free text." }),
  direction: string({ computed: true, description: "ingress or egress." }),
  ethertype: string({ computed: true, description: "IPv4 or IPv6." }),
  protocol: string({ computed: true, description: "Protocol; null for every one." }),
  port_range_min: number({ computed: true, description: "First port; null for every one." }),
  port_range_max: number({ computed: true, description: "Last port; null for every one." }),
  remote_ip_prefix: string({ computed: true, description: "The other side as a range." }),
  remote_group_id: string({ computed: true, description: "The other side as a security group." }),
  action: string({ computed: true, description: "allow or deny." }),
  priority: number({ computed: true, description: "1 (first) to 100." }),
};
/** What a security group tells of itself. */
export const groupShape = {
  id: string({ computed: true, description: "Id of the security group." }),
  name: string({ computed: true, description: "Name; need not be unique." }),
  description: string({ computed: true, description: "Free text." }),
  security_group_rules: list({
    computed: true,
    element: element.object(rule),
    description: "The rules of the group, ordered by id.",
  }),
};
const attributes = {
  name: string({ optional: true, description: "Only security groups of exactly this name." }),
  security_groups: list({
    computed: true,
    element: element.object(groupShape),
    description: "The security groups, ordered by name.",
  }),
};

export async function findSecurityGroups(asked: Asked<{ id: string | null; name: string | null }>, api: Api) {
  const found = await api.list("/v1/security-groups");
  return found
    .map((group) => ({
      ...shaped(groupShape, fromApi(group)),
      security_group_rules: (group.security_group_rules ?? [])
        .map((r) => shaped(rule, ruleFromApi(r)))
        .sort(byName),
    }))
    .filter(fits(asked))
    .sort(byName);
}

/** The security groups of the account. */
export const securityGroups = defineDataSource({
  type: "iec_security_groups",
  description: "The security groups of the account, with their rules.",
  attributes,
  api: ["GET /v1/security-groups"],
  async read({ name }, api) {
    return { security_groups: await findSecurityGroups({ name }, api) };
  },
});
