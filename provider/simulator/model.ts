/** Objects as the simulator keeps them: close to what the API shows, without what can be worked out on reading. */
import type { Deployment, Edgecloud, EdgeImage } from "./model-edge-services.js";

export interface Vpc {
  id: string;
  name: string;
  cidr: string;
  mode: "SYSTEM" | "CUSTOMER";
}

export interface Subnet {
  id: string;
  name: string;
  cidr: string;
  gateway_ip: string;
  dhcp_enable: boolean;
  dnsList: string[];
  primary_dns: string | null;
  secondary_dns: string | null;
  status: "ACTIVE" | "DOWN" | "UNKNOWN" | "ERROR";
  vpc_id: string;
  site_id: string;
  neutron_subnet_id: string;
  ipv6_enable: boolean;
  pool_id?: string;
  cidr_v6?: string;
  gateway_ip_v6?: string;
  neutron_subnet_id_v6?: string;
  /** The network ACL in front of it, if any. */
  firewall_id?: string;
  /** Its custom route table; absent = the default one of the VPC. */
  routetable_id?: string;
}

export interface FirewallRule {
  id: string;
  name: string;
  description: string;
  enabled: boolean;
  action: "allow" | "deny" | "reject";
  /** Empty for any. */
  protocol: string;
  ip_version: 4 | 6;
  source_ip_address: string;
  destination_ip_address: string;
  source_port: string;
  destination_port: string;
}

export interface FirewallPolicy {
  id: string;
  /** In the order in which they are tried. */
  rules: FirewallRule[];
}

/** A network ACL; its subnets name it. */
export interface Firewall {
  id: string;
  name: string;
  description: string;
  admin_state_up: boolean;
  ingress: FirewallPolicy;
  egress: FirewallPolicy;
}

export interface Route {
  type: "ecs" | "vip" | "local";
  destination: string;
  nexthop: string;
  description: string;
}

/** A route table; the subnets of a custom one name it. */
export interface Routetable {
  id: string;
  name: string;
  description: string;
  vpc_id: string;
  default: boolean;
  /** The user's; those of the system follow from the VPC. */
  routes: Route[];
}

export interface SecurityGroup {
  id: string;
  name: string;
  description: string;
}

export interface SecurityGroupRule {
  id: string;
  description: string;
  security_group_id: string;
  direction: "ingress" | "egress";
  ethertype: "IPv4" | "IPv6";
  protocol: string;
  port_range_min: string;
  port_range_max: string;
  remote_group_id: string;
  remote_ip_prefix: string;
  action: "allow" | "deny";
  priority: number;
}

export interface Keypair {
  /** The name. */
  id: string;
  public_key: string;
  fingerprint: string;
}

export interface PublicIp {
  id: string;
  status: string;
  /** Empty while unbound. */
  port_id: string;
  public_ip_address: string;
  create_time: string;
  bandwidth_id: string;
  site_id: string;
  /** The line. */
  type: string;
}

export interface Bandwidth {
  id: string;
  name: string;
  size: number;
  status: "NORMAL" | "FREEZED";
  bandwidth_type: string;
  site_id: string;
  pool_id: string;
  create_time: string;
  update_time: string;
}

export interface AddressPair {
  ip_address: string;
  mac_address?: string;
}

export interface Port {
  id: string;
  name: string;
  status: "ACTIVE" | "BUILD" | "DOWN";
  mac_address: string;
  /** The subnet's id. */
  network_id: string;
  ip_address: string;
  /** Empty for a virtual IP. */
  device_id: string;
  device_owner: string;
  security_groups: string[];
  allowed_address_pairs: AddressPair[];
  site_id: string;
  /** The second address of a card with both families. */
  ipv6_address?: string;
  ipv6_bandwidth_id?: string;
}

export interface Server {
  id: string;
  name: string;
  description: string;
  status: string;
  task_state: string;
  created: string;
  updated: string;
  launched_at: string;
  flavor_id: string;
  image_id: string;
  vpc_id: string;
  site_id: string;
  key_name: string;
  user_data: string;
  launch_index: number;
  /** Line of the first EIP, or empty. */
  eip_type: string;
  /** The edge service it belongs to, or empty. */
  edgecloud_id: string;
}

export interface Volume {
  id: string;
  name: string;
  size: number;
  volume_type: string;
  bootable: boolean;
  server_id: string;
  site_id: string;
  device: string;
  attachment_id: string;
}

/** Every kind of stored object by the name it has in the API's lists. */
export interface Kinds {
  vpcs: Vpc;
  subnets: Subnet;
  security_groups: SecurityGroup;
  security_group_rules: SecurityGroupRule;
  keypairs: Keypair;
  publicips: PublicIp;
  bandwidths: Bandwidth;
  servers: Server;
  ports: Port;
  volumes: Volume;
  firewalls: Firewall;
  routetables: Routetable;
  images: EdgeImage;
  deployments: Deployment;
  edgeclouds: Edgecloud;
}
export type Kind = keyof Kinds;

export const kinds = [
  "vpcs",
  "subnets",
  "security_groups",
  "security_group_rules",
  "keypairs",
  "publicips",
  "bandwidths",
  "servers",
  "ports",
  "volumes",
  "firewalls",
  "routetables",
  "images",
  "deployments",
  "edgeclouds",
] as const satisfies readonly Kind[];
