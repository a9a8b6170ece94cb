import { formatPath, isUnknown } from "../../unknown.js";
import { formatRange, parseRange } from "../cidr.js";
import { joint, twice, type Claim } from "../claims.js";
import { literal, open } from "../identity.js";
import { objectAt } from "../ports.js";
import type { Rule } from "../rule.js";
import { locate } from "../values.js";

export const routeTwice: Rule = {
  code: "IEC1026",
  severity: "error",
  reason: "A destination is unique in its route table.",
  source: "[docs:apiexplorer]",
  *check(topology) {
    if (topology.subjectsOf("iec_route").length === 0) return;
    const claims = topology.ofType("iec_route").flatMap((holder): Claim[] => {
      const [[table], [to]] = [locate(holder.node, "route_table_id"), locate(holder.node, "destination")];
      if (table === undefined || to === undefined) return [];
      const value = topology.follow(to.value);
      const range = typeof value === "string" ? parseRange(value) : undefined;
      const destination = isUnknown(value)
        ? open(value, holder.node, to.path)
        : literal(range ? formatRange(range) : value);
      const owner = objectAt(topology, holder, table.path, table.value);
      return destination ? [{ holder, path: to.path, thing: joint(owner, destination) }] : [];
    });
    yield* twice(topology, claims, "no other route of the table leads there", (later, first) => ({
      detail: `${formatPath(later.path)} is ${later.thing.label}, to which ${first.holder.identity.label} leads in the same route table.`,
      fix: "Remove one of the two, or change its destination.",
    }));
  },
};
