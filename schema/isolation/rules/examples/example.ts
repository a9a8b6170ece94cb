import type { Code } from "../../../diagnostics.js";
import { Unknown, type ObjectValue, type Path, type Value } from "../../../unknown.js";

/** Address -> the attributes that matter. An address that begins with `data.` is a data source. */
export type Design = Readonly<Record<string, ObjectValue>>;

/** Resources that are added to, or stand in place of, those of the common network. */
export interface Example {
  readonly title: string;
  readonly design: Design;
  /** Ids that the account does not have. */
  readonly missing?: readonly string[];
}

export interface RuleExamples {
  readonly code: Code;
  readonly passes: readonly Example[];
  readonly fails: readonly Example[];
}

export const ref = (address: string, ...path: Path): Value => new Unknown({ address, path });
export const id = (address: string): Value => ref(address, "id");
export const portOf = (server: string): Value => ref(server, "nics", 0, "port");

const a = id("iec_vpc.a");
const gz = id("iec_vpc_subnet.a_gz");

/** What every example adds to: two sites, a VPC in both, and another one. */
export const NETWORK: Design = {
  "data.iec_sites.all": {
    sites: [
      { id: "gz", name: "guangzhou", lines: [{ pool_id: "gz_1" }, { pool_id: "gz_2" }] },
      { id: "xa", name: "xi'an", lines: [{ pool_id: "xa_1" }] },
    ],
  },
  "iec_vpc.a": { cidr: "10.0.0.0/16", mode: "CUSTOMER" },
  "iec_vpc.b": { cidr: "10.1.0.0/16", mode: "CUSTOMER" },
  "iec_vpc.system": { cidr: "172.16.0.0/16", mode: "SYSTEM" },
  "iec_vpc_subnet.a_gz": { vpc_id: a, site_id: "gz", cidr: "10.0.0.0/24", gateway_ip: "10.0.0.1" },
  "iec_vpc_subnet.a_xa": { vpc_id: a, site_id: "xa", cidr: "10.0.1.0/24", gateway_ip: "10.0.1.1" },
  "iec_vpc_subnet.b_gz": {
    vpc_id: id("iec_vpc.b"),
    site_id: "gz",
    cidr: "10.1.0.0/24",
    gateway_ip: "10.1.0.1",
  },
  "iec_security_group.web": { name: "web" },
  "iec_security_group.db": { name: "db" },
  "iec_server.gz": {
    vpc_id: a,
    subnet_ids: [gz],
    coverage_sites: [{ site_id: "gz" }],
    security_groups: [id("iec_security_group.web")],
  },
  "iec_server.xa": {
    vpc_id: a,
    subnet_ids: [id("iec_vpc_subnet.a_xa")],
    coverage_sites: [{ site_id: "xa" }],
    security_groups: [id("iec_security_group.db")],
  },
  "iec_network_acl.front": { networks: [{ vpc_id: a, subnet_id: gz }] },
  "iec_route_table.gz": { vpc_id: a, subnet_ids: [gz] },
};

export const server = (vpc: Value, site: string, ...subnets: readonly Value[]): ObjectValue => ({
  vpc_id: vpc,
  subnet_ids: subnets,
  coverage_sites: [{ site_id: site }],
  security_groups: [id("iec_security_group.web")],
});
