import { formatPath, isUnknown } from "../../unknown.js";
import { contains, formatRange, freeRange, sizeOf } from "../cidr.js";
import { conditional, refuted, type Rule } from "../rule.js";
import type { Placed } from "../topology.js";
import { namesOf } from "../values.js";

export const subnetRange: Rule = {
  code: "IEC1004",
  severity: "error",
  reason: "A subnet's range lies inside its VPC's range.",
  source: "[sdk] [tf-provider]",
  *check(topology) {
    for (const subnet of topology.subjects("subnet")) {
      const { vpc, cidr } = subnet;
      if (vpc === undefined || cidr === undefined) continue;
      const open = [
        ...rangeUnknowns(subnet),
        ...(vpc.target ? rangeUnknowns(vpc.target) : vpc.identity.unknowns),
      ];
      if (open.length > 0) {
        const question = `${formatPath(cidr.path)} lies in the range of ${vpc.identity.label}`;
        yield conditional(subnet, cidr.path, question, open);
      }
      const outer = vpc.target?.range;
      if (subnet.range === undefined || outer === undefined || contains(outer, subnet.range)) continue;
      const taken = topology.at("subnet", vpc.identity, undefined).flatMap(({ range }) => range ?? []);
      const free = freeRange(outer, sizeOf(subnet.range), taken);
      yield refuted(
        subnet,
        cidr.path,
        `${formatPath(cidr.path)} is ${formatRange(subnet.range)}, but ${vpc.identity.label} has the range ${formatRange(outer)}.`,
        `Use a range inside ${formatRange(outer)}${free ? `, such as ${formatRange(free)}` : ""}, or change the VPC's range.`,
      );
    }
  },
};

function rangeUnknowns({ node, cidr }: Placed): string[] {
  return cidr && isUnknown(cidr.value) ? namesOf(cidr.value, node, cidr.path) : [];
}
