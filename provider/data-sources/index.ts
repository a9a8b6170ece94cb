import { bandwidthTypes } from "./bandwidth-types.js";
import { bandwidths } from "./bandwidths.js";
import { cloudImages } from "./cloud-images.js";
import { deploymentPlans } from "./deployment-plans.js";
import { edgeServices } from "./edge-services.js";
import { eips } from "./eips.js";
import { flavors } from "./flavors.js";
import { images } from "./images.js";
import { keypair } from "./keypair.js";
import { keypairs } from "./keypairs.js";
import { metricData } from "./metric-data.js";
import { networkAcl } from "./network-acl.js";
import { networkAcls } from "./network-acls.js";
import { port } from "./port.js";
import { ports } from "./ports.js";
import { quotas } from "./quotas.js";
import { routeTables } from "./route-tables.js";
import { securityGroup } from "./security-group.js";
import { securityGroups } from "./security-groups.js";
import { server } from "./server.js";
import { servers } from "./servers.js";
import { sites } from "./sites.js";
import { volumeTypes } from "./volume-types.js";
import { volumes } from "./volumes.js";
import { vpc } from "./vpc.js";
import { vpcSubnet } from "./vpc-subnet.js";
import { vpcSubnets } from "./vpc-subnets.js";
import { vpcs } from "./vpcs.js";

/** Every data source, by type. */
export const dataSources = new Map(
  [
    bandwidthTypes,
    bandwidths,
    cloudImages,
    deploymentPlans,
    edgeServices,
    eips,
    flavors,
    images,
    keypair,
    keypairs,
    metricData,
    networkAcl,
    networkAcls,
    port,
    ports,
    quotas,
    routeTables,
    securityGroup,
    securityGroups,
    server,
    servers,
    sites,
    volumeTypes,
    volumes,
    vpc,
    vpcSubnet,
    vpcSubnets,
    vpcs,
  ].map((definition) => [definition.type, definition]),
);
