import { formatPath } from "../../unknown.js";
import { compare } from "../identity.js";
import { conditional, listed, unlessSame, type Rule } from "../rule.js";
import { namesOfAll } from "./wording.js";

export const serverSite: Rule = {
  code: "IEC1002",
  severity: "error",
  reason: "Sites are physically isolated; there is no network path between sites.",
  *check(topology) {
    for (const server of topology.subjects("server")) {
      for (const { path, identity, target } of server.subnets) {
        const there = target?.sites[0]?.identity;
        const own =
          server.sites.find((site) => there && compare(site.identity, there) === "same") ?? server.sites[0];
        if (own === undefined) continue;
        const question = `${formatPath(path)} lies in the server's site ${own.identity.label}`;
        if (target === undefined) yield conditional(server, path, question, identity.unknowns);
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
