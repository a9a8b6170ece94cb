import { formatPath } from "../../unknown.js";
import { conditional, listed, unlessSame, type Rule } from "../rule.js";
import { siteOf } from "../topology.js";
import { namesOfAll } from "./wording.js";

export const serverVpc: Rule = {
  code: "IEC1001",
  severity: "error",
  reason:
    "Subnets of different VPCs are not connected, and every NIC of a server is in the server's one VPC.",
  *check(topology) {
    for (const server of topology.subjects("server")) {
      const own = server.vpc;
      if (own === undefined) continue;
      for (const { path, identity, target } of server.subnets) {
        const question = `${formatPath(path)} is a subnet of ${own.identity.label}`;
        if (target === undefined) yield conditional(server, path, question, identity.unknowns);
        if (target?.vpc === undefined) continue;
        const other = target.vpc.identity;
        yield* unlessSame(server, path, [other, own.identity], question, () => {
          const better = namesOfAll(topology.at("subnet", own.identity, siteOf(server)));
          const allThere = server.subnets.every((nic) => nic.target?.vpc?.identity.key === other.key);
          return {
            detail: `${formatPath(path)} is ${identity.label} (VPC ${other.label}), but ${formatPath(own.path)} puts the server in VPC ${own.identity.label}.`,
            fix:
              (better.length > 0
                ? `Use ${listed(better)} (VPC ${own.identity.label}) there`
                : `Create a subnet of ${own.identity.label} in the server's site and use it there`) +
              (allThere ? `, or set ${formatPath(own.path)} to ${other.label}.` : "."),
          };
        });
      }
    }
  },
};
