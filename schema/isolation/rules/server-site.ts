import { formatPath } from "../../unknown.js";
import { compare } from "../identity.js";
import { conditional, listed, unlessSame, type Judgement, type Rule } from "../rule.js";
import { siteOf, type Topology } from "../topology.js";
import { serverOf } from "./server-nic.js";
import { namesOfAll } from "./wording.js";

export const serverSite: Rule = {
  code: "IEC1002",
  severity: "error",
  reason: "Sites are physically isolated; there is no network path between sites.",
  source: "[docs:FAQ sites]",
  *check(topology) {
    yield* ofNics(topology);
    for (const server of topology.subjects("server")) {
      for (const { path, identity, target } of server.subnets) {
        const there = target?.sites[0]?.identity;
        const own =
          server.sites.find((site) => there && compare(site.identity, there) === "same") ?? server.sites[0];
        if (own === undefined) continue;
        const question = () => `${formatPath(path)} lies in the server's site ${own.identity.label}`;
        if (target === undefined) yield conditional(server, path, question(), identity.unknowns);
        if (there === undefined) continue;
        yield* unlessSame(server, path, [there, own.identity], question, () => {
          const used = new Set(server.subnets.map((nic) => nic.identity.label));
          const vpc = server.vpc?.identity;
          const better = namesOfAll(topology.at("subnet", vpc, own.identity)).filter(
            (name) => !used.has(name),
          );
          const allThere = server.subnets.every((nic) => nic.target?.sites[0]?.identity.key === there.key);
          return {
            detail: `${formatPath(path)} is ${identity.label} (site ${there.label}), but ${formatPath(own.path)} places the server in ${own.identity.label}.`,
            fix:
              (better.length > 0
                ? `Use ${listed(better)} (site ${own.identity.label}) there`
                : `Create a subnet of ${vpc?.label ?? "the VPC"} in site ${own.identity.label} and use it there`) +
              (allThere ? `, or place the server in site ${there.label}.` : "."),
          };
        });
      }
    }
  },
};

/** NICs that are resources of their own. */
function* ofNics(topology: Topology): Generator<Judgement> {
  for (const { nic, subnet, server } of serverOf(topology)) {
    const question = () => `${formatPath(subnet.path)} lies in the site of ${server.identity.label}`;
    const own = server.target && siteOf(server.target);
    const there = subnet.target && siteOf(subnet.target);
    if (own === undefined || there === undefined) {
      const unknowns = [...(own ? [] : server.identity.unknowns), ...(there ? [] : subnet.identity.unknowns)];
      if (unknowns.length > 0) yield conditional(nic, subnet.path, question(), unknowns);
      continue;
    }
    yield* unlessSame(nic, subnet.path, [there, own], question, () => ({
      detail: `${formatPath(subnet.path)} is ${subnet.identity.label} (site ${there.label}), but server_id is ${server.identity.label} in site ${own.label}.`,
      fix: `Use a subnet in site ${own.label} there, or a server in site ${there.label}.`,
    }));
  }
}
