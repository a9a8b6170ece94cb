/** Edge networks in a few lines. Each construct keeps its L1 as `resource`. */
export { EdgeServer, type EdgeServerProps, type SubnetIn } from "./edge-server";
export { EdgeSite } from "./edge-site";
export { EdgeVpc, type EdgeSubnet, type EdgeSubnetProps, type EdgeVpcProps } from "./edge-vpc";
export { Image } from "./image";
export { KeyPair, type KeyPairProps } from "./key-pair";
export { Port } from "./port";
export { PublicIp } from "./public-ip";
export { ANYBODY, SecurityGroup, type Peer, type SecurityGroupProps } from "./security-group";
