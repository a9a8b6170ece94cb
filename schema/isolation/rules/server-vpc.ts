import { formatPath } from "../../unknown.js";
import { conditional, listed, unlessSame, type Judgement, type Rule } from "../rule.js";
import { siteOf, type Topology } from "../topology.js";
import { serverOf } from "./server-nic.js";
import { namesOfAll } from "./wording.js";

export const serverVpc: Rule = {
  code: "IEC1001",
  severity: "error",
  reason:
    "Subnets of different VPCs are not connected, and every NIC of a server is in the server's one VPC.",
  source: "[docs:usermanual network ACL] [sdk]",
  *check(topology) {
    yield* ofNics(topology);
    for (const server of topology.subjects("server")) {
      const own = server.vpc;
      if (own === undefined) continue;
      for (const { path, identity, target } of server.subnets) {
        const question = () => `${formatPath(path)} is a subnet of ${own.identity.label}`;
        if (target === undefined) yield conditional(server, path, question(), identity.unknowns);
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

/** NICs that are resources of their own. */
function* ofNics(topology: Topology): Generator<Judgement> {
  for (const { nic, subnet, server } of serverOf(topology)) {
    const question = () => `${formatPath(subnet.path)} is a subnet of the VPC of ${server.identity.label}`;
    const [own, other] = [server.target?.vpc?.identity, subnet.target?.vpc?.identity];
    if (own === undefined || other === undefined) {
      const unknowns = [...(own ? [] : server.identity.unknowns), ...(other ? [] : subnet.identity.unknowns)];
      if (unknowns.length > 0) yield conditional(nic, subnet.path, question(), unknowns);
      continue;
    }
    yield* unlessSame(nic, subnet.path, [other, own], question, () => ({
      detail: `${formatPath(subnet.path)} is ${subnet.identity.label} (VPC ${other.label}), but server_id is ${server.identity.label}, whose vpc_id is ${own.label}.`,
      fix: `Use a subnet of ${own.label} there, or a server of ${other.label}.`,
    }));
  }
}
