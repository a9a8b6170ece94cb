/** Edge networks in a few lines. Each construct keeps its L1 as `resource`; `fromId` takes what is there already. */
export { Connections } from "./connections";
export { Coverage, type Demand } from "./coverage";
export { EdgeServer, type AnyServer, type Disk, type EdgeServerProps, type SubnetIn } from "./edge-server";
export { EdgeService, type EdgeServiceProps } from "./edge-service";
export { EdgeSite, type EdgeSiteFilter } from "./edge-site";
export { EdgeSubnet, type AnySubnet, type EdgeSubnetProps, type SubnetInVpc } from "./edge-subnet";
export { EdgeVpc, type AnyVpc, type EdgeVpcProps } from "./edge-vpc";
export { Image } from "./image";
export { IsolationPolicy, type IsolationPolicyProps, type Party, type Places } from "./isolation-policy";
export { KeyPair, type KeyPairProps } from "./key-pair";
export { NetworkAcl, type NetworkAclProps } from "./network-acl";
export { ANYBODY, ANYBODY_IPV6, type Peer, type PeerIn, type RangePeer, type Reachable } from "./peer";
export type { AreaKey, CityKey, OperatorKey, ProvinceKey, SiteName } from "./places";
export { Port } from "./port";
export { PublicIp, type PublicIpProps } from "./public-ip";
export { RouteTable, type RouteTableProps, type RouteTarget } from "./route-table";
export {
  SecurityGroup,
  type AnySecurityGroup,
  type RuleOptions,
  type SecurityGroupProps,
} from "./security-group";
export { VirtualIp, type VirtualIpProps } from "./virtual-ip";
