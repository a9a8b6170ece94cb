import { formatPath } from "../../unknown.js";
import { conditional, unlessSame, type Rule } from "../rule.js";

export const nicsSite: Rule = {
  code: "IEC1003",
  severity: "error",
  reason: "A server lives in one site, and sites are physically isolated.",
  source: "[docs:FAQ sites] [docs:apiexplorer]",
  *check(topology) {
    for (const server of topology.subjects("server")) {
      // Where the server's site is settled, IEC1002 holds each NIC against it and there is nothing to add.
      if (server.sites.some((site) => site.identity.settled)) continue;
      const nics = server.subnets.map((nic) => ({ nic, site: nic.target?.sites[0]?.identity }));
      const first = nics.find(({ site }) => site !== undefined) ?? nics[0];
      for (const one of nics) {
        if (first === undefined || one === first) continue;
        const { nic, site } = one;
        const question = () => `${formatPath(nic.path)} lies in the site of ${formatPath(first.nic.path)}`;
        if (first.site === undefined || site === undefined) {
          if (server.sites.length === 0)
            yield conditional(server, nic.path, question(), nic.identity.unknowns);
          continue;
        }
        const here = first.site;
        for (const judgement of unlessSame(server, nic.path, [site, here], question, () => ({
          detail: `${formatPath(nic.path)} is ${nic.identity.label} (site ${site.label}), but ${formatPath(first.nic.path)} is ${first.nic.identity.label} (site ${here.label}).`,
          fix: `Use subnets of one site, ${here.label} or ${site.label}, for every NIC, and place the server in that site.`,
        }))) {
          // With a site of its own, open as it is, IEC1002 asks the same question.
          if (judgement.verdict === "REFUTED" || server.sites.length === 0) yield judgement;
        }
      }
    }
  },
};
