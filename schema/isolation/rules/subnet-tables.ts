import { formatPath } from "../../unknown.js";
import { twice } from "../claims.js";
import type { Rule } from "../rule.js";

export const subnetTables: Rule = {
  code: "IEC1018",
  severity: "error",
  reason: "A subnet has exactly one route table.",
  source: "[docs:usermanual route table]",
  *check(topology) {
    if (topology.subjectsOf("iec_route_table").length === 0) return;
    const claims = topology
      .ofType("iec_route_table")
      .filter(({ node }) => node.mode === "managed")
      .flatMap((holder) => holder.subnets.map(({ path, identity }) => ({ holder, path, thing: identity })));
    yield* twice(topology, claims, "no other route table has the same subnet", (later, first) => ({
      detail: `${formatPath(later.path)} is ${later.thing.label}, which ${first.holder.identity.label} has as well.`,
      fix: `Name the subnet in one of the two route tables only.`,
    }));
  },
};
