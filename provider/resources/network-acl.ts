import {
  block,
  bool,
  element,
  id,
  list,
  string,
  type ObservedOf,
  type PlanOf,
} from "../../schema/attributes.js";
import type { components } from "../../schema/generated/iec-api.js";
import { NAME } from "./common.js";
import { defineResource, emptyAsNull, told } from "./define.js";
import { idsOf, listFirewalls, showFirewall } from "./network-acl-rules.js";

const attributes = {
  id: id("Id of the network ACL."),
  name: string({ required: true, ...NAME, description: "Name; need not be unique." }),
  description: string({ optional: true, maxLength: 64, description: "Free text." }),
  networks: block({
    optional: true,
    description: "A subnet behind the ACL. A subnet has at most one ACL.",
    attributes: {
      vpc_id: string({ required: true, ref: ["iec_vpc"], description: "Id of the subnet's VPC." }),
      subnet_id: string({ required: true, ref: ["iec_vpc_subnet"], description: "Id of the subnet." }),
    },
  }),
  admin_state_up: bool({
    optional: true,
    computed: true,
    default: true,
    description: "Whether the ACL is in force.",
  }),
  inbound_rules: list({
    computed: true,
    volatile: true,
    element: element.string({}),
    description: "Ids of the rules for traffic into the subnets, in matching order.",
  }),
  outbound_rules: list({
    computed: true,
    volatile: true,
    element: element.string({}),
    description: "Ids of the rules for traffic out of the subnets, in matching order.",
  }),
  status: string({
    computed: true,
    volatile: true,
    changesWith: ["networks", "admin_state_up"],
    description: "INACTIVE without subnets.",
  }),
};
type Acl = ObservedOf<typeof attributes>;

/** What an update says: the name each time, and the whole list of subnets. */
export const toApi = (plan: Pick<PlanOf<typeof attributes>, keyof typeof attributes>) => ({
  name: plan.name,
  description: plan.description ?? "",
  admin_state_up: plan.admin_state_up ?? true,
  subnets: plan.networks.map(({ subnet_id, vpc_id }) => ({ id: subnet_id, vpc_id })),
});

export const fromApi = (firewall: components["schemas"]["Firewall"]): Acl & { id: string } => ({
  id: told(firewall.id, "the ACL's id"),
  name: firewall.name,
  description: emptyAsNull(firewall.description),
  // The published model lacks them, the cloud tells them.
  networks: firewall.subnets?.map((subnet) => ({ subnet_id: subnet.id, vpc_id: subnet.vpc_id })),
  admin_state_up: firewall.admin_state_up,
  inbound_rules: idsOf(firewall, "ingress"),
  outbound_rules: idsOf(firewall, "egress"),
  status: firewall.status,
});

/** The order of subnets means nothing: the user's is kept. */
export function inOrderOf(known: Acl, acl: Acl): Acl {
  const { networks } = acl;
  if (networks === undefined) return acl;
  const ranks = new Map(known.networks?.map(({ subnet_id }, i) => [subnet_id, i]));
  const rank = (network: (typeof networks)[number]) => ranks.get(network.subnet_id) ?? Infinity;
  return { ...acl, networks: networks.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1)) };
}

const pathOf = (state: { readonly id: string | null }) => ({
  path: { firewall_id: told(state.id, "the ACL's id") },
});

/** A network ACL: two ordered lists of rules in front of subnets. The API calls it firewall. */
export const networkAcl = defineResource({
  type: "iec_network_acl",
  description:
    "A network ACL in front of subnets. Its rules are tried in their order; what none allows is denied. Subnets of different sites or VPCs stay apart whatever the rules say.",
  schemaVersion: 0,
  attributes,
  placement: { role: "other", vpc: "networks[].vpc_id", subnets: "networks[].subnet_id" },
  api: [
    "POST /v1/firewalls",
    "GET /v1/firewalls/{firewall_id}",
    "GET /v1/firewalls",
    "PUT /v1/firewalls/{firewall_id}",
    "DELETE /v1/firewalls/{firewall_id}",
  ],
  adoptBy: ["name", "description"],
  // Subnets come after the id is saved.
  adoptable: ({ networks = [] }) => networks.length === 0,
  quotas: () => ({ firewall: 1 }),

  async create(plan, api) {
    const { name, description } = toApi(plan);
    const answer = await api.post("/v1/firewalls", { body: { firewall: { name, description } } });
    // What is to be configured yet is not told.
    const { id, name: given } = fromApi(answer.firewall);
    return { id, name: given, inbound_rules: [], outbound_rules: [] };
  },
  async configure(plan, created, api) {
    const { subnets, admin_state_up } = toApi(plan);
    if (subnets.length === 0 && admin_state_up) return false;
    await api.put("/v1/firewalls/{firewall_id}", {
      params: pathOf(created),
      body: { firewall: toApi(plan) },
    });
    return true;
  },
  read: async (state, api) => fromApi(await showFirewall(state.id, api)),
  list: async (api, maxPages) => (await listFirewalls(api, maxPages))?.map(fromApi),
  interpret: (acl, known) => ({ ...inOrderOf(known, acl), id: acl.id }),
  async update(prior, plan, api) {
    await api.put("/v1/firewalls/{firewall_id}", { params: pathOf(prior), body: { firewall: toApi(plan) } });
    return undefined;
  },
  async makeWay(state, api) {
    await api.put("/v1/firewalls/{firewall_id}", {
      params: pathOf(state),
      body: { firewall: { name: state.name, subnets: [] } },
    });
    return undefined;
  },
  async delete(state, api) {
    await api.delete("/v1/firewalls/{firewall_id}", { params: pathOf(state) });
  },
});
