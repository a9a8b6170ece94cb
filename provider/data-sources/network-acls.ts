import { bool, element, list, string, type StateOf } from "../../schema/attributes.js";
import type { components } from "../../schema/generated/iec-api.js";
import type { Api } from "../client/index.js";
import { defineDataSource, emptyAsNull, sent } from "../resources/define.js";
import { byName, fits, type Asked } from "./common.js";

/** What a list tells of a network ACL: everything but its rules. */
export const aclShape = {
  id: string({ computed: true, description: "Id of the network ACL." }),
  name: string({ computed: true, description: "Name; need not be unique." }),
  description: string({ computed: true, description: "Free text." }),
  admin_state_up: bool({ computed: true, description: "Whether the ACL is in force." }),
  status: string({ computed: true, description: "ACTIVE, or INACTIVE when it holds no subnet." }),
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

export const aclFromApi = (acl: components["schemas"]["Firewall"]): StateOf<typeof aclShape> => ({
  id: acl.id ?? null,
  name: acl.name ?? null,
  description: emptyAsNull(acl.description) ?? null,
  admin_state_up: acl.admin_state_up ?? null,
  status: acl.status ?? null,
  networks: (acl.subnets ?? []).map((subnet) => ({ vpc_id: subnet.vpc_id ?? null, subnet_id: subnet.id })),
});

export async function findNetworkAcls(asked: Asked<{ id: string | null; name: string | null }>, api: Api) {
  const found = await api.list("/v1/firewalls", sent({ id: asked.id, name: asked.name }));
  return found.map(aclFromApi).filter(fits(asked)).sort(byName);
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
