import { formatPath, isList, isUnknown } from "../../unknown.js";
import { twice, type Claim } from "../claims.js";
import { portAt } from "../ports.js";
import { refuted, type Rule } from "../rule.js";
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
    yield* twice(topology, claims, "no other EIP is bound to the same port", (later, first) => ({
      detail: `${formatPath(later.path)} is ${later.thing.label}, which ${first.holder.identity.label} is bound to as well.`,
      fix: `Bind it to another port, or remove one of the two EIPs.`,
    }));
    for (const eip of subjects) {
      const server = eip.port?.target?.node;
      if (eip.port === undefined || server === undefined || kindOf(server.type) !== "iec_server") continue;
      // With one NIC there is no doubt which one has the server's own EIP.
      const subnets = topology.follow(server.values["subnet_ids"] ?? null);
      const own = topology.follow(server.values["bind_eip"] ?? null);
      if (own !== true || isUnknown(subnets) || !isList(subnets) || subnets.length !== 1) continue;
      yield refuted(
        eip,
        eip.port.path,
        `${formatPath(eip.port.path)} is the only NIC of ${eip.port.identity.label}, which has an EIP of its own: bind_eip is true.`,
        "Remove bind_eip (that replaces the server), or this EIP.",
      );
    }
  },
};
