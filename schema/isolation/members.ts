import { isList, isUnknown } from "../unknown.js";
import { objectAt } from "./ports.js";
import type { Identity } from "./identity.js";
import { siteOf, type Placed, type Topology } from "./topology.js";
import { locate } from "./values.js";

/** Resources whose ports are in security groups. */
const HOLDERS = ["iec_server", "iec_server_nic", "iec_vip"] as const;

/**
 * The subnets that members of a security group are in, one for each place. Undefined where members may be anywhere:
 * those of an edge service are placed by the cloud, and a list that is not known may hold any group.
 */
export function membersOf(topology: Topology): (group: Identity) => readonly Placed[] | undefined {
  const groups = new Map<string, Map<string, Placed>>();
  const scattered = new Set<string>();
  let anywhere = false;
  for (const service of topology.ofType("iec_edge_service")) {
    for (const { path, value } of locate(service.node, "stack_resources[].security_groups[]"))
      scattered.add(objectAt(topology, service, path, value).key);
  }
  for (const holder of HOLDERS.flatMap((type) => topology.ofType(type))) {
    const written = topology.written(holder.node, "security_groups");
    if (isUnknown(written)) anywhere = true;
    if (!isList(written)) continue;
    for (const { path, value } of locate(holder.node, "security_groups[]")) {
      const group = objectAt(topology, holder, path, value);
      if (!group.settled) anywhere = true;
      for (const { target } of holder.subnets) {
        if (target === undefined) scattered.add(group.key);
        else placesOf(groups, group.key).set(placeOf(target), target);
      }
      if (holder.subnets.length === 0) scattered.add(group.key);
    }
  }
  return ({ key }) => (anywhere || scattered.has(key) ? undefined : [...(groups.get(key)?.values() ?? [])]);
}

const placeOf = (subnet: Placed): string =>
  `${subnet.vpc?.identity.key ?? subnet.identity.key}|${siteOf(subnet)?.key ?? subnet.identity.key}`;

function placesOf(groups: Map<string, Map<string, Placed>>, key: string): Map<string, Placed> {
  let places = groups.get(key);
  if (places === undefined) groups.set(key, (places = new Map<string, Placed>()));
  return places;
}
