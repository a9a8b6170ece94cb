import { homesOf } from "../bandwidths.js";
import { refuted, type Rule } from "../rule.js";
import type { Placed } from "../topology.js";

const MOST = 150;

export const bandwidthCount: Rule = {
  code: "IEC1031",
  severity: "warning",
  reason: "A shared bandwidth carries at most 150 EIPs; the account's quota shareBandwidthIP may differ.",
  source: "[docs:usermanual bandwidth]",
  *check(topology) {
    if (topology.subjectsOf("iec_eip").length === 0 || topology.ofType("iec_eip").length <= MOST) return;
    const homeOf = homesOf(topology);
    const carried = new Map<string, { readonly label: string; readonly eips: Placed[] }>();
    for (const eip of topology.ofType("iec_eip")) {
      if (eip.node.mode !== "managed") continue;
      const home = homeOf(topology.written(eip.node, "bandwidth_id"));
      // An EIP without a bandwidth of another brings one along.
      const { key, label } = home ?? ownBandwidth(eip);
      const group = carried.get(key) ?? { label, eips: [] };
      carried.set(key, group);
      group.eips.push(eip);
    }
    for (const { label, eips } of carried.values()) {
      const beyond = eips.slice(MOST).find((eip) => topology.isSubject(eip));
      if (beyond === undefined) continue;
      yield refuted(
        beyond,
        ["bandwidth_id"],
        `${eips.length} EIPs of this configuration are on ${label}.`,
        `Put ${eips.length - MOST} of them on another bandwidth.`,
      );
    }
  },
};

const ownBandwidth = ({ node }: Placed) => ({
  key: `${node.address}.bandwidth_id`,
  label: `${node.address}.bandwidth_id`,
});
