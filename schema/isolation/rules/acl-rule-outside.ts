import { formatPath, isUnknown } from "../../unknown.js";
import { aclRuleOf, sidesOf, subnetsBehind } from "../acl-rules.js";
import { formatRange, overlaps } from "../cidr.js";
import { destinationsOf } from "../hops.js";
import { conditional, listed, refuted, type Rule } from "../rule.js";
import { namesOf } from "../values.js";

export const aclRuleOutside: Rule = {
  code: "IEC1021",
  severity: "warning",
  reason: "A network ACL sees what enters and leaves its subnets: traffic between others does not meet it.",
  source: "[docs:usermanual network ACL]",
  *check(topology) {
    const subjects = topology.subjectsOf("iec_network_acl_rule");
    if (subjects.length === 0) return;
    // What is passed on for others has foreign addresses on the near side.
    const routes = destinationsOf(topology);
    for (const subject of subjects) {
      const rule = aclRuleOf(topology, subject);
      if (rule === undefined) continue;
      const { near, nearPath } = sidesOf(rule);
      const behind = subnetsBehind(rule.acl);
      if (near === undefined || near === "any" || behind === undefined || behind.length === 0) continue;
      if (behind.some(({ range }) => range && overlaps(range, near))) continue;
      if (routes.some((route) => overlaps(route, near))) continue;
      const open = behind.filter(({ range }) => range === undefined);
      if (open.length > 0) {
        const unknowns = open.flatMap(({ node, cidr }) =>
          cidr && isUnknown(cidr.value)
            ? namesOf(cidr.value, node, cidr.path)
            : [`the range of ${node.address}`],
        );
        yield conditional(subject, nearPath, "the rule concerns the ACL's subnets", unknowns);
        continue;
      }
      const ranges = behind.map(
        ({ identity, range }) => `${identity.label} (${range ? formatRange(range) : ""})`,
      );
      yield refuted(
        subject,
        nearPath,
        `${formatPath(nearPath)} is ${formatRange(near)}, but ${rule.acl.identity.label} stands in front of ${listed(ranges, "and")}.`,
        `For ${rule.direction} traffic ${formatPath(nearPath)} is an address of those subnets: leave it out, or use one of their ranges.`,
      );
    }
  },
};
