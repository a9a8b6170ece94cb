import { defineDataSource } from "../resources/define.js";
import { askable, theOnly } from "./common.js";
import { findSecurityGroups, groupShape } from "./security-groups.js";

/** One security group that exists already. */
export const securityGroup = defineDataSource({
  type: "iec_security_group",
  description: "One existing security group with its rules, found by id or name.",
  attributes: askable(groupShape, "id", "name"),
  api: ["GET /v1/security-groups"],
  async read({ id, name }, api) {
    return theOnly("security group", { id, name }, await findSecurityGroups({ id, name }, api));
  },
});
