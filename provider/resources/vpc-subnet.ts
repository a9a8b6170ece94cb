import { bool, element, id, list, string, type ObservedOf, type PlanOf } from "../../schema/attributes.js";
import { errorDiagnostic, type Diagnostic } from "../../schema/diagnostics.js";
import type { components } from "../../schema/generated/iec-api.js";
import { isUnknown, type ObjectValue } from "../../schema/unknown.js";
import type { Api } from "../client/index.js";
import { checkSite, onSite } from "./offers.js";
import { NAME, NETWORK_TIMEOUTS } from "./common.js";
import { defineResource, emptyAsNull, sent, told } from "./define.js";

const attributes = {
  id: id("Id of the subnet."),
  name: string({ required: true, ...NAME, description: "Name." }),
  cidr: string({
    required: true,
    requiresReplace: true,
    format: "ipv4-cidr",
    description: "IPv4 range inside the VPC's range, /28 or larger, overlapping no other subnet of the VPC.",
  }),
  vpc_id: string({
    required: true,
    requiresReplace: true,
    ref: ["iec_vpc"],
    description: "Id of the VPC, which must be of mode CUSTOMER.",
  }),
  site_id: string({
    required: true,
    requiresReplace: true,
    description: "Id of the edge site the subnet lies in.",
  }),
  gateway_ip: string({
    required: true,
    requiresReplace: true,
    format: "ipv4",
    description: "Gateway address inside the range, usually its first.",
  }),
  dns_list: list({
    optional: true,
    computed: true,
    element: element.string({ format: "ipv4" }),
    description: "DNS servers (IPv4). The cloud chooses when there are none.",
  }),
  dhcp_enable: bool({
    optional: true,
    computed: true,
    default: true,
    description: "Whether DHCP is on. Without it new servers get no address and no password.",
  }),
  ipv6_enable: bool({
    optional: true,
    computed: true,
    default: false,
    description:
      "Whether the subnet has an IPv6 range as well; needs `pool_id`. It can be turned on in place, and never off: that replaces the subnet.",
  }),
  pool_id: string({
    optional: true,
    format: "uuid",
    description:
      "Record id (`lines[].record_id` of the site, a UUID) of the IPv6 line that the range is taken from.",
  }),
  cidr_v6: string({ computed: true, changesWith: ["ipv6_enable"], description: "IPv6 range, if any." }),
  gateway_ip_v6: string({
    computed: true,
    changesWith: ["ipv6_enable"],
    description: "IPv6 gateway, if any.",
  }),
  neutron_subnet_id_v6: string({
    computed: true,
    changesWith: ["ipv6_enable"],
    description: "Native IPv6 subnet id, if any.",
  }),
  site_info: string({ computed: true, description: "Where the site is: country/area/province/city." }),
  status: string({ computed: true, description: "ACTIVE when usable; else DOWN, UNKNOWN or ERROR." }),
  neutron_subnet_id: string({
    computed: true,
    description: "Native subnet id, which addresses of ports refer to.",
  }),
};

export const toApi = (plan: PlanOf<typeof attributes>) => ({
  ...sent({ dnsList: plan.dns_list && [...plan.dns_list], dhcp_enable: plan.dhcp_enable }),
  name: plan.name,
  cidr: plan.cidr,
  vpc_id: plan.vpc_id,
  site_id: plan.site_id,
  gateway_ip: plan.gateway_ip,
});

export const fromApi = (
  subnet: components["schemas"]["Subnet"],
): ObservedOf<typeof attributes> & { id: string } => ({
  id: told(subnet.id, "the subnet's id"),
  name: subnet.name,
  cidr: subnet.cidr,
  vpc_id: subnet.vpc_id,
  site_id: subnet.site_id,
  gateway_ip: subnet.gateway_ip,
  dns_list: subnet.dnsList,
  dhcp_enable: subnet.dhcp_enable,
  site_info: subnet.site_info,
  status: subnet.status,
  neutron_subnet_id: subnet.neutron_subnet_id,
  ipv6_enable: subnet.ipv6_enable ?? false,
  cidr_v6: emptyAsNull(subnet.cidr_v6) ?? null,
  gateway_ip_v6: emptyAsNull(subnet.gateway_ip_v6) ?? null,
  neutron_subnet_id_v6: emptyAsNull(subnet.neutron_subnet_id_v6) ?? null,
});

