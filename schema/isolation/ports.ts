import { isUnknown, type Path, type Value } from "../unknown.js";
import { identify, literal, open, type Identity } from "./identity.js";
import type { Link, Placed, Topology } from "./topology.js";
import { formatSource, kindOf, locate } from "./values.js";

/** Which object an attribute names. */
export function objectAt(topology: Topology, { node }: Placed, path: Path, value: Value): Identity {
  const followed = topology.follow(value);
  const [object] = topology.objectsOf(followed);
  return object ? identify(object) : (literal(followed) ?? open(followed, node, path));
}

/** Which port it is. A port that a managed resource is going to have is no other one. */
export function portAt(topology: Topology, holder: Placed, { path, target }: Link, value: Value): Identity {
  const followed = topology.follow(value);
  if (target && kindOf(target.node.type) !== "iec_server") return target.identity;
  const identity = objectAt(topology, holder, path, followed);
  const source = isUnknown(followed) ? followed.source : undefined;
  return source && target?.node.mode === "managed"
    ? { ...identity, settled: true, label: formatSource(source), unknowns: identity.unknowns }
    : identity;
}

/** The subnets that a port may be in: one, where it is known which NIC of the server it is. */
export function subnetsOfPort(topology: Topology, target: Placed, value: Value): readonly Link[] {
  if (kindOf(target.node.type) !== "iec_server") return target.subnets;
  const followed = topology.follow(value);
  if (typeof followed !== "string") return target.subnets;
  const at = locate(target.node, "nics[].port").findIndex((nic) => nic.value === followed);
  const subnet = locate(target.node, `nics[].subnet_id`)[at];
  if (subnet === undefined) return target.subnets;
  const identity = objectAt(topology, target, subnet.path, subnet.value);
  return target.subnets.filter((link) => link.identity.key === identity.key);
}
