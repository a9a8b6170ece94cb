import { formatPath } from "../../unknown.js";
import { twice } from "../claims.js";
import type { Rule } from "../rule.js";

export const subnetAcls: Rule = {
  code: "IEC1017",
  severity: "warning",
  reason: "One subnet holds at most one network ACL.",
  source: "[inferred]",
  *check(topology) {
    if (topology.subjectsOf("iec_network_acl").length === 0) return;
    const claims = topology
      .ofType("iec_network_acl")
      .flatMap((holder) => holder.subnets.map(({ path, identity }) => ({ holder, path, thing: identity })));
    yield* twice(topology, claims, "no other ACL has the same subnet", (later, first) => ({
      detail: `${formatPath(later.path)} is ${later.thing.label}, which ${first.holder.identity.label} has as well.`,
      fix: `Name the subnet in one of the two ACLs only, and bring the rules it needs together there.`,
    }));
  },
};
