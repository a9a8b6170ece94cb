import { formatPath, isUnknown } from "../../unknown.js";
import { conditional, refuted, type Rule } from "../rule.js";
import { namesOf } from "../values.js";

export const subnetMode: Rule = {
  code: "IEC1006",
  severity: "error",
  reason: "The cloud makes the subnets of a SYSTEM VPC; making one by hand is refused.",
  source: "[docs:ErrorCode]",
  *check(topology) {
    for (const subnet of topology.subjects("subnet")) {
      const { vpc } = subnet;
      if (vpc === undefined) continue;
      const question = `${vpc.identity.label} is a CUSTOMER VPC`;
      if (vpc.target === undefined) {
        yield conditional(subnet, vpc.path, question, vpc.identity.unknowns);
        continue;
      }
      const { node } = vpc.target;
      const mode = topology.follow(node.values["mode"] ?? null);
      // What is not set in a configuration is SYSTEM; what is not told of an object elsewhere is not known.
      if (isUnknown(mode)) yield conditional(subnet, vpc.path, question, namesOf(mode, node, ["mode"]));
      else if (mode === null && node.mode !== "managed") {
        yield conditional(subnet, vpc.path, question, [`${node.address}.mode`]);
      } else if (mode === null || mode === "SYSTEM") {
        yield refuted(
          subnet,
          vpc.path,
          `${formatPath(vpc.path)} is ${vpc.identity.label}, whose mode is SYSTEM${mode === null ? " (the default)" : ""}.`,
          node.mode === "managed"
            ? `Set mode = "CUSTOMER" on ${vpc.identity.label} (a VPC that exists is replaced by that), or remove the subnet.`
            : "Use a VPC of mode CUSTOMER, or remove the subnet.",
        );
      }
    }
  },
};
