/** A reference in an example: to another resource, or to something a data source found. */
export class Ref {
  constructor(
    readonly type: string,
    /** What follows the address in HCL: `id`, `sites[0].id`. */
    readonly path: string,
    readonly data = false,
    readonly name = "example",
  ) {}
}
/** What only Terraform's own language says: examples in TypeScript have none. */
export class Hcl {
  constructor(
    readonly text: string,
    readonly refs: readonly Ref[],
  ) {}
}
/** A `Map` is a map whose keys are the user's own, an object has the names of attributes. */
export type ExampleValue =
  | string
  | number
  | boolean
  | Ref
  | Hcl
  | readonly ExampleValue[]
  | ReadonlyMap<string, ExampleValue>
  | ExampleObject;
export interface ExampleObject {
  readonly [name: string]: ExampleValue;
}

const site = new Ref("iec_sites", "sites[0].id", true);
const id = (type: string, name?: string): Ref => new Ref(type, "id", false, name);

/** What an edge service is made of. */
const service: ExampleObject = {
  coverage_level: "city",
  coverage_policy: "discrete",
  stack_resources: [
    {
      name: "cache",
      flavor_id: "c6.large.2",
      image_id: new Ref("iec_images", "images[0].id", true),
      vpc_id: id("iec_vpc", "everywhere"),
      security_groups: [id("iec_security_group")],
      key_pair: id("iec_keypair"),
      system_disk_type: "SAS",
      system_disk_size: 40,
    },
  ],
  coverage_sites: [{ site: "guangzhou", demands: [{ demand_count: 2 }] }],
};

/** One short configuration of each resource. The tests apply what the pages make of them, all in one stack. */
export const resourceExamples: Readonly<Record<string, ExampleObject>> = {
  iec_deployment_plan: { name: "cdn", ...service },
  iec_edge_service: { name: "cdn", ...service },
  iec_bandwidth: { bandwidth_id: new Ref("iec_eip", "bandwidth_id"), size: 500, keep: true },
  iec_eip: { site_id: site, port_id: new Ref("iec_server", "nics[0].port") },
  iec_image: { name: "golden", server_id: id("iec_server") },
  iec_ipv6_bandwidth_attachment: {
    port_id: id("iec_vip", "ipv6"),
    bandwidth_type: "CT_cn-south-guangzhou-v6",
  },
  iec_keypair: { name: "operator" },
  iec_network_acl: {
    name: "web",
    description: "HTTPS only",
    networks: { vpc_id: id("iec_vpc"), subnet_id: id("iec_vpc_subnet") },
  },
  iec_network_acl_rule: {
    network_acl_id: id("iec_network_acl"),
    direction: "ingress",
    position: 1,
    protocol: "tcp",
    destination_port: "443",
  },
  iec_route: {
    route_table_id: id("iec_route_table"),
    destination: "192.168.0.0/16",
    type: "vip",
    nexthop: new Ref("iec_vip", "ip_address"),
  },
  iec_route_table: { name: "by-the-gateway", vpc_id: id("iec_vpc"), subnet_ids: [id("iec_vpc_subnet")] },
  iec_security_group: { name: "web", description: "HTTPS only" },
  iec_security_group_rule: {
    security_group_id: id("iec_security_group"),
    direction: "ingress",
    protocol: "tcp",
    port_range_min: 443,
    port_range_max: 443,
    remote_ip_prefix: "0.0.0.0/0",
  },
  iec_server: {
    name: "web",
    flavor_id: "c6.large.2",
    image_id: new Ref("iec_images", "images[0].id", true),
    vpc_id: id("iec_vpc"),
    subnet_ids: [id("iec_vpc_subnet")],
    security_groups: [id("iec_security_group")],
    key_pair: id("iec_keypair"),
    system_disk_type: "SAS",
    system_disk_size: 40,
    coverage_sites: { site_id: site },
  },
  iec_vip: {
    subnet_id: id("iec_vpc_subnet"),
    port_ids: [new Ref("iec_server", "nics[0].port")],
  },
  iec_server_nic: {
    server_id: id("iec_server"),
    subnet_id: id("iec_vpc_subnet", "second"),
    security_groups: [id("iec_security_group")],
  },
  iec_vpc: { name: "production", cidr: "10.10.0.0/16", mode: "CUSTOMER" },
  iec_vpc_subnet: {
    name: "production-guangzhou",
    cidr: "10.10.1.0/24",
    gateway_ip: "10.10.1.1",
    vpc_id: id("iec_vpc"),
    site_id: site,
  },
};

