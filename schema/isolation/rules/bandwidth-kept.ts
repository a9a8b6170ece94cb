import { isUnknown } from "../../unknown.js";
import { refuted, type Rule } from "../rule.js";
import { kindOf } from "../values.js";

export const bandwidthKept: Rule = {
  code: "IEC1033",
  severity: "warning",
  reason: "A bandwidth cannot be deleted while it carries an EIP.",
  source: "[docs:DeleteBandwidth]",
  *check(topology) {
    for (const bandwidth of topology.subjectsOf("iec_bandwidth")) {
      const { node } = bandwidth;
      const written = node.values["bandwidth_id"] ?? null;
      const source = isUnknown(written) ? written.source : undefined;
      const reference = node.references.find(({ path }) => path.join(".") === "bandwidth_id");
      const eip = topology.graph.nodes.get(source?.address ?? reference?.to ?? "");
      const keep = topology.written(node, "keep");
      if (eip?.mode !== "managed" || kindOf(eip.type) !== "iec_eip" || isUnknown(keep) || keep === true)
        continue;
      yield refuted(
        bandwidth,
        ["keep"],
        `bandwidth_id comes from ${eip.address}, which a destroy deletes after this, and keep is not true.`,
        "Set keep = true, and delete the bandwidth once its EIPs are gone.",
      );
    }
  },
};
