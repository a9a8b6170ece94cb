import { formatPath } from "../../unknown.js";
import { conditional, listed, unlessSame, type Rule } from "../rule.js";
import { siteOf } from "../topology.js";
import { namesOfAll } from "./wording.js";

export const eipSite: Rule = {
  code: "IEC1007",
  severity: "error",
  reason: "An EIP belongs to one site and can only be bound to a port of that site.",
  source: "[inferred]",
  *check(topology) {
    for (const eip of topology.subjects("eip")) {
      const { port } = eip;
      const own = eip.sites[0];
      if (port === undefined || own === undefined) continue;
      const question = () => `the port lies in the EIP's site ${own.identity.label}`;
      const there = port.target && siteOf(port.target);
      if (there === undefined) {
        const unknowns = port.target ? [`the site of ${port.identity.label}`] : port.identity.unknowns;
        yield conditional(eip, port.path, question(), unknowns);
        continue;
      }
      yield* unlessSame(eip, port.path, [there, own.identity], question, () => {
        const servers = namesOfAll(topology.at("server", undefined, own.identity));
        return {
          detail: `${formatPath(port.path)} is a port of ${port.identity.label} (site ${there.label}), but ${formatPath(own.path)} makes the EIP in ${own.identity.label}.`,
          fix: `Make the EIP in site ${there.label}, or bind it to a port of a server in site ${own.identity.label}${servers.length > 0 ? `, such as ${listed(servers)}` : ""}.`,
        };
      });
    }
  },
};
