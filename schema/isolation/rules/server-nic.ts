import { identify, literal, open, type Identity } from "../identity.js";
import type { Link, Placed, Topology } from "../topology.js";
import { kindOf, locate } from "../values.js";

interface Attached {
  readonly nic: Placed;
  readonly subnet: Link;
  readonly server: { readonly identity: Identity; readonly target: Placed | undefined };
}

/** The server that a NIC of its own belongs to. Undefined where another rule has the say. */
export function ownerOf(topology: Topology, { node }: Placed): Attached["server"] | undefined {
  const [at] = locate(node, "server_id");
  if (at === undefined) return undefined;
  const value = topology.follow(at.value);
  const [object] = topology.objectsOf(value);
  if (object === undefined)
    return { identity: literal(value) ?? open(value, node, at.path), target: undefined };
  if (kindOf(object.type) !== "iec_server") return undefined;
  return { identity: identify(object), target: topology.placed(object) };
}

/** NICs that are resources of their own, with server and subnet. */
export function* serverOf(topology: Topology): Generator<Attached> {
  for (const nic of topology.subjectsOf("iec_server_nic")) {
    const [subnet] = nic.subnets;
    const server = ownerOf(topology, nic);
    // A subnet that is left to the cloud is the right one.
    if (subnet === undefined || server === undefined) continue;
    if (topology.written(nic.node, "subnet_id") !== null) yield { nic, subnet, server };
  }
}
