import { bandwidth } from "./bandwidth.js";
import { deploymentPlan } from "./deployment-plan.js";
import { edgeService } from "./edge-service.js";
import { eip } from "./eip.js";
import { image } from "./image.js";
import { ipv6BandwidthAttachment } from "./ipv6-bandwidth-attachment.js";
import { keypair } from "./keypair.js";
import { networkAcl } from "./network-acl.js";
import { networkAclRule } from "./network-acl-rule.js";
import { route } from "./route.js";
import { routeTable } from "./route-table.js";
import { securityGroup } from "./security-group.js";
import { securityGroupRule } from "./security-group-rule.js";
import { server } from "./server.js";
import { serverNic } from "./server-nic.js";
import { vip } from "./vip.js";
import { vpc } from "./vpc.js";
import { vpcSubnet } from "./vpc-subnet.js";

/** Every resource, by type. */
export const resources = new Map(
  [
    bandwidth,
    deploymentPlan,
    edgeService,
    eip,
    image,
    ipv6BandwidthAttachment,
    keypair,
    networkAcl,
    networkAclRule,
    route,
    routeTable,
    securityGroup,
    securityGroupRule,
    server,
    serverNic,
    vip,
    vpc,
    vpcSubnet,
  ].map((definition) => [definition.type, definition]),
);