/** More of a type, where an example needs another than the type's own. By type and name. */
export const otherExamples: Readonly<Record<string, ExampleObject>> = {
  "iec_vpc.everywhere": { name: "everywhere", cidr: "10.0.0.0/8", mode: "SYSTEM" },
  "iec_vpc_subnet.second": {
    name: "second-guangzhou",
    cidr: "10.10.2.0/24",
    gateway_ip: "10.10.2.1",
    vpc_id: id("iec_vpc"),
    site_id: site,
  },
  "iec_vpc_subnet.ipv6": {
    name: "ipv6-guangzhou",
    cidr: "10.10.3.0/24",
    gateway_ip: "10.10.3.1",
    vpc_id: id("iec_vpc"),
    site_id: site,
    ipv6_enable: true,
    pool_id: new Hcl(
      'one([for line in data.iec_sites.example.sites[0].lines : line.record_id if line.ip_version == "6"])',
      [site],
    ),
  },
  "iec_vip.ipv6": { subnet_id: id("iec_vpc_subnet", "ipv6"), ip_version: 6 },
};

/** Import ids of the types whose ids alone do not do. */
export const importIds: Readonly<Record<string, string>> = {
  iec_network_acl_rule: "<network ACL id>/ingress/<rule id>",
  iec_route: "<route table id>/192.168.0.0/16",
};

/** A call of each function, and what it refers to. */
export const functionExamples: Readonly<Record<string, { readonly typescript: string; readonly hcl: Hcl }>> =
  {
    cidr_free: {
      typescript: "const cidr = IecFunctions.cidrFree(vpc.cidr, [subnet.cidr], 24);",
      hcl: new Hcl("provider::iec::cidr_free(iec_vpc.example.cidr, [iec_vpc_subnet.example.cidr], 24)", [
        new Ref("iec_vpc", "cidr"),
        new Ref("iec_vpc_subnet", "cidr"),
      ]),
    },
    parse_id: {
      typescript: 'const told = IecFunctions.parseId("iec_network_acl_rule", "an-acl/ingress/a-rule");',
      hcl: new Hcl('provider::iec::parse_id("iec_network_acl_rule", "an-acl/ingress/a-rule")', []),
    },
    site_of: {
      typescript: "const siteId = IecFunctions.siteOf(subnet);",
      hcl: new Hcl("provider::iec::site_of(iec_vpc_subnet.example)", [id("iec_vpc_subnet")]),
    },
  };

export const dataSourceExamples: Readonly<Record<string, ExampleObject>> = {
  iec_bandwidth_types: { site_id: site },
  iec_bandwidths: { site_id: site },
  iec_cloud_images: { region: "cn-north-4", visibility: "private" },
  iec_deployment_plans: { status: "open" },
  iec_edge_services: { name: "cdn" },
  iec_eips: { site_id: site },
  iec_flavors: { city: "guangzhou" },
  iec_images: { name: "Ubuntu 20.04 server 64bit", visibility: "public" },
  iec_keypair: { name: "operator" },
  iec_keypairs: {},
  iec_metric_data: {
    metrics: {
      namespace: "SYS.ECS",
      metric_name: "cpu_util",
      dimensions: new Map([["instance_id", id("iec_server")]]),
    },
    period: "300",
    filter: "average",
    from: 1_735_689_600_000,
    to: 1_735_693_200_000,
  },
  iec_network_acl: { name: "web" },
  iec_network_acls: {},
  iec_port: { fixed_ip: new Ref("iec_server", "nics[0].address"), subnet_id: id("iec_vpc_subnet") },
  iec_ports: { subnet_id: id("iec_vpc_subnet"), device_owner: "neutron:VIP_PORT" },
  iec_quotas: { type: "instance" },
  iec_route_tables: { vpc_id: id("iec_vpc") },
  iec_security_group: { name: "web" },
  iec_security_groups: {},
  iec_server: { name: "web" },
  iec_servers: { city: "guangzhou" },
  iec_sites: { city: "guangzhou" },
  iec_volume_types: {},
  iec_volumes: { server_id: id("iec_server") },
  iec_vpc: { name: "production" },
  iec_vpc_subnet: { name: "production-guangzhou", vpc_id: id("iec_vpc") },
  iec_vpc_subnets: { vpc_id: id("iec_vpc") },
  iec_vpcs: { mode: "CUSTOMER" },
};

/** A call of each function, in both languages. */