const pathOf = (state: { readonly id: string | null }) => ({
  path: { subnet_id: told(state.id, "the subnet's id") },
});

const ipv6 = (plan: PlanOf<typeof attributes>) => ({ ipv6_enable: true, ...sent({ pool_id: plan.pool_id }) });

const update = (
  state: { readonly id: string | null },
  subnet: components["schemas"]["UpdateSubnetOption"],
  api: Api,
) => api.put("/v1/subnets/{subnet_id}", { params: pathOf(state), body: { subnet } });

/** IPv6 is on one line of the site, and stays there. */
function checkIpv6({ ipv6_enable, pool_id }: ObjectValue): Diagnostic[] {
  const line = pool_id !== null && pool_id !== undefined;
  if (isUnknown(ipv6_enable ?? null) || (ipv6_enable === true) === line) return [];
  const fix = line
    ? "Set ipv6_enable = true, or remove pool_id."
    : "Set pool_id to the record id of an IPv6 line of the site: data iec_sites tells it as lines[].record_id.";
  return [
    errorDiagnostic("IEC2013", "ipv6_enable and pool_id go together", { path: ["pool_id"], detail: fix }),
  ];
}

/** A range of one VPC in one site. */
export const vpcSubnet = defineResource({
  type: "iec_vpc_subnet",
  description:
    "A subnet: one range of one VPC in one edge site. No subnet reaches another site or another VPC.",
  schemaVersion: 0,
  attributes,
  placement: { role: "subnet", site: "site_id", vpc: "vpc_id", cidr: "cidr" },
  timeouts: NETWORK_TIMEOUTS,
  statuses: { ready: ["ACTIVE"], failed: ["ERROR"] },
  api: [
    "POST /v1/subnets",
    "GET /v1/subnets/{subnet_id}",
    "GET /v1/subnets",
    "PUT /v1/subnets/{subnet_id}",
    "DELETE /v1/subnets/{subnet_id}",
  ],
  adoptBy: ["name", "cidr", "vpc_id", "site_id", "gateway_ip"],
  deletesLater: true,

  check: ({ site_id }, api) => onSite(site_id, (site) => [checkSite(site, ["site_id"], api)]),
  validate: checkIpv6,
  quotas: () => ({ subnet: 1 }),

  async create(plan, api) {
    const answer = await api.post("/v1/subnets", { body: { subnet: toApi(plan) } });
    return fromApi(told(answer.subnet, "the subnet"));
  },
  async read(state, api) {
    const answer = await api.get("/v1/subnets/{subnet_id}", { params: pathOf(state) });
    return fromApi(told(answer.subnet, "the subnet"));
  },
  async list(api, maxPages) {
    return (await api.list("/v1/subnets", {}, { maxPages }))?.map(fromApi);
  },
  // Only an update turns IPv6 on.
  async configure(plan, created, api) {
    if (plan.ipv6_enable !== true) return false;
    await update(created, { ...ipv6(plan) }, api);
    return true;
  },
  replaces: (prior, planned) =>
    prior["ipv6_enable"] === true && planned["ipv6_enable"] === false ? [["ipv6_enable"]] : [],
  async update(prior, plan, api) {
    const { name, dhcp_enable, dnsList } = toApi(plan);
    const turnOn = plan.ipv6_enable === true && prior.ipv6_enable !== true;
    await update(prior, { name, ...sent({ dhcp_enable, dnsList }), ...(turnOn ? ipv6(plan) : {}) }, api);
    return undefined;
  },
  async delete(state, api) {
    await api.delete("/v1/subnets/{subnet_id}", { params: pathOf(state) });
  },
});
