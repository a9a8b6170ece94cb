import { formatPath } from "../../unknown.js";
import { refuted, type Rule } from "../rule.js";

export const subnetDhcp: Rule = {
  code: "IEC1034",
  severity: "warning",
  reason: "Without DHCP new servers get no address, and no password or key is put into them.",
  source: "[sdk]",
  *check(topology) {
    for (const holder of topology.subjectsOf("iec_server", "iec_server_nic")) {
      for (const { path, identity, target } of holder.subnets) {
        if (target === undefined || topology.written(target.node, "dhcp_enable") !== false) continue;
        yield refuted(
          holder,
          path,
          `${formatPath(path)} is ${identity.label}, whose dhcp_enable is false.`,
          `Set dhcp_enable = true on ${identity.label}, or set the address up inside of the server.`,
        );
      }
    }
  },
};
