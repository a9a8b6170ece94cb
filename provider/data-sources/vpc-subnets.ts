import { bool, element, list, string } from "../../schema/attributes.js";
import type { Api } from "../client/index.js";
import { defineDataSource, sent } from "../resources/define.js";
import { fromApi } from "../resources/vpc-subnet.js";
import { byName, fits, shaped, type Asked } from "./common.js";

/** What a subnet tells of itself. */
export const subnetShape = {
  id: string({ computed: true, description: "Id of the subnet." }),
  name: string({ computed: true, description: "Name." }),
  vpc_id: string({ computed: true, description: "Id of the VPC." }),
  site_id: string({ computed: true, description: "Id of the edge site." }),
  site_info: string({ computed: true, description: "Where the site is: country/area/province/city." }),
  cidr: string({ computed: true, description: "IPv4 range." }),
  gateway_ip: string({ computed: true, description: "Gateway address." }),
  dns_list: list({ computed: true, element: element.string({}), description: "DNS servers (IPv4)." }),
  dhcp_enable: bool({ computed: true, description: "Whether DHCP is on." }),
  status: string({ computed: true, description: "ACTIVE when usable; else DOWN, UNKNOWN or ERROR." }),
  neutron_subnet_id: string({
    computed: true,
    description: "Native subnet id, which addresses of ports refer to.",
  }),
};
const attributes = {
  vpc_id: string({ optional: true, description: "Only subnets of this VPC." }),
  site_id: string({ optional: true, description: "Only subnets in this edge site." }),
  name: string({ optional: true, description: "Only subnets of exactly this name." }),
  subnets: list({
    computed: true,
    element: element.object(subnetShape),
    description: "The subnets, ordered by name.",
  }),
};

interface Filters {
  readonly id: string | null;
  readonly name: string | null;
  readonly vpc_id: string | null;
  readonly site_id: string | null;
}

export async function findSubnets(asked: Asked<Filters>, api: Api) {
  const found = await api.list("/v1/subnets", sent({ vpc_id: asked.vpc_id, site_id: asked.site_id }));
  return found
    .map((subnet) => shaped(subnetShape, fromApi(subnet)))
    .filter(fits(asked))
    .sort(byName);
}

/** Subnets of a VPC, a site, or the account. */
export const vpcSubnets = defineDataSource({
  type: "iec_vpc_subnets",
  description: "Subnets of one VPC, of one edge site, or of the whole account.",
  attributes,
  api: ["GET /v1/subnets"],
  async read({ vpc_id, site_id, name }, api) {
    return { subnets: await findSubnets({ vpc_id, site_id, name }, api) };
  },
});
