import { formatPath, isUnknown, type Value } from "../../unknown.js";
import { conditional, refuted, type Judgement, type Rule } from "../rule.js";
import type { Link, Placed, Topology } from "../topology.js";
import { kindOf } from "../values.js";

export const subnetIpv6: Rule = {
  code: "IEC1035",
  severity: "error",
  reason: "A port has an IPv6 address only on a subnet that has IPv6.",
  source: "[sdk] [docs:usermanual IPv6]",
  *check(topology) {
    for (const vip of topology.subjectsOf("iec_vip")) {
      const [subnet] = vip.subnets;
      const version = versionOf(topology, vip);
      if (subnet === undefined || version === 4) continue;
      for (const judgement of needsIpv6(topology, vip, subnet.path, [subnet])) {
        if (version === 6) yield judgement;
        else yield conditional(vip, subnet.path, "it is of IPv4", [`${vip.node.address}.ip_version`]);
      }
    }
    for (const attachment of topology.subjectsOf("iec_ipv6_bandwidth_attachment")) {
      const [port] = attachment.ports;
      const target = port?.target;
      if (port === undefined) continue;
      const { path, identity } = port;
      const version = target && kindOf(target.node.type) === "iec_vip" ? versionOf(topology, target) : 6;
      if (target === undefined || version === undefined) {
        const unknowns = target ? [`${target.node.address}.ip_version`] : identity.unknowns;
        yield conditional(attachment, path, "the port has an IPv6 address", unknowns);
      } else if (version === 4) {
        yield refuted(
          attachment,
          path,
          `${formatPath(path)} is ${identity.label}, a virtual IP of IPv4.`,
          `Set ip_version = 6 on ${identity.label}; an IPv4 address gets public access by an iec_eip.`,
        );
      } else yield* needsIpv6(topology, attachment, path, target.subnets);
    }
  },
};

/** Of a virtual IP; undefined when it is not known. */
function versionOf(topology: Topology, { node }: Placed): number | undefined {
  const [version, address] = [topology.written(node, "ip_version"), topology.written(node, "ip_address")];
  if (typeof version === "number") return version;
  if (typeof address === "string") return address.includes(":") ? 6 : 4;
  return isUnknown(version) || isUnknown(address) ? undefined : 4;
}

function* needsIpv6(
  topology: Topology,
  holder: Placed,
  path: Link["path"],
  subnets: readonly Link[],
): Generator<Judgement> {
  const has = subnets.map(({ target, identity }): true | false | string => {
    if (target === undefined) return identity.label;
    const value: Value = topology.written(target.node, "ipv6_enable");
    if (isUnknown(value) || (value === null && target.node.mode !== "managed"))
      return `${target.node.address}.ipv6_enable`;
    return value === true;
  });
  if (has.length === 0 || has.includes(true)) return;
  const names = subnets.map(({ identity }) => identity.label).join(", ");
  const open = has.filter((one) => typeof one === "string");
  if (open.length > 0) yield conditional(holder, path, `${names} has IPv6`, open);
  else {
    yield refuted(
      holder,
      path,
      `${formatPath(path)} leads to ${names}, whose ipv6_enable is not true.`,
      "Set ipv6_enable = true there, with the pool_id of an IPv6 line of the site.",
    );
  }
}
