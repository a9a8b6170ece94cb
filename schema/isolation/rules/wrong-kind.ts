import type { ResourceNode } from "../../graph.js";
import { formatPath } from "../../unknown.js";
import { nameOf } from "../identity.js";
import { listed, refuted, type Rule } from "../rule.js";
import type { Pointer, Topology } from "../topology.js";
import { kindOf } from "../values.js";
import { candidates, nounOf } from "./wording.js";

export const wrongKind: Rule = {
  code: "IEC1010",
  severity: "error",
  reason: "Every IEC id names an object of one kind.",
  source: "[docs:apiexplorer]",
  *check(topology) {
    for (const holder of topology.subjects()) {
      for (const pointer of topology.pointers(holder.node)) {
        const objects = pointer.objects.filter((o) => kindOf(o.type).startsWith("iec_"));
        const [wrong] = objects;
        if (wrong === undefined || objects.some((object) => fits(topology, object, pointer))) continue;
        const better = candidates(topology, holder, pointer);
        yield refuted(
          holder,
          pointer.path,
          `${formatPath(pointer.path)} is the id of ${nameOf(wrong)}, but it takes ${nounOf(pointer)}.`,
          better.length > 0 ? `Use ${listed(better)}.` : `Use ${nounOf(pointer)}.`,
        );
      }
    }
  },
};

function fits(topology: Topology, object: ResourceNode, { types, place }: Pointer): boolean {
  const role = topology.roleOf(object);
  if (types.length > 0) return types.includes(kindOf(object.type));
  if (place === "vpc") return role === "vpc";
  if (place === "subnets") return role === "subnet";
  // A NIC outside of the configuration, or a virtual IP: nothing that has a place of another kind.
  if (place === "port") return role === "other" || role === undefined;
  return false;
}
