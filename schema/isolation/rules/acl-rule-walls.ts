import { formatPath } from "../../unknown.js";
import { aclRuleOf, sidesOf, subnetsBehind } from "../acl-rules.js";
import { formatRange } from "../cidr.js";
import { conditional, refuted, type Rule } from "../rule.js";
import { wallOf, wallsOf } from "../walls.js";

export const aclRuleWalls: Rule = {
  code: "IEC1019",
  severity: "warning",
  reason:
    "Subnets of different sites or VPCs are not connected, and ACL rules meant to join them have no effect.",
  source: "[docs:usermanual network ACL]",
  *check(topology) {
    const subjects = topology.subjectsOf("iec_network_acl_rule");
    if (subjects.length === 0) return;
    const walls = wallsOf(topology);
    for (const subject of subjects) {
      const rule = aclRuleOf(topology, subject);
      if (rule?.action !== "allow") continue;
      const { far, farPath, near } = sidesOf(rule);
      const behind = subnetsBehind(rule.acl);
      if (far === undefined || far === "any" || near === undefined || behind === undefined) continue;
      const wall = walls(behind, far);
      if (wall?.kind === "open") {
        yield conditional(subject, farPath, "those subnets are connected", wall.unknowns);
      } else if (wall?.kind === "wall") {
        const acl = rule.acl.identity.label;
        yield refuted(
          subject,
          farPath,
          `${formatPath(farPath)} is ${formatRange(far)}, which lies in ${wall.far.identity.label} (${wallOf(wall.local, wall.far)}); ${acl} stands in front of ${wall.local.identity.label}.`,
          "Remove the rule. To reach another site or VPC, go over EIPs: name the public addresses of the other side.",
        );
      }
    }
  },
};
