import { formatPath } from "../../unknown.js";
import { isCentralId } from "../central.js";
import { listed, refuted, type Rule } from "../rule.js";
import { candidates, nounOf } from "./wording.js";

export const missingObject: Rule = {
  code: "IEC1011",
  severity: "error",
  reason: "Ids of the central cloud's VPC, ECS, EVS or EIP never work in IEC.",
  source: "[docs:FAQ network]",
  *check(topology) {
    if (topology.missing.size === 0) return;
    for (const holder of topology.subjects()) {
      for (const pointer of topology.pointers(holder.node)) {
        const id = pointer.value;
        if (typeof id !== "string" || !topology.missing.has(id) || isCentralId(id)) continue;
        if (pointer.objects.length > 0) continue;
        const better = candidates(topology, holder, pointer);
        yield refuted(
          holder,
          pointer.path,
          `${formatPath(pointer.path)} is ${JSON.stringify(id)}. It takes ${nounOf(pointer)}, and this account has none with that id.`,
          better.length > 0 ? `Use ${listed(better)}.` : `Use ${nounOf(pointer)} that exists.`,
        );
      }
    }
  },
};
