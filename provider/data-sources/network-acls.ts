import { bool, element, list, string, type StateOf } from "../../schema/attributes.js";
import type { components } from "../../schema/generated/iec-api.js";
import type { Api } from "../client/index.js";
import { defineDataSource, sent } from "../resources/define.js";
import { fromApi } from "../resources/network-acl.js";
import { byName, fits, shaped, type Asked } from "./common.js";

const acl = {
  id: string({ computed: true, description: "Id of the network ACL." }),
  name: string({ computed: true, description: "Name; need not be unique." }),
  description: string({ computed: true, description: "Free text." }),
  admin_state_up: bool({ computed: true, description: "Whether the ACL is in force." }),
  status: string({ computed: true, description: "ACTIVE, or INACTIVE when it holds no subnet." }),
};
/** What a list tells of a network ACL: everything but its rules. */
export const aclShape = {
  ...acl,
  networks: list({
    computed: true,
    element: element.object({
      vpc_id: string({ computed: true, description: "Id of the VPC." }),
      subnet_id: string({ computed: true, description: "Id of the subnet." }),
    }),
    description: "The subnets it applies to, as far as the cloud tells them.",
  }),
};
const attributes = {
  name: string({ optional: true, description: "Only network ACLs of exactly this name." }),
  network_acls: list({
    computed: true,
    element: element.object(aclShape),
    description: "The network ACLs, ordered by name. `iec_network_acl` tells the rules of one.",
  }),
};

export const tellAcl = (found: components["schemas"]["Firewall"]): StateOf<typeof aclShape> => ({
  ...shaped(acl, fromApi(found)),
  networks: (found.subnets ?? []).map(({ id, vpc_id }) => ({ vpc_id: vpc_id ?? null, subnet_id: id })),
});

export async function findNetworkAcls(asked: Asked<{ id: string | null; name: string | null }>, api: Api) {
  const found = await api.list("/v1/firewalls", sent({ id: asked.id, name: asked.name }));
  return found.map(tellAcl).filter(fits(asked)).sort(byName);
}

/** The network ACLs of the account. */
export const networkAcls = defineDataSource({
  type: "iec_network_acls",
  description: "The network ACLs of the account.",
  attributes,
  api: ["GET /v1/firewalls"],
  async read({ name }, api) {
    return { network_acls: await findNetworkAcls({ name }, api) };
  },
});
