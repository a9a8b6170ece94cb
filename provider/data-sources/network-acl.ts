import { element, list } from "../../schema/attributes.js";
import { defineDataSource, told } from "../resources/define.js";
import { fromApi } from "../resources/network-acl.js";
import { askable, theOnly } from "./common.js";
import { aclShape, findNetworkAcls, tellAcl } from "./network-acls.js";

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
    const { inbound_rules, outbound_rules } = fromApi(acl);
    return {
      ...tellAcl(acl),
      inbound_rules,
      outbound_rules,
    };
  },
});
