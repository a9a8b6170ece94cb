/** Objects of edge services and images as the simulator keeps them. */
import type { AddressPair } from "./model.js";

/** An edge image of the account; public ones are in the catalog. */
export interface EdgeImage {
  id: string;
  name: string;
  status: string;
  min_disk: number;
  created_at: string;
  updated_at: string;
  visibility: string;
  /** Job that makes it; what RebuildImage takes. */
  relation_job_id: string;
  /** `instance:<id>` or `ims:<image id>:<region id>`. */
  data_source?: string;
  __os_type: string;
  __isregistered: boolean;
  [attribute: string]: string | number | boolean | undefined;
}

export type CoverageLevel = "area" | "prov" | "city" | "site";
export type CoveragePolicy = "centralize" | "discrete";

export interface Demand {
  operator?: string;
  /** Stacks. */
  demand_count: number;
  pool_id?: string;
  bandwidth_type?: string;
  pool_id_v6?: string;
  ipv6_bandwidth_enable?: boolean;
}

export interface Coverage {
  coverage_policy: CoveragePolicy;
  coverage_level: CoverageLevel;
  coverage_sites: { site: string; demands: Demand[] }[];
}

/** Stacks of one demand that go to one site. */
export interface Placement {
  site_id: string;
  /** The IPv4 line. */
  pool_id: string;
  stack_count: number;
  bandwidth_type?: string;
  pool_id_v6?: string;
  ipv6_bandwidth_enable?: boolean;
}

/** Template of the instances in a stack. */
export interface Resource {
  name: string;
  with_prefix?: boolean;
  image_ref: string;
  flavor_ref: string;
  /** Masked. */
  admin_pass?: string;
  key_name?: string;
  net_config: { vpc_id: string; nic_num: number; allowed_address_pairs?: AddressPair[] };
  /** An EIP for each instance. */
  bandwidth?: { sharetype: "WHOLE"; size?: number };
  root_volume: { size: number; volume_type: string };
  data_volumes?: { size: number; volume_type: string }[];
  /** Instances in each stack; 1 by default. */
  count?: number;
  security_groups?: { id?: string }[];
  user_data?: string;
}

export interface Stack {
  id?: string;
  name: string;
  resources: Resource[];
}

/** A plan for a new edge service, or for more of one. */
export interface Deployment {
  id: string;
  status: "open" | "closed";
  /** The service to expand, or the one that the plan has made; empty before. */
  edgecloud_id: string;
  /** Whether the service existed before the plan. */
  expands: boolean;
  name: string;
  description: string;
  coverage: Coverage;
  stack: Stack;
  placements: Placement[];
}

export interface Edgecloud {
  id: string;
  name: string;
  description: string;
  status: "creating" | "scheduling" | "updating" | "inService" | "failed" | "deleting" | "delFailed";
  coverage: Coverage;
  /** One for each plan that was carried out. */
  stacks: Stack[];
  success_num: number;
  failed_num: number;
  fail_reason: { fail_code: string; fail_message: string };
  edge_regions: number;
  create_at: string;
  update_at: string;
  /** Highest number given so far, by base name of the instances. */
  numbered: Readonly<Record<string, number>>;
}
