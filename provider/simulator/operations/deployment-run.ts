import { findLine, openSite, type Site } from "../catalog.js";
import { isoSeconds } from "../clock.js";
import type { Cloud } from "../cloud.js";
import { codes, Refusal } from "../errors.js";
import type { Deployment, Edgecloud, Placement, Resource } from "../model-edge-services.js";
import type { Call } from "../operation.js";
import { freeAddresses } from "./addresses.js";
import { chooseBandwidth } from "./bandwidths.js";
import { checkSettings, type InstanceDraft, instanceName, makeInstance } from "./instance-create.js";
import { stackCount } from "./scheduling.js";
import { systemSubnet, systemVpc } from "./system-subnets.js";

/** An instance to be made: one of a resource's at a site. */
interface Slot {
  readonly placement: Placement;
  readonly site: Site;
  readonly resource: Resource;
}

/** What became of the instances that a plan asks for. */
interface Result {
  good: number;
  /** Ended in ERROR. */
  broken: number;
  /** Never made. */
  missing: number;
  /** Why the last of the missing could not be made, when it was not for room. */
  reason: string;
}

/**
 * Makes the instances that a plan places, as far as the sites still have room, and lets the service live through it.
 * Cards come from subnets of the SYSTEM VPC, which the system makes at each site.
 */
export function carryOut(cloud: Cloud, call: Call, deployment: Deployment, service: Edgecloud): void {
  const { stack, coverage } = deployment;
  const slots = slotsOf(cloud, deployment);
  const wanted = stackCount(coverage) * stack.resources.reduce((sum, { count = 1 }) => sum + count, 0);
  const firstBroken = slots.length - brokenOf(call, slots.length);
  const numbered = new Map(Object.entries(service.numbered));
  const result: Result = { good: 0, broken: 0, missing: wanted - slots.length, reason: "" };
  slots.forEach((slot, position) => {
    const base = slot.resource.name;
    const number = (numbered.get(base) ?? 0) + 1;
    const fails = position >= firstBroken;
    try {
      makeInstance(cloud, draftOf(cloud, slot, service.id, number, fails));
      numbered.set(base, number);
      result[fails ? "broken" : "good"] += 1;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      result.missing += 1;
      result.reason = error.message;
    }
  });
  cloud.tables.deployments.change(deployment.id, { status: "closed", edgecloud_id: service.id });
  cloud.tables.edgeclouds.change(service.id, {
    stacks: [...service.stacks, { ...stack, id: cloud.newId() }],
    coverage: {
      ...service.coverage,
      coverage_sites: [...service.coverage.coverage_sites, ...coverage.coverage_sites],
    },
    numbered: Object.fromEntries(numbered),
    update_at: isoSeconds(cloud.now),
  });
  live(cloud, service, result);
}

/** What the sites have room for right now, whole stacks only. */
function slotsOf(cloud: Cloud, { placements, stack }: Deployment): Slot[] {
  const room = new Map(placements.map(({ site_id }) => [site_id, cloud.room(site_id)]));
  return placements.flatMap((placement) => {
    const site = openSite(placement.site_id, "coverage_sites.site");
    const once = stack.resources.flatMap((resource) =>
      Array.from({ length: resource.count ?? 1 }, () => ({ placement, site, resource })),
    );
    const left = room.get(site.id) ?? 0;
    const stacks = Math.min(placement.stack_count, Math.floor(left / once.length));
    room.set(site.id, left - stacks * once.length);
    return Array.from({ length: stacks }, () => once).flat();
  });
}

/** How many of the instances end in ERROR: the last ones. */
function brokenOf({ mishaps }: Call, instances: number): number {
  if (mishaps.has("jobFailed")) return instances;
  return mishaps.has("partialEdgeService") ? Math.ceil(instances / 2) : 0;
}

function draftOf(
  cloud: Cloud,
  slot: Slot,
  edgecloudId: string,
  number: number,
  fails: boolean,
): InstanceDraft {
  const { site, resource, placement } = slot;
  const { vpc_id, nic_num, allowed_address_pairs: pairs = [] } = resource.net_config;
  const subnet = systemSubnet(cloud, systemVpc(cloud, vpc_id), site, nic_num);
  const groups = checkSettings(cloud, resource);
  const line = findLine(site, placement.pool_id, "pool_id");
  return {
    name: instanceName(site, resource.name, resource.with_prefix, number),
    site,
    index: number - 1,
    vpcId: vpc_id,
    settings: resource,
    disks: [resource.root_volume, ...(resource.data_volumes ?? [])],
    nics: freeAddresses(cloud, subnet, nic_num).map((address) => ({ subnet, pairs, groups, address })),
    uplinks: resource.bandwidth
      ? [{ line, bandwidth: chooseBandwidth(cloud, site, line, { type: placement.bandwidth_type }) }]
      : [],
    edgecloudId,
    fails,
  };
}

/** Plans the service's next statuses; the counts come with the last one. */
function live(cloud: Cloud, service: Edgecloud, result: Result): void {
  const at = cloud.after("edgecloudInService");
  const failed = result.broken + result.missing;
  const end: Partial<Edgecloud> = {
    status: failed > 0 ? "failed" : "inService",
    success_num: service.success_num + result.good,
    failed_num: service.failed_num + failed,
    fail_reason: failReason(result),
    edge_regions: regionsOf(cloud, service.id),
    update_at: isoSeconds(at),
  };
  const scheduling = { at: cloud.after("edgecloudScheduling"), patch: { status: "scheduling" as const } };
  const first = service.status === "creating";
  cloud.tables.edgeclouds.change(
    service.id,
    { status: first ? "creating" : "updating" },
    ...(first ? [scheduling] : []),
    { at, patch: end },
  );
}

function failReason({ good, broken, missing, reason }: Result): Edgecloud["fail_reason"] {
  if (broken + missing === 0) return { fail_code: "", fail_message: "" };
  const all = good + broken + missing;
  const parts = [
    ...(missing > 0 ? [`${missing} of ${all} instances could not be placed`] : []),
    ...(broken > 0 ? [`${broken} of ${all} instances ended in ERROR`] : []),
    ...(reason ? [reason] : []),
  ];
  return { fail_code: missing > 0 ? codes.noRoom : codes.instanceFailed, fail_message: parts.join("; ") };
}

/** The sites where the service has instances. */
function regionsOf(cloud: Cloud, edgecloudId: string): number {
  const sites = new Set<string>();
  for (const server of cloud.tables.servers.all())
    if (server.edgecloud_id === edgecloudId) sites.add(server.site_id);
  return sites.size;
}
