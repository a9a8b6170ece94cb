import type { Operations } from "./operation.js";
import { keypairOperations } from "./operations/keypairs.js";
import { offerOperations } from "./operations/offers.js";
import { securityGroupOperations } from "./operations/security-groups.js";
import { subnetOperations } from "./operations/subnets.js";
import { vpcOperations } from "./operations/vpcs.js";

/** Every operation the simulator has; the rest of the contract answers 501. */
export const edgeOperations: Operations = {
  ...offerOperations,
  ...vpcOperations,
  ...subnetOperations,
  ...securityGroupOperations,
  ...keypairOperations,
};
