import type { paths } from "../../schema/generated/iec-api.js";

/**
 * How one list is read page by page.
 *
 * - `offset`: `offset` counts items, from 0.
 * - `page`: `offset` counts pages; `first` is the number of the first one.
 * - `marker`: `marker` is the id of the last item seen; there is no total.
 * - `none`: one answer holds everything.
 */
export interface ListStyle {
  readonly style: "offset" | "page" | "marker" | "none";
  /** The key of the items in an answer; null where the answer is a bare array. */
  readonly items: string | null;
  /** The key of the total; absent where the answer does not tell. */
  readonly total?: "count" | "total";
  /** As large as the API allows. */
  readonly limit?: number;
  readonly first?: 0 | 1;
  /** What tells items apart, `id` by default: pages may overlap while others create and delete. */
  readonly key?: (item: unknown) => unknown;
}

const offset = <K extends string>(items: K) =>
  ({ style: "offset", items, total: "count", limit: 1000 }) as const;
const none = <K extends string>(items: K) => ({ style: "none", items }) as const;

/** Every list of the API, by its path. */
export const PAGING = {
  "/v1/bandwidths": offset("bandwidths"),
  "/v1/cloudimages/{region_id}": { style: "marker", items: "images", limit: 500 },
  "/v1/cloudservers": { style: "page", items: "servers", total: "count", limit: 1000, first: 0 },
  "/v1/cloudservers/flavors": { style: "page", items: "flavors", total: "count", limit: 1000, first: 1 },
  "/v1/cloudvolumes": offset("volumes"),
  "/v1/cloudvolumes/volume-types": none("volume_types"),
  "/v1/deployments": offset("deployments"),
  "/v1/edgeclouds": offset("edgeclouds"),
  "/v1/firewalls": offset("firewalls"),
  "/v1/images": { style: "offset", items: "images", total: "total", limit: 500 },
  "/v1/os-keypairs": { style: "offset", items: null, limit: 1000 },
  "/v1/ports": offset("ports"),
  "/v1/publicips": offset("publicips"),
  "/v1/routetables": offset("routetables"),
  "/v1/routetables/{routetable_id}/routes": none("routes"),
  "/v1/security-group-rules": offset("security_group_rules"),
  "/v1/security-groups": offset("security_groups"),
  "/v1/share-bandwidth-types": offset("share_bandwidth_types"),
  "/v1/sites": offset("sites"),
  "/v1/subnets": offset("subnets"),
  "/v1/vpcs": offset("vpcs"),
} as const satisfies Partial<Record<keyof paths, ListStyle>>;

export type ListPath = keyof typeof PAGING;
