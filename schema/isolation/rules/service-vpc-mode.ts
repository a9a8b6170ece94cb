import { formatPath, isUnknown } from "../../unknown.js";
import { conditional, refuted, type Rule } from "../rule.js";
import { namesOf } from "../values.js";

export const serviceVpcMode: Rule = {
  code: "IEC1029",
  severity: "error",
  reason: "The VPC of an edge service is of mode SYSTEM: the cloud makes its subnets where servers go.",
  source: "[docs:apiexplorer]",
  *check(topology) {
    for (const service of topology.subjectsOf("iec_edge_service", "iec_deployment_plan")) {
      for (const { path, identity, target } of service.vpcs) {
        const question = `${identity.label} is a SYSTEM VPC`;
        if (target === undefined) {
          yield conditional(service, path, question, identity.unknowns);
          continue;
        }
        const mode = topology.written(target.node, "mode");
        if (isUnknown(mode)) yield conditional(service, path, question, namesOf(mode, target.node, ["mode"]));
        else if (mode === "CUSTOMER") {
          yield refuted(
            service,
            path,
            `${formatPath(path)} is ${identity.label}, whose mode is CUSTOMER.`,
            `Use a VPC of mode SYSTEM; servers in a CUSTOMER VPC are made as iec_server.`,
          );
        }
      }
    }
  },
};
