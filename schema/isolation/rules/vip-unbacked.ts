import { formatPath, isList, isUnknown } from "../../unknown.js";
import { conditional, refuted, type Rule } from "../rule.js";
import { kindOf, namesOf } from "../values.js";

export const vipUnbacked: Rule = {
  code: "IEC1015",
  severity: "warning",
  reason: "An EIP on a virtual IP works only once a NIC is bound to the virtual IP.",
  source: "[docs:usermanual virtual IP]",
  *check(topology) {
    for (const eip of topology.subjectsOf("iec_eip")) {
      const vip = eip.port?.target;
      if (eip.port === undefined || vip?.node.mode !== "managed" || kindOf(vip.node.type) !== "iec_vip")
        continue;
      const ports = topology.follow(vip.node.values["port_ids"] ?? null);
      if (isUnknown(ports)) {
        const question = `a NIC is behind ${vip.identity.label}`;
        yield conditional(eip, eip.port.path, question, namesOf(ports, vip.node, ["port_ids"]));
      } else if (ports === null || (isList(ports) && ports.length === 0)) {
        yield refuted(
          eip,
          eip.port.path,
          `${formatPath(eip.port.path)} is ${vip.identity.label}, whose port_ids are empty.`,
          `Put a server's NIC behind it: port_ids = [iec_server.NAME.nics[0].port] on ${vip.identity.label}.`,
        );
      }
    }
  },
};
