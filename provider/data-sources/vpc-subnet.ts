import { defineDataSource } from "../resources/define.js";
import { askable, theOnly } from "./common.js";
import { findSubnets, subnetShape } from "./vpc-subnets.js";

/** One subnet that exists already. */
export const vpcSubnet = defineDataSource({
  type: "iec_vpc_subnet",
  description: "One existing subnet, found by id, or by name, VPC and site.",
  attributes: askable(subnetShape, "id", "name", "vpc_id", "site_id"),
  api: ["GET /v1/subnets"],
  async read({ id, name, vpc_id, site_id }, api) {
    const asked = { id, name, vpc_id, site_id };
    return theOnly("subnet", asked, await findSubnets(asked, api));
  },
});
