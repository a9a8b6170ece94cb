import { formatPath, isUnknown } from "../../unknown.js";
import { contains, formatRange, parseRange } from "../cidr.js";
import { conditional, refuted, type Rule } from "../rule.js";
import { namesOf } from "../values.js";

export const gateway: Rule = {
  code: "IEC1027",
  severity: "error",
  reason: "The gateway of a subnet is an address of the subnet.",
  source: "[sdk] [docs:apiexplorer]",
  *check(topology) {
    const path = ["gateway_ip"];
    for (const subnet of topology.subjectsOf("iec_vpc_subnet")) {
      const { cidr, range, node } = subnet;
      const value = topology.written(node, "gateway_ip");
      if (value === null || cidr === undefined) continue;
      const unknowns = [
        ...(isUnknown(value) ? namesOf(value, node, path) : []),
        ...(isUnknown(cidr.value) ? namesOf(cidr.value, node, cidr.path) : []),
      ];
      if (unknowns.length > 0) yield conditional(subnet, path, "the gateway lies in the subnet", unknowns);
      if (typeof value !== "string") continue;
      const address = parseRange(`${value}/32`);
      if (range === undefined || address === undefined || contains(range, address)) continue;
      const first = formatRange({ first: range.first + 1, last: range.first + 1 }).replace("/32", "");
      yield refuted(
        subnet,
        path,
        `gateway_ip is ${value}, but ${formatPath(cidr.path)} is ${formatRange(range)}.`,
        `Use an address of that range, such as ${first}.`,
      );
    }
  },
};
