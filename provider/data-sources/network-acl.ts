import { element, list } from "../../schema/attributes.js";
import type { components } from "../../schema/generated/iec-api.js";
import { defineDataSource, told } from "../resources/define.js";
import { askable, theOnly } from "./common.js";
import { aclFromApi, aclShape, findNetworkAcls } from "./network-acls.js";

const attributes = {
  ...askable(aclShape, "id", "name"),
  inbound_rules: list({
    computed: true,
    element: element.string({}),
    description: "Ids of the inbound rules, in their order.",
  }),
  outbound_rules: list({
    computed: true,
    element: element.string({}),
    description: "Ids of the outbound rules, in their order.",
  }),
};

const ruleIds = (policy: components["schemas"]["FirewallPolicyResp"] | undefined): string[] =>
  (policy?.firewall_rules ?? []).map((rule) => told(rule.id, "a rule's id"));

/** One network ACL that exists already. */
export const networkAcl = defineDataSource({
  type: "iec_network_acl",
  description: "One existing network ACL, found by id or name.",
  attributes,
  api: ["GET /v1/firewalls", "GET /v1/firewalls/{firewall_id}"],
  async read({ id, name }, api) {
    const found = theOnly("network ACL", { id, name }, await findNetworkAcls({ id, name }, api));
    const path = { firewall_id: told(found.id, "the network ACL's id") };
    // The list tells policies without their rules.
    const answer = await api.get("/v1/firewalls/{firewall_id}", { params: { path } });
    const acl = told(answer.firewall, "the network ACL");
    return {
      ...aclFromApi(acl),
      inbound_rules: ruleIds(acl.ingress_firewall_policy),
      outbound_rules: ruleIds(acl.egress_firewall_policy),
    };
  },
});
