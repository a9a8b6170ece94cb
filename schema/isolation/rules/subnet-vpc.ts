import { formatPath } from "../../unknown.js";
import { conditional, unlessSame, type Rule } from "../rule.js";

export const subnetVpc: Rule = {
  code: "IEC1016",
  severity: "error",
  reason: "A network ACL names each subnet with its VPC, and a route table serves subnets of its own VPC.",
  source: "[sdk] [docs:usermanual route table]",
  *check(topology) {
    for (const holder of topology.subjectsOf("iec_network_acl", "iec_route_table")) {
      for (const { path, identity, target } of holder.subnets) {
        // Of an ACL, the VPC of the same item.
        const own = holder.vpcs.find((vpc) => vpc.path.length === 1 || vpc.path[1] === path[1]);
        if (own === undefined) continue;
        const question = () => `${formatPath(path)} is a subnet of ${own.identity.label}`;
        const vpc = target?.vpc?.identity;
        if (vpc === undefined) {
          if (target === undefined) yield conditional(holder, path, question(), identity.unknowns);
          continue;
        }
        yield* unlessSame(holder, path, [vpc, own.identity], question, () => ({
          detail: `${formatPath(path)} is ${identity.label} (VPC ${vpc.label}), but ${formatPath(own.path)} is ${own.identity.label}.`,
          fix: `Use a subnet of ${own.identity.label} there, or set ${formatPath(own.path)} to ${vpc.label}.`,
        }));
      }
    }
  },
};
