import type { Operations } from "./operation.js";
import { bandwidthOperations } from "./operations/bandwidths.js";
import { deploymentOperations } from "./operations/deployments.js";
import { edgecloudOperations } from "./operations/edgeclouds.js";
import { changeOsOperations } from "./operations/change-os.js";
import { firewallRuleOperations } from "./operations/firewall-rules.js";
import { firewallOperations } from "./operations/firewalls.js";
import { imageOperations } from "./operations/images.js";
import { instanceOperations } from "./operations/instances.js";
import { ipv6Operations } from "./operations/ipv6.js";
import { keypairOperations } from "./operations/keypairs.js";
import { metricOperations } from "./operations/metrics.js";
import { nicOperations } from "./operations/nics.js";
import { offerOperations } from "./operations/offers.js";
import { portOperations } from "./operations/ports.js";
import { publicIpOperations } from "./operations/publicips.js";
import { routeOperations } from "./operations/routes.js";
import { routetableOperations } from "./operations/routetables.js";
import { securityGroupOperations } from "./operations/security-groups.js";
import { subnetOperations } from "./operations/subnets.js";
import { volumeOperations } from "./operations/volumes.js";
import { vpcOperations } from "./operations/vpcs.js";

/** Every operation the simulator has; the rest of the contract answers 501. */
export const edgeOperations: Operations = {
  ...offerOperations,
  ...vpcOperations,
  ...subnetOperations,
  ...securityGroupOperations,
  ...keypairOperations,
  ...bandwidthOperations,
  ...publicIpOperations,
  ...portOperations,
  ...volumeOperations,
  ...instanceOperations,
  ...nicOperations,
  ...changeOsOperations,
  ...ipv6Operations,
  ...firewallOperations,
  ...firewallRuleOperations,
  ...routetableOperations,
  ...routeOperations,
  ...deploymentOperations,
  ...edgecloudOperations,
  ...imageOperations,
  ...metricOperations,
};
