import { isUnknown } from "../unknown.js";
import { parseRange, type Range } from "./cidr.js";
import type { Placed, Topology } from "./topology.js";
import { kindOf } from "./values.js";

/** A side of a rule: anywhere, a range, or what is not known (or no IPv4 range). */
export type Side = "any" | Range | undefined;

/** A rule of a network ACL that is in force. */
export interface AclRule {
  readonly placed: Placed;
  readonly acl: Placed;
  readonly direction: "ingress" | "egress";
  readonly action: string;
  readonly version: number;
  readonly protocol: string;
  readonly source: Side;
  readonly destination: Side;
  /** As written: `80`, `80-90`; null for every port. */
  readonly sourcePort: string | null;
  readonly destinationPort: string | null;
}

/** Undefined where something but the sides is not known, or the rule or its ACL is switched off. */
export function aclRuleOf(topology: Topology, placed: Placed): AclRule | undefined {
  const { node } = placed;
  const read = (name: string) => topology.written(node, name);
  const [found] = topology.objectsOf(read("network_acl_id"));
  if (found === undefined || kindOf(found.type) !== "iec_network_acl") return undefined;
  const acl = topology.placed(found);
  const direction = read("direction");
  const rest = {
    action: read("action") ?? "allow",
    version: read("ip_version") ?? 4,
    protocol: read("protocol") ?? "any",
    sourcePort: read("source_port"),
    destinationPort: read("destination_port"),
  };
  if (direction !== "ingress" && direction !== "egress") return undefined;
  if ((read("enabled") ?? true) !== true || (topology.written(found, "admin_state_up") ?? true) !== true)
    return undefined;
  if (Object.values<unknown>(rest).some(isUnknown)) return undefined;
  const side = (name: string): Side => {
    const value = read(name);
    if (value === null || value === "") return "any";
    return typeof value === "string" ? rangeOf(value) : undefined;
  };
  return {
    placed,
    acl,
    direction,
    ...(rest as Pick<AclRule, "action" | "version" | "protocol" | "sourcePort" | "destinationPort">),
    source: side("source_ip_address"),
    destination: side("destination_ip_address"),
  };
}

/** An address is the range that holds nothing else. */
export const rangeOf = (text: string): Range | undefined =>
  parseRange(text.includes("/") ? text : `${text}/32`);

/** The side that is in the ACL's subnets, and the other one. */
export const sidesOf = ({ direction, source, destination }: AclRule) =>
  direction === "ingress"
    ? {
        near: destination,
        far: source,
        nearPath: ["destination_ip_address"],
        farPath: ["source_ip_address"],
      }
    : {
        near: source,
        far: destination,
        nearPath: ["source_ip_address"],
        farPath: ["destination_ip_address"],
      };

/** The subnets behind an ACL; undefined when one of them is not known. */
export function subnetsBehind({ subnets }: Placed): readonly Placed[] | undefined {
  const found = subnets.flatMap(({ target }) => target ?? []);
  return found.length === subnets.length ? found : undefined;
}
