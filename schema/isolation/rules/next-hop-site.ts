import { compare, decidedBy } from "../identity.js";
import { hopOf, tableOf } from "../hops.js";
import { conditional, listed, refuted, type Rule } from "../rule.js";
import { siteOf } from "../topology.js";

export const nextHopSite: Rule = {
  code: "IEC1024",
  severity: "warning",
  reason: "Sites are physically isolated: a next hop serves the subnets of its own site only.",
  source: "[docs:FAQ sites]",
  *check(topology) {
    const path = ["nexthop"];
    for (const route of topology.subjectsOf("iec_route")) {
      const hop = hopOf(topology, route);
      const site = hop?.target && siteOf(hop.target);
      const subnets = tableOf(topology, route)?.subnets ?? [];
      if (hop === undefined || site === undefined) continue;
      const apart: string[] = [];
      const unknowns = new Set<string>();
      for (const { identity, target } of subnets) {
        const there = target && siteOf(target);
        if (there === undefined) continue;
        const comparison = compare(there, site);
        if (comparison === "different") apart.push(`${identity.label} (site ${there.label})`);
        if (comparison === "undecided") for (const name of decidedBy(there, site)) unknowns.add(name);
      }
      if (apart.length > 0) {
        yield refuted(
          route,
          path,
          `nexthop is ${hop.identity.label} in site ${site.label}, but the route table is used by ${listed(apart, "and")}.`,
          "Use a route table for each site, with a next hop there.",
        );
      } else if (unknowns.size > 0) {
        yield conditional(route, path, "the next hop is in the site of the subnets", [...unknowns]);
      }
    }
  },
};
