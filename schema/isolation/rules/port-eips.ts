import type { ResourceNode } from "../../graph.js";
import { formatPath, isList } from "../../unknown.js";
import { twice, type Claim } from "../claims.js";
import { portAt } from "../ports.js";
import { conditional, refuted, type Rule } from "../rule.js";
import type { Topology } from "../topology.js";
import { kindOf, locate } from "../values.js";

export const portEips: Rule = {
  code: "IEC1013",
  severity: "error",
  reason: "A port, be it a NIC or a virtual IP, takes one EIP.",
  source: "[docs:usermanual virtual IP] [inferred]",
  *check(topology) {
    const subjects = topology.subjectsOf("iec_eip");
    if (subjects.length === 0) return;
    const claims = topology.ofType("iec_eip").flatMap((holder): Claim[] => {
      const [at] = locate(holder.node, "port_id");
      if (at === undefined || holder.port === undefined) return [];
      return [{ holder, path: at.path, thing: portAt(topology, holder, holder.port, at.value) }];
    });
    const question = "no other EIP is bound to the same port";
    yield* twice(topology, claims, question, (later, first) => ({
      detail: `${formatPath(later.path)} is ${later.thing.label}, which ${first.holder.identity.label} is bound to as well.`,
      fix: `Bind it to another port, or remove one of the two EIPs.`,
    }));
    for (const eip of subjects) {
      if (eip.port === undefined) continue;
      const { path, identity, target } = eip.port;
      if (target !== undefined && hasOwnEip(topology, target.node)) {
        yield refuted(
          eip,
          path,
          `${formatPath(path)} is the only NIC of ${identity.label}, which has an EIP of its own: bind_eip is true.`,
          "Remove bind_eip (that replaces the server), or this EIP.",
        );
      }
      const alone = claims.length === 1 && target === undefined && !identity.settled;
      if (alone && topology.ofType("iec_server").some(({ node }) => hasOwnEip(topology, node)))
        yield conditional(eip, path, question, identity.unknowns);
    }
  },
};

/** With one NIC there is no doubt which one has the server's own EIP. */
function hasOwnEip(topology: Topology, { type, values }: ResourceNode): boolean {
  if (kindOf(type) !== "iec_server") return false;
  const subnets = topology.follow(values["subnet_ids"] ?? null);
  return topology.follow(values["bind_eip"] ?? null) === true && isList(subnets) && subnets.length === 1;
}
