import { isUnknown } from "../../unknown.js";
import { contains, formatRange, parseRange } from "../cidr.js";
import { tableOf } from "../hops.js";
import { conditional, refuted, type Rule } from "../rule.js";
import { namesOf } from "../values.js";

export const routeLocal: Rule = {
  code: "IEC1025",
  severity: "error",
  reason: "Each subnet of the VPC has a system route, and a route of one's own must not lie inside one.",
  source: "[docs:apiexplorer]",
  *check(topology) {
    const path = ["destination"];
    const routes = topology.subjectsOf("iec_route");
    if (routes.length === 0) return;
    const loose = topology.all("subnet").filter(({ vpc }) => vpc?.identity.settled === false);
    for (const route of routes) {
      const vpc = tableOf(topology, route)?.vpc?.identity;
      const destination = topology.written(route.node, "destination");
      const question = "the destination is outside of the VPC's subnets";
      const subnets = vpc ? topology.at("subnet", vpc, undefined) : [];
      if (isUnknown(destination)) {
        const unknowns = namesOf(destination, route.node, path);
        if (subnets.length > 0 || vpc?.settled !== true) yield conditional(route, path, question, unknowns);
        continue;
      }
      const range = typeof destination === "string" ? parseRange(destination) : undefined;
      if (range === undefined) continue;
      if (vpc === undefined) {
        yield conditional(route, path, question, ["the VPC of route_table_id"]);
        continue;
      }
      const inside = subnets.find((subnet) => subnet.range && contains(subnet.range, range));
      const open = [
        ...subnets.flatMap(({ node, cidr }) =>
          cidr && isUnknown(cidr.value) ? namesOf(cidr.value, node, cidr.path) : [],
        ),
        ...loose
          .filter((subnet) => subnet.range === undefined || contains(subnet.range, range))
          .flatMap((subnet) => subnet.vpc?.identity.unknowns ?? []),
      ];
      if (inside?.range) {
        yield refuted(
          route,
          path,
          `destination is ${formatRange(range)}, which lies in ${inside.identity.label} (${formatRange(inside.range)}) of the table's VPC ${vpc.label}.`,
          "Remove the route: traffic inside the VPC needs none, and between its sites there is no way.",
        );
      } else if (open.length > 0 || !vpc.settled) {
        yield conditional(route, path, question, [...open, ...(vpc.settled ? [] : vpc.unknowns)]);
      }
    }
  },
};
