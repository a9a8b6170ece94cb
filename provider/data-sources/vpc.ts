import { defineDataSource } from "../resources/define.js";
import { askable, theOnly } from "./common.js";
import { findVpcs, vpcShape } from "./vpcs.js";

/** One VPC that exists already. */
export const vpc = defineDataSource({
  type: "iec_vpc",
  description: "One existing VPC, found by id or name.",
  attributes: askable(vpcShape, "id", "name"),
  api: ["GET /v1/vpcs"],
  async read({ id, name }, api) {
    return theOnly("VPC", { id, name }, await findVpcs({ id, name }, api));
  },
});
