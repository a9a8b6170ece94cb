import { element, list, number, string } from "../../schema/attributes.js";
import type { Api } from "../client/index.js";
import { defineDataSource, sent } from "../resources/define.js";
import { fromApi } from "../resources/vpc.js";
import { byName, fits, shaped, type Asked } from "./common.js";

/** What a VPC tells of itself. */
export const vpcShape = {
  id: string({ computed: true, description: "Id of the VPC." }),
  name: string({ computed: true, description: "Name, unique in the account." }),
  cidr: string({ computed: true, description: "Private IPv4 range." }),
  mode: string({ computed: true, description: "Who plans the subnets: SYSTEM (the cloud) or CUSTOMER." }),
  subnet_num: number({ computed: true, description: "Number of subnets in the VPC." }),
};
const attributes = {
  name: string({ optional: true, description: "Only the VPC of this name." }),
  mode: string({
    optional: true,
    enum: ["SYSTEM", "CUSTOMER"],
    description: "Only VPCs of this mode.",
  }),
  vpcs: list({
    computed: true,
    element: element.object(vpcShape),
    description: "The VPCs, ordered by name.",
  }),
};

export async function findVpcs(
  asked: Asked<{ id: string | null; name: string | null; mode: string | null }>,
  api: Api,
) {
  const found = await api.list("/v1/vpcs", sent({ id: asked.id, name: asked.name }));
  return found
    .map((vpc) => shaped(vpcShape, fromApi(vpc)))
    .filter(fits(asked))
    .sort(byName);
}

/** The VPCs of the account. */
export const vpcs = defineDataSource({
  type: "iec_vpcs",
  description: "The VPCs of the account.",
  attributes,
  api: ["GET /v1/vpcs"],
  async read({ name, mode }, api) {
    return { vpcs: await findVpcs({ name, mode }, api) };
  },
});
